import { noSuchIncident, openStore } from './incidents.ts';
import { compareClusters, type TakenUp } from './cluster-mark.ts';
import { whileLeased, whoami } from './lease.ts';
import { composeSavedOptions, readSavedOptions } from './saved-options.ts';
import { wallClock } from './sources.ts';
import { openActing, openLook, readPolicy, withProbing } from './work.ts';
import type { Alert } from '../domain/alert.ts';
import { incidentOf } from '../domain/incident.ts';
import type { Policy } from '../domain/policy.ts';
import type { ClusterMark } from '../domain/same-cluster.ts';
import type { Acting } from '../engine/act/acting.ts';
import { askForUndo, askToStop } from '../engine/act/ask-for-undo.ts';
import type { Lease } from '../engine/act/lease.ts';
import { type Worked, workIncident } from '../engine/act/work-incident.ts';
import { shownIncident } from '../engine/shown-incident.ts';
import type { IncidentStore } from '../ports/incident-store.ts';
import type { Acted, ActRequest, People } from '../surfaces/command-line/acting-composition.ts';
import type { Failure, SourceOptions } from '../surfaces/command-line/looking.ts';

export { listIncidents, readIncident } from './incidents.ts';

/** Works an incident: opens it or takes it up, and goes as far as was asked. */
export async function act(request: ActRequest, people: People, signal: AbortSignal): Promise<Acted | Failure> {
  const opened = await openStore(request);
  if (opened.state === 'failed') return opened;
  try {
    const policy = await readPolicy(request.settings);
    if ('attempted' in policy) return policy;
    const found =
      request.kind === 'mitigate' ? { takenUp: undefined, source: request.source } : await findIncident(request, opened.store, people);
    if ('attempted' in found) return found;
    return await workOn({ ...found, source: withProbing(found.source, policy), request, policy, ...opened, people }, signal);
  } finally {
    await opened.store.close();
  }
}

interface Found {
  /** The incident, and the cluster that it is of. Undefined: it is still to be opened. */
  readonly takenUp: TakenUp | undefined;
  readonly source: SourceOptions;
}

/** Finds the incident, and records what is asked of it before anything else. */
async function findIncident(
  request: Exclude<ActRequest, { readonly kind: 'mitigate' }>,
  store: IncidentStore,
  { follower }: People,
): Promise<Found | Failure> {
  const { incident: id } = request;
  const read = await store.read(id);
  if (read.state === 'failed') return read;
  const incident = read.state === 'missing' ? undefined : incidentOf(read.events);
  const source = incident === undefined ? undefined : readSavedOptions(incident.source);
  if (incident === undefined || source === undefined) return noSuchIncident(id);
  const { cluster, clusterUid } = incident;
  const takenUp = { id, cluster, ...(clusterUid === undefined ? {} : { clusterUid }) };
  return (await askFirst(request, { id, store, follower })) ?? { takenUp, source: { ...source, ...request.probing } };
}

async function openIncident(
  { source, store }: Job,
  alert: Alert | undefined,
  { cluster, clusterUid }: ClusterMark,
): Promise<{ readonly id: string } | Failure> {
  const created = await store.create({
    kind: 'opened',
    at: wallClock.now(),
    by: whoami(),
    cluster,
    ...(clusterUid === undefined ? {} : { clusterUid }),
    source: composeSavedOptions(source),
    ...(alert === undefined
      ? {}
      : {
          alert: { name: alert.name, summary: alert.summary, ...(alert.startedAt === undefined ? {} : { startedAt: alert.startedAt }) },
        }),
  });
  return created.state === 'failed' ? created : { id: created.id };
}

/** What a human asks for is recorded before anything else: whoever works the incident, this process or another, goes by it. */
async function askFirst(
  request: ActRequest,
  { id, store, follower }: { readonly id: string; readonly store: IncidentStore; readonly follower: People['follower'] },
): Promise<Failure | undefined> {
  const recording = { store, follower, clock: wallClock, by: whoami() };
  if (request.kind === 'undo') return askForUndo(id, request.attempt, recording);
  return request.kind === 'abort' ? askToStop(id, recording) : undefined;
}

interface Job extends Found {
  readonly request: ActRequest;
  readonly policy: Policy;
  readonly store: IncidentStore;
  readonly directory: string;
  readonly people: People;
}

async function workOn(job: Job, signal: AbortSignal): Promise<Acted | Failure> {
  const { source, people, directory } = job;
  const { announcer } = people;
  const look = await openLook(source, { directory, announcer, notice: (text) => announcer.announce({ kind: 'notice', text }) }, signal);
  if (look.state === 'failed') return look;
  try {
    const doubt = job.takenUp === undefined ? undefined : compareClusters(job.takenUp, look.mark);
    if (typeof doubt === 'object') return doubt;
    if (doubt !== undefined) announcer.announce({ kind: 'notice', text: doubt });
    const opened = job.takenUp ?? (await openIncident(job, look.investigation.question.alert, look.mark));
    if ('attempted' in opened) return opened;
    return await whileLeased(opened.id, job, async (lease) => {
      const { acting, close } = await openActing(look, { ...decidingFor(job), lease });
      try {
        const worked = await workIncident(opened.id, acting, AbortSignal.any([signal, lease.signal]));
        return { state: 'acted', id: opened.id, worked: shownWork(lostMeanwhile(worked, lease) ?? worked) };
      } finally {
        await close();
      }
    });
  } finally {
    await look.close();
  }
}

/** Undefined: it was not the loss of the claim that stopped the work. */
function lostMeanwhile(worked: Worked, { lost }: Lease): Worked | undefined {
  const isStopped = worked.state === 'rested' && worked.resting === 'stopped';
  return isStopped && lost !== undefined ? { ...lost, incident: worked.incident } : undefined;
}

function shownWork(worked: Worked): Worked {
  return worked.incident === undefined ? worked : { ...worked, incident: shownIncident(worked.incident) };
}

function decidingFor({ request, store, people, policy }: Job): Omit<Parameters<typeof openActing>[1], 'lease'> {
  return {
    settings: request.settings,
    isDryRun: request.kind === 'mitigate' && request.isDryRun,
    store,
    approver: people.approver,
    follower: people.follower,
    policy,
    goal: goalOf(request),
    by: whoami(),
  };
}

function goalOf(request: ActRequest): Acting['goal'] {
  switch (request.kind) {
    case 'mitigate':
    case 'resume':
      return request.isFollowedThrough ? 'follow-through' : 'mitigate';
    case 'restore':
      return 'restore';
    case 'undo':
    case 'abort':
      return 'undo';
  }
}
