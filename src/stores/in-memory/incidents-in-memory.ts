import { randomBytes } from 'node:crypto';
import { incidentId } from '../../domain/incident-id.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import type { Appended, IncidentStore, IncidentSummary, LeaseAnswer, LeaseHolder, LeaseWish, Opening } from '../../ports/incident-store.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import { keepJobs, type KeptJobs } from './jobs-in-memory.ts';
import type { Asked } from './view.ts';

export interface MemorySettings {
  /** Whether the process of a lease is known to have ended. */
  readonly hasEnded: (process: string) => boolean;
}

/** By their ids, in the order in which they were made. */
export type KeptIncidents = Map<string, KeptIncident>;

interface KeptIncident {
  readonly opening: Opening;
  /** As text: who reads gets a copy, and what the text cannot hold is lost here as it is on disk. */
  readonly events: string[];
  lastEventAt: number;
  isClosed: boolean;
  lease: { readonly holder: LeaseHolder; readonly until: number } | undefined;
}

interface Kept extends MemorySettings {
  readonly incidents: KeptIncidents;
  readonly jobs: KeptJobs;
}

export function incidentsInMemory({ incidents, jobs: keptJobs, hasEnded }: Kept, asked: Asked): Omit<IncidentStore, 'close'> {
  const of = <Answer>(id: string, answer: (incident: KeptIncident) => Answer): Answer | { readonly state: 'missing' } => {
    const incident = incidents.get(id);
    return incident === undefined ? { state: 'missing' } : answer(incident);
  };
  const append = (id: string, expectedLength: number, add: (incident: KeptIncident) => void): Appended =>
    of(id, (incident) => {
      if (incident.events.length !== expectedLength) return { state: 'conflict', length: incident.events.length };
      add(incident);
      return { state: 'appended', length: incident.events.length };
    });
  const keepAll = (incident: KeptIncident, events: readonly IncidentEvent[], jobs: readonly JobRequest[]): void => {
    keep(incident, events);
    keepJobs(keptJobs, jobs);
  };
  return {
    create: (opening, jobs) =>
      asked('opening an incident', () => {
        const known = [...incidents].find(([, incident]) => isOpenCause(incident, opening));
        if (known !== undefined) return { state: 'known', id: known[0] };
        let id: string;
        do id = incidentId(opening.at, opening.alert?.name, [...randomBytes(4)]);
        while (incidents.has(id));
        incidents.set(id, { opening, events: [JSON.stringify(opening)], lastEventAt: opening.at, isClosed: false, lease: undefined });
        keepJobs(keptJobs, jobs?.(id) ?? []);
        return { state: 'created', id };
      }),
    append: (id, expectedLength, events, jobs = []) =>
      asked(`adding to incident ${id}`, () => append(id, expectedLength, (incident) => keepAll(incident, events, jobs))),
    appendAsOf: (id, { expectedLength, revision }, events, jobs = []) =>
      asked(`adding to incident ${id}`, () =>
        revision === revisionOf(incidents)
          ? append(id, expectedLength, (incident) => keepAll(incident, events, jobs))
          : { state: 'outdated' },
      ),
    read: (id) =>
      asked(`reading incident ${id}`, () =>
        of(id, ({ events }) => ({ state: 'read', events: events.map((text): IncidentEvent => JSON.parse(text)) })),
      ),
    list: ({ limit, which, activeSince }) =>
      asked('listing the incidents', () => ({
        state: 'read',
        incidents: [...incidents]
          .map(([id, incident]) => summaryOf(id, incident))
          .filter(({ isClosed, lastEventAt }) => (which === 'all' || !isClosed) && lastEventAt >= (activeSince ?? -Infinity))
          .toSorted((one, other) => other.openedAt - one.openedAt || (one.id < other.id ? 1 : -1))
          .slice(0, limit),
        revision: revisionOf(incidents),
      })),
    lease: (id, wish) => asked(`claiming incident ${id}`, () => of(id, (incident) => claim(incident, wish, hasEnded))),
    release: (id, holder) =>
      asked(`releasing incident ${id}`, () => {
        const incident = incidents.get(id);
        if (incident?.lease?.holder.process !== holder.process) return { state: 'not-held' };
        incident.lease = undefined;
        return { state: 'released' };
      }),
  };
}

function isOpenCause({ opening, isClosed }: KeptIncident, { cause }: Opening): boolean {
  return cause !== undefined && !isClosed && opening.cause?.fingerprint === cause.fingerprint;
}

function revisionOf(incidents: KeptIncidents): number {
  return [...incidents.values()].reduce((sum, { events }) => sum + events.length, 0);
}

function keep(incident: KeptIncident, events: readonly IncidentEvent[]): void {
  for (const event of events) {
    incident.events.push(JSON.stringify(event));
    incident.lastEventAt = Math.max(incident.lastEventAt, event.at);
    incident.isClosed ||= event.kind === 'closed';
  }
}

function summaryOf(id: string, { opening, events, lastEventAt, isClosed }: KeptIncident): IncidentSummary {
  return {
    id,
    openedAt: opening.at,
    cluster: opening.cluster,
    ...(opening.alert === undefined ? {} : { alert: opening.alert.name }),
    length: events.length,
    lastEventAt,
    isClosed,
  };
}

function claim(incident: KeptIncident, { holder, now, until }: LeaseWish, hasEnded: MemorySettings['hasEnded']): LeaseAnswer {
  const { lease } = incident;
  const isOwn = lease?.holder.process === holder.process;
  const isFree = lease === undefined || isOwn || lease.until <= now || hasEnded(lease.holder.process);
  if (!isFree) return { state: 'taken', by: lease.holder.name, until: lease.until };
  incident.lease = { holder, until };
  return lease === undefined || isOwn ? { state: 'leased' } : { state: 'leased', takenOverFrom: lease.holder.name };
}
