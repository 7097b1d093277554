import { byItself, type IncidentEvent, type IncidentHappening } from '../../domain/incident-event.ts';
import { type Incident, incidentOf } from '../../domain/incident.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import type { Failed } from '../act/acting.ts';
import type { Missing, Refused } from './served-incidents.ts';

/** What it takes to record something. */
export interface Recording {
  readonly store: ServerStore;
  readonly clock: Clock;
}

export interface ReadIncident {
  readonly state: 'read';
  readonly incident: Incident;
  readonly events: readonly IncidentEvent[];
}

export async function readIncident({ store }: Pick<Recording, 'store'>, id: string): Promise<ReadIncident | Missing | Failed> {
  const read = await store.incidents.read(id);
  if (read.state !== 'read') return read;
  const incident = incidentOf(read.events);
  return incident === undefined ? { state: 'missing' } : { state: 'read', incident, events: read.events };
}

export interface Decision {
  readonly state: 'record';
  /** Empty: nothing is to be recorded, and the jobs are asked for nevertheless. */
  readonly happenings: readonly IncidentHappening[];
  /** Stored together with what is recorded. */
  readonly jobs: readonly JobRequest[];
}

export interface Recorded {
  readonly state: 'recorded';
  readonly incident: Incident;
  readonly length: number;
}

/** So many others cannot write to one incident within the time that one writing takes, unless something is wrong. */
const mostOvertakings = 50;

/**
 * Records what is decided on the incident as it is, and decides again where somebody else wrote meanwhile. `decide` is pure, and is
 * called once for each try.
 */
export async function record(
  serving: Recording,
  of: { readonly incident: string; readonly by?: string },
  decide: (incident: Incident, length: number) => Decision | Refused,
): Promise<Recorded | Refused | Missing | Failed> {
  const { store, clock } = serving;
  const { incident: id, by = byItself } = of;
  for (let tries = 0; tries < mostOvertakings; tries += 1) {
    const read = await readIncident(serving, id);
    if (read.state !== 'read') return read;
    const { incident, events } = read;
    const decision = decide(incident, events.length);
    if (decision.state === 'refused') return decision;
    const { happenings, jobs } = decision;
    const added = happenings.map((happening): IncidentEvent => ({ at: clock.now(), by, ...happening }));
    const appended =
      added.length === 0 ? await enqueue(serving, jobs, events.length) : await store.incidents.append(id, events.length, added, jobs);
    if (appended.state === 'conflict') continue;
    if (appended.state !== 'appended') return appended;
    const recorded = incidentOf([...events, ...added]) ?? incident;
    return { state: 'recorded', incident: recorded, length: appended.length };
  }
  return {
    state: 'failed',
    attempted: `recording in incident ${id}`,
    happened: `somebody else wrote to it meanwhile, ${mostOvertakings} times`,
    whatToDo: 'Try again',
  };
}

async function enqueue(
  { store }: Pick<Recording, 'store'>,
  jobs: readonly JobRequest[],
  length: number,
): Promise<{ readonly state: 'appended'; readonly length: number } | Failed> {
  if (jobs.length === 0) return { state: 'appended', length };
  const stored = await store.jobs.enqueue(jobs);
  return stored.state === 'failed' ? stored : { state: 'appended', length };
}
