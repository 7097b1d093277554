import { tmpdir } from 'node:os';
import { openDatabase } from './database.ts';
import { shownEvent, shownIncident } from '../engine/shown-incident.ts';
import { type Incident, incidentOf } from '../domain/incident.ts';
import type { Instant } from '../domain/instant.ts';
import { type ServedState, servedStanding } from '../workflow/served-state.ts';
import type { IncidentStore } from '../ports/incident-store.ts';
import type { ActRequest, ListedIncidents, ReadIncident, StorePlace } from '../surfaces/command-line/acting-composition.ts';
import type { Failure } from '../surfaces/command-line/looking.ts';

export interface OpenedStore {
  readonly state: 'opened';
  readonly store: IncidentStore;
  /** Where else something about incidents may be kept. */
  readonly directory: string;
}

/** A dry run leaves nothing behind, not even an incident. */
export async function openStore(request: StorePlace | ActRequest): Promise<OpenedStore | Failure> {
  const { database } = 'settings' in request ? request.settings : request;
  if ('kind' in request && request.kind === 'mitigate' && request.isDryRun) {
    const { serverStoreInMemory } = await import('../stores/in-memory/server-store-in-memory.ts');
    return { state: 'opened', store: serverStoreInMemory().open().incidents, directory: tmpdir() };
  }
  // Who looks for an incident in a file that is not there has mistyped it: "none is kept here" would be no answer.
  const mayMake = 'kind' in request && request.kind === 'mitigate';
  // A command is told of trouble by the answer to what it asks for.
  const opened = await openDatabase(database, () => undefined, mayMake);
  return opened.state === 'failed' ? opened : { ...opened, store: opened.store.incidents };
}

export async function listIncidents(place: StorePlace, limit: number): Promise<ListedIncidents | Failure> {
  const opened = await openStore(place);
  if (opened.state === 'failed') return opened;
  try {
    const listed = await opened.store.list({ limit, which: 'all' });
    if (listed.state === 'failed') return listed;
    const incidents: ListedIncidents['incidents'][number][] = [];
    for (const summary of listed.incidents) {
      const read = await opened.store.read(summary.id);
      if (read.state === 'failed') return read;
      const incident = read.state === 'missing' ? undefined : incidentOf(read.events);
      if (incident !== undefined) incidents.push({ ...summary, state: stateOf(incident, summary.lastEventAt) });
    }
    return { state: 'listed', incidents };
  } finally {
    await opened.store.close();
  }
}

/** Whether somebody is at work on it at this moment cannot be seen from here. */
function stateOf(incident: Incident, at: Instant): ServedState {
  return servedStanding(incident, { at, now: Date.now(), isAtWork: false }).state;
}

export async function readIncident(place: StorePlace, id: string): Promise<ReadIncident | Failure> {
  const opened = await openStore(place);
  if (opened.state === 'failed') return opened;
  try {
    const read = await opened.store.read(id);
    if (read.state === 'failed') return read;
    const incident = read.state === 'missing' ? undefined : incidentOf(read.events);
    if (read.state === 'missing' || incident === undefined) return noSuchIncident(id);
    return { state: 'read', id, incident: shownIncident(incident), events: read.events.map(shownEvent) };
  } finally {
    await opened.store.close();
  }
}

export function noSuchIncident(id: string): Failure {
  return {
    state: 'failed',
    attempted: `looking for incident ${id}`,
    happened: 'there is no such incident',
    whatToDo: 'stanch incidents lists those that there are',
  };
}
