import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { evidenceKeeper } from './compose-evidence.ts';
import { noSuchIncident, openStore } from './compose-incidents.ts';
import { investigationInput } from './compose-input.ts';
import { shownIncident } from './compose-shown-incident.ts';
import { whileLeased, whoami } from './compose-lease.ts';
import { composeSavedOptions, readSavedOptions } from './compose-saved-options.ts';
import { openSources, wallClock, type Writing } from './compose-sources.ts';
import type { Alert } from './domain/alert.ts';
import { debugPodLabel } from './domain/debug-pod.ts';
import { incidentOf } from './domain/incident.ts';
import { type Policy, usualPolicy } from './domain/policy.ts';
import type { Acting } from './engine/act/acting.ts';
import { askForUndo, askToStop } from './engine/act/ask-for-undo.ts';
import { fencedRequests, type Lease } from './engine/act/lease.ts';
import { type Worked, workIncident } from './engine/act/work-incident.ts';
import { mitigations } from './mitigations/index.generated.ts';
import type { Actuator } from './ports/actuator.ts';
import type { IncidentStore } from './ports/incident-store.ts';
import type { Acted, ActRequest, ActSettings, People } from './surfaces/command-line/acting-composition.ts';
import type { Failure, SourceOptions } from './surfaces/command-line/looking.ts';

export { listIncidents, readIncident } from './compose-incidents.ts';

/** Works an incident: opens it or takes it up, and goes as far as was asked. */
export async function act(request: ActRequest, people: People, signal: AbortSignal): Promise<Acted | Failure> {
  const opened = await openStore(request);
  if (opened.state === 'failed') return opened;
  try {
    const policy = await readPolicy(request.settings);
    if ('attempted' in policy) return policy;
    const found =
      request.kind === 'mitigate'
        ? { id: undefined, cluster: undefined, source: request.source }
        : await findIncident(request, opened.store, people);
    if ('attempted' in found) return found;
    return await workOn({ ...found, source: withProbing(found.source, policy), request, policy, ...opened, people }, signal);
  } finally {
    await opened.store.close();
  }
}

/** What the policy lets Stanch start inside the cluster counts as if the flag had been given. */
function withProbing(source: SourceOptions, { probing: { nodeAccess, canExec } }: Policy): SourceOptions {
  return {
    ...source,
    ...(source.nodeAccess === undefined && nodeAccess !== 'none' ? { nodeAccess: { kind: nodeAccess } } : {}),
    ...(canExec ? { canExec } : {}),
  };
}

interface Found {
  /** Undefined: it is still to be opened. */
  readonly id: string | undefined;
  /** Name of the cluster that the incident is of. Undefined: it is still to be opened. */
  readonly cluster: string | undefined;
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
  const { cluster } = incident;
  return (await askFirst(request, { id, store, follower })) ?? { id, cluster, source: { ...source, ...request.probing } };
}

async function openIncident({ source, store }: Job, alert: Alert | undefined, cluster: string): Promise<{ readonly id: string } | Failure> {
  const created = await store.create({
    kind: 'opened',
    at: wallClock.now(),
    by: whoami(),
    cluster,
    source: composeSavedOptions(source),
    ...(alert === undefined
      ? {}
      : {
          alert: { name: alert.name, summary: alert.summary, ...(alert.startedAt === undefined ? {} : { startedAt: alert.startedAt }) },
        }),
  });
  return created.state === 'failed' ? created : { id: created.id };
}

/** Where no context was named the kubeconfig's current one is used, and that may be another by now. There, nothing of ours is to be found. */
function otherCluster({ id, cluster }: Job, reached: string): Failure {
  return {
    state: 'failed',
    attempted: `working incident ${id}`,
    happened: `it is of the cluster ${cluster}, and this is ${reached}; nothing was done here`,
    whatToDo: 'Point the kubeconfig at that cluster (kubectl config use-context, KUBECONFIG) and run it again',
  };
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
  const evidence = evidenceKeeper(join(directory, 'evidence'), source.alert?.text);
  const sources = await openSources(source, { notice: (text) => people.announcer.announce({ kind: 'notice', text }), tap: evidence.tap });
  if (sources.state === 'failed') return sources;
  try {
    const input = await investigationInput(source, sources, { announcer: people.announcer, signal });
    if (input.state === 'failed') return input;
    const { investigation } = input;
    const reached = await sources.sources[0].identify(signal);
    if (reached.state === 'failed') return reached;
    if (job.cluster !== undefined && job.cluster !== reached.cluster.name) return otherCluster(job, reached.cluster.name);
    const opened = job.id === undefined ? await openIncident(job, investigation.question.alert, reached.cluster.name) : { id: job.id };
    if ('attempted' in opened) return opened;
    return await whileLeased(opened.id, job, async (lease) => {
      const { writing } = sources;
      const actuator = await openActuator(writing, lease);
      const acting = actingFor(job, { investigation, lease, actuator, evidence: evidence.keeper, writing });
      try {
        const worked = await workIncident(opened.id, acting, AbortSignal.any([signal, lease.signal]));
        return { state: 'acted', id: opened.id, worked: shownWork(lostMeanwhile(worked, lease) ?? worked) };
      } finally {
        await actuator.close();
      }
    });
  } finally {
    await evidence.discard();
    await Promise.all(sources.sources.map((each) => each.close()));
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

interface Tools extends Pick<Acting, 'investigation' | 'actuator' | 'evidence' | 'lease'> {
  readonly writing: Writing | undefined;
}

function actingFor({ request, store, people, policy, source }: Job, { writing, actuator, ...tools }: Tools): Acting {
  const { settings } = request;
  const isDryRun = request.kind === 'mitigate' && request.isDryRun;
  return {
    ...tools,
    actuator: isDryRun ? { ...actuator, apply: () => Promise.resolve(nothingInADryRun) } : actuator,
    isDryRun,
    store,
    approver: people.approver,
    follower: people.follower,
    policy,
    goal: goalOf(request),
    patience: { soakMilliseconds: settings.soakMilliseconds, withinMilliseconds: settings.withinMilliseconds },
    by: whoami(),
    timeZone: settings.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    clock: wallClock,
    pause,
    tidy: async () => writing?.tidy(),
    debugPods: (until) => debugPods(writing, source.namespace ?? 'default', until),
  };
}

/** A dry run approves nothing, so that nobody should ever hear this. */
const nothingInADryRun = { state: 'refused', detail: 'A dry run changes nothing.' } as const;

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

async function openActuator(writing: Writing | undefined, lease: Lease): Promise<Actuator> {
  if (writing === undefined) return (await import('./actuators/rehearsal/rehearsal-actuator.ts')).rehearsalActuator();
  const { kubernetesActuator } = await import('./actuators/kubernetes-api/kubernetes-actuator.ts');
  return kubernetesActuator(fencedRequests(await writing.openRequests(), lease));
}

async function debugPods(writing: Writing | undefined, namespace: string, signal: AbortSignal): ReturnType<Acting['debugPods']> {
  if (writing === undefined) return [];
  const listed = await (await writing.openPods()).listLabelled(debugPodLabel, namespace, signal);
  return listed.state === 'answered' ? listed.value : undefined;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return;
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function readPolicy({ policy: path }: ActSettings): Promise<Policy | Failure> {
  const { readPolicyFile } = await import('./policy-files/read-policy-file.ts');
  if (path === undefined) return usualPolicy;
  const read = await readPolicyFile(path, { mitigations: mitigations.map(({ id }) => id) });
  return read.state === 'failed' ? read : read.policy;
}
