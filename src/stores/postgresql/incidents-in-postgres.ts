import { randomBytes } from 'node:crypto';
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
  LeaseWish,
  ListWish,
  Opening,
} from '../../ports/incident-store.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import type { JobTable } from './job-table.ts';
import { columnText, type OpenPostgres, type Row, type Session, textOf } from './open-postgres.ts';

/** Processes of other hosts cannot be seen, so that a lease only ever runs out: by the clock of the database, which is one for all. */
export function incidentsInPostgres({ asked, written, close }: OpenPostgres, table: JobTable): IncidentStore {
  return {
    create: async (opening, jobsOf = () => []) => {
      for (;;) {
        const id = incidentId(opening.at, opening.alert?.name, [...randomBytes(4)]);
        const jobs = jobsOf(id);
        const created = await written(
          'opening an incident',
          (session) => create(session, { id, opening, jobs, table }),
          () => table.prepare(jobs),
        );
        if (created !== 'taken') return created;
      }
    },
    append: (id, expectedLength, events, jobs = []) =>
      written(
        `adding to incident ${id}`,
        async (session) => {
          const answer = await append(session, { id, expectedLength, events });
          if (answer.state === 'appended') await table.store(session, jobs);
          return answer;
        },
        () => table.prepare(jobs),
      ),
    appendAsOf: (id, { expectedLength, revision }, events, jobs = []) =>
      written(
        `adding to incident ${id}`,
        async (session) => {
          // Whoever writes to an incident meanwhile waits, and whoever did so before has ended: reading alone goes on.
          await session.rows('lock table stanch.incident in exclusive mode');
          if ((await revisionOf(session)) !== revision) return { state: 'outdated' };
          const answer = await append(session, { id, expectedLength, events });
          if (answer.state === 'appended') await table.store(session, jobs);
          return answer;
        },
        () => table.prepare(jobs),
      ),
    read: (id) => asked(`reading incident ${id}`, (session) => read(session, id)),
    list: (wish) => asked('listing the incidents', (session) => list(session, wish)),
    lease: (id, wish) => written(`claiming incident ${id}`, (session) => lease(session, id, wish)),
    release: (id, { process }) =>
      written(`releasing incident ${id}`, async (session) => {
        const released = await session.rows('delete from stanch.lease where incident = $1 and process = $2 returning 1', [
          id,
          columnText(process),
        ]);
        return { state: released.length > 0 ? 'released' : 'not-held' };
      }),
    close,
  };
}

interface NewIncident {
  readonly id: string;
  readonly opening: Opening;
  readonly jobs: readonly JobRequest[];
  readonly table: JobTable;
}

/** "taken": the name is another incident's, or the incident of this cause was closed while we looked. */
async function create(session: Session, { id, opening, jobs, table }: NewIncident): Promise<Created | 'taken'> {
  const { at, cluster, alert, cause } = opening;
  const fingerprint = cause === undefined ? null : columnText(cause.fingerprint);
  const made = await session.rows(
    `insert into stanch.incident (id, opened_at, cluster, alert, fingerprint, length, last_event_at, is_closed)
     values ($1, $2, $3, $4, $5, 0, $2, false) on conflict do nothing returning 1`,
    [id, at, columnText(cluster), alert === undefined ? null : columnText(alert.name), fingerprint],
  );
  if (made.length === 0) {
    const [known] = await session.rows('select id from stanch.incident where fingerprint = $1 and not is_closed', [fingerprint]);
    return known === undefined ? 'taken' : { state: 'known', id: textOf(known, 'id') };
  }
  await addEvents(session, { id, expectedLength: 0, events: [opening] });
  await table.store(session, jobs);
  return { state: 'created', id };
}

interface Addition {
  readonly id: string;
  readonly expectedLength: number;
  readonly events: readonly IncidentEvent[];
}

async function append(session: Session, addition: Addition): Promise<Appended> {
  const [row] = await session.rows('select length from stanch.incident where id = $1 for update', [addition.id]);
  if (row === undefined) return { state: 'missing' };
  const length = Number(row['length']);
  if (length !== addition.expectedLength) return { state: 'conflict', length };
  await addEvents(session, addition);
  return { state: 'appended', length: length + addition.events.length };
}

/** Events are never forgotten, so that their number tells one state of the store from every other. */
async function revisionOf(session: Session): Promise<number> {
  const [row] = await session.rows('select coalesce(sum(length), 0) as events from stanch.incident');
  return Number(row?.['events']);
}

async function addEvents(session: Session, { id, expectedLength, events }: Addition): Promise<void> {
  if (events.length === 0) return;
  await session.rows(
    `insert into stanch.incident_event (incident, sequence, event)
     select $1, $2 + place - 1, event::json from unnest($3::text[]) with ordinality as given (event, place)`,
    [id, expectedLength, events.map((event) => JSON.stringify(event))],
  );
  await session.rows(
    `update stanch.incident set length = length + $2, last_event_at = greatest(last_event_at, $3), is_closed = is_closed or $4
     where id = $1`,
    [id, events.length, Math.max(...events.map(({ at }) => at)), events.some(({ kind }) => kind === 'closed')],
  );
}

async function read(session: Session, id: string): Promise<IncidentReading> {
  const rows = await session.rows('select event::text from stanch.incident_event where incident = $1 order by sequence', [id]);
  // An incident is made together with its first event.
  return rows.length === 0
    ? { state: 'missing' }
    : { state: 'read', events: rows.map((row): IncidentEvent => JSON.parse(textOf(row, 'event'))) };
}

async function list(session: Session, { limit, which, activeSince }: ListWish): Promise<IncidentList> {
  // Before the list: whoever writes between the two makes the revision outdated, and not the list.
  const revision = await revisionOf(session);
  const rows = await session.rows(
    `select id, opened_at, cluster, alert, length, last_event_at, is_closed from stanch.incident
     where (not is_closed or $1) and last_event_at >= $2 order by opened_at desc, id collate "C" desc limit $3`,
    [which === 'all', activeSince ?? Number.MIN_SAFE_INTEGER, limit],
  );
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
    isClosed: row['is_closed'] === true,
  };
}

async function lease(session: Session, id: string, { holder, now, until }: LeaseWish): Promise<LeaseAnswer> {
  // The row of the incident makes those who claim it at the same time wait for each other.
  const [incident] = await session.rows('select 1 from stanch.incident where id = $1 for update', [id]);
  if (incident === undefined) return { state: 'missing' };
  const process = columnText(holder.process);
  const [held] = await session.rows(
    'select holder, process, extract(epoch from until - stanch.job_now()) * 1000 as left from stanch.lease where incident = $1',
    [id],
  );
  const isOwn = held !== undefined && held['process'] === process;
  const left = Math.round(Number(held?.['left'] ?? 0));
  if (held !== undefined && !isOwn && left > 0) return { state: 'taken', by: textOf(held, 'holder'), until: now + left };
  await session.rows(
    `insert into stanch.lease (incident, holder, process, until)
     values ($1, $2, $3, stanch.job_now() + $4 * interval '1 millisecond')
     on conflict (incident) do update set holder = excluded.holder, process = excluded.process, until = excluded.until`,
    [id, columnText(holder.name), process, until - now],
  );
  return held === undefined || isOwn ? { state: 'leased' } : { state: 'leased', takenOverFrom: textOf(held, 'holder') };
}
