import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { incidentId } from '../../domain/incident-id.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import type {
  Appended,
  Created,
  IncidentList,
  IncidentReading,
  IncidentStore,
  IncidentSummary,
  LeaseAnswer,
  LeaseHolder,
  LeaseWish,
  ListWish,
  Opening,
} from '../../ports/incident-store.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import { storeJobs } from './jobs-in.ts';
import { type OpenDatabase, type Row, textOf } from './open-database.ts';

export interface LeaseSettings {
  /** Whether the process of a lease is known to have ended. */
  readonly hasEnded: (process: string) => boolean;
}

export function incidentsIn(open: OpenDatabase, { hasEnded }: LeaseSettings): IncidentStore {
  const { database, asked, written, close } = open;
  return {
    create: (opening, jobs) => written('opening an incident', () => create(database, opening, jobs)),
    append: (id, expectedLength, events, jobs = []) =>
      written(`adding to incident ${id}`, () => append(database, { id, expectedLength, events, jobs })),
    appendAsOf: (id, { expectedLength, revision }, events, jobs = []) =>
      written(`adding to incident ${id}`, () =>
        revision === revisionOf(database) ? append(database, { id, expectedLength, events, jobs }) : { state: 'outdated' },
      ),
    read: (id) => asked(`reading incident ${id}`, () => read(database, id)),
    list: (wish) => asked('listing the incidents', () => list(database, wish)),
    lease: (id, wish) => written(`claiming incident ${id}`, () => lease(database, id, { ...wish, hasEnded })),
    release: (id, holder) => written(`releasing incident ${id}`, () => release(database, id, holder)),
    close,
  };
}

function create(database: DatabaseSync, opening: Opening, jobs: (id: string) => readonly JobRequest[] = () => []): Created {
  const fingerprint = opening.cause?.fingerprint ?? null;
  const known = database.prepare('select id from incident where fingerprint = ? and is_closed = 0').get(fingerprint);
  if (known !== undefined) return { state: 'known', id: textOf(known, 'id') };
  const isTaken = database.prepare('select 1 from incident where id = ?');
  let id: string;
  do id = incidentId(opening.at, opening.alert?.name, [...randomBytes(4)]);
  while (isTaken.get(id) !== undefined);
  database
    .prepare(
      'insert into incident (id, opened_at, cluster, alert, fingerprint, length, last_event_at, is_closed) values (?, ?, ?, ?, ?, 0, ?, 0)',
    )
    .run(id, opening.at, opening.cluster, opening.alert?.name ?? null, fingerprint, opening.at);
  addEvents(database, { id, expectedLength: 0, events: [opening], jobs: jobs(id) });
  return { state: 'created', id };
}

interface Addition {
  readonly id: string;
  readonly expectedLength: number;
  readonly events: readonly IncidentEvent[];
  readonly jobs: readonly JobRequest[];
}

function append(database: DatabaseSync, addition: Addition): Appended {
  const row = database.prepare('select length from incident where id = ?').get(addition.id);
  if (row === undefined) return { state: 'missing' };
  const length = Number(row['length']);
  if (length !== addition.expectedLength) return { state: 'conflict', length };
  addEvents(database, addition);
  return { state: 'appended', length: length + addition.events.length };
}

/** Events are never forgotten, so that their number tells one state of the store from every other. */
function revisionOf(database: DatabaseSync): number {
  return Number(database.prepare('select coalesce(sum(length), 0) as events from incident').get()?.['events']);
}

function addEvents(database: DatabaseSync, { id, expectedLength, events, jobs }: Addition): void {
  const insert = database.prepare('insert into incident_event (incident, sequence, event) values (?, ?, ?)');
  for (const [index, event] of events.entries()) insert.run(id, expectedLength + index, JSON.stringify(event));
  const isClosing = events.some(({ kind }) => kind === 'closed');
  const update =
    'update incident set length = length + ?, last_event_at = max(last_event_at, ?), is_closed = max(is_closed, ?) where id = ?';
  if (events.length > 0) database.prepare(update).run(events.length, Math.max(...events.map(({ at }) => at)), isClosing ? 1 : 0, id);
  storeJobs(database, jobs);
}

function read(database: DatabaseSync, id: string): IncidentReading {
  const rows = database.prepare('select event from incident_event where incident = ? order by sequence').all(id);
  // An incident is made together with its first event.
  return rows.length === 0
    ? { state: 'missing' }
    : { state: 'read', events: rows.map((row): IncidentEvent => JSON.parse(textOf(row, 'event'))) };
}

function list(database: DatabaseSync, { limit, which, activeSince }: ListWish): IncidentList {
  // Before the list: whoever writes between the two makes the revision outdated, and not the list.
  const revision = revisionOf(database);
  const rows = database
    .prepare(
      `select id, opened_at, cluster, alert, length, last_event_at, is_closed from incident
       where is_closed <= ? and last_event_at >= ? order by opened_at desc, id desc limit ?`,
    )
    .all(which === 'open' ? 0 : 1, activeSince ?? Number.MIN_SAFE_INTEGER, limit);
  return { state: 'read', incidents: rows.map(summaryOf), revision };
}

function summaryOf(row: Row): IncidentSummary {
  return {
    id: textOf(row, 'id'),
    openedAt: Number(row['opened_at']),
    cluster: textOf(row, 'cluster'),
    ...(row['alert'] === null ? {} : { alert: textOf(row, 'alert') }),
    length: Number(row['length']),
    lastEventAt: Number(row['last_event_at']),
    isClosed: row['is_closed'] === 1,
  };
}

function lease(database: DatabaseSync, id: string, { holder, now, until, hasEnded }: LeaseWish & LeaseSettings): LeaseAnswer {
  if (database.prepare('select 1 from incident where id = ?').get(id) === undefined) return { state: 'missing' };
  const held = database.prepare('select holder, process, until from lease where incident = ?').get(id);
  const heldBy = held === undefined ? undefined : textOf(held, 'process');
  const isOwn = heldBy === holder.process;
  const heldUntil = Number(held?.['until'] ?? 0);
  if (held !== undefined && heldBy !== undefined && !isOwn && heldUntil > now && !hasEnded(heldBy))
    return { state: 'taken', by: textOf(held, 'holder'), until: heldUntil };
  database
    .prepare(
      `insert into lease (incident, holder, process, until) values (?, ?, ?, ?)
       on conflict do update set holder = excluded.holder, process = excluded.process, until = excluded.until`,
    )
    .run(id, holder.name, holder.process, until);
  return held === undefined || isOwn ? { state: 'leased' } : { state: 'leased', takenOverFrom: textOf(held, 'holder') };
}

function release(database: DatabaseSync, id: string, holder: LeaseHolder): { readonly state: 'released' | 'not-held' } {
  const { changes } = database.prepare('delete from lease where incident = ? and process = ?').run(id, holder.process);
  return { state: Number(changes) > 0 ? 'released' : 'not-held' };
}
