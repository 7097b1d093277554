import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import type { PageAnswer, PageIntake } from '../../ports/page-intake.ts';
import type { JobTable } from './job-table.ts';
import { columnText, type OpenPostgres, type Row, type Session, textOf } from './open-postgres.ts';

export function pagesInPostgres({ asked, written }: OpenPostgres, table: JobTable): PageIntake {
  return {
    accept: (page, job, mostWaiting) =>
      written(
        'accepting a page',
        (session) => accept(session, table, { page, job, mostWaiting }),
        () => table.prepare([job]),
      ),
    read: (id) =>
      asked(`reading page ${id}`, async (session) => {
        const [row] = await session.rows('select page::text, incident from stanch.page where id = $1', [columnText(id)]);
        return row === undefined ? { state: 'missing' } : { state: 'read', page: pageOf(row), incident: incidentOf(row) };
      }),
    assign: (id, incident) =>
      written(`assigning page ${id}`, async (session) => {
        const [row] = await session.rows('update stanch.page set incident = coalesce(incident, $2) where id = $1 returning incident', [
          columnText(id),
          incident,
        ]);
        return row === undefined ? { state: 'missing' } : { state: 'assigned', incident: textOf(row, 'incident') };
      }),
    history: (fingerprint, since, limit) =>
      asked('reading earlier pages', async (session) => {
        const rows = await session.rows(
          `select page::text, incident from stanch.page where fingerprint = $1 and received_at >= $2
           order by received_at desc, number desc limit $3`,
          [columnText(fingerprint), since, limit],
        );
        return { state: 'read', pages: rows.map(pastPageOf) };
      }),
    countWaiting: () =>
      asked('counting the pages that wait', async (session) => ({ state: 'counted', waiting: await countWaiting(session) })),
  };
}

interface Arrival {
  readonly page: AcceptedPage;
  readonly job: JobRequest;
  readonly mostWaiting: number;
}

async function accept(session: Session, table: JobTable, { page, job, mostWaiting }: Arrival): Promise<PageAnswer> {
  // One page at a time, whatever replica it came to: so the bound holds, and of one delivery that came twice one is the second.
  await session.rows("select pg_advisory_xact_lock(hashtext('stanch pages'))");
  const deliveryKey = columnText(page.deliveryKey);
  const [row] = await session.rows(
    `select (select id from stanch.page where delivery_key = $1) as known,
       (select count(*) from stanch.page where incident is null) as waiting`,
    [deliveryKey],
  );
  if (row === undefined) throw new Error('a select without from has one row');
  if (row['known'] !== null) return { state: 'known', id: textOf(row, 'known') };
  const waiting = Number(row['waiting']);
  if (waiting >= mostWaiting) return { state: 'full', waiting };
  await session.rows('insert into stanch.page (id, delivery_key, fingerprint, received_at, page) values ($1, $2, $3, $4, $5)', [
    columnText(page.id),
    deliveryKey,
    columnText(page.fingerprint),
    page.receivedAt,
    JSON.stringify(page),
  ]);
  await table.store(session, [job]);
  return { state: 'accepted', id: page.id };
}

async function countWaiting(session: Session): Promise<number> {
  const [row] = await session.rows('select count(*) as number from stanch.page where incident is null');
  return Number(row?.['number'] ?? 0);
}

function pastPageOf(row: Row): { readonly page: AcceptedPage; readonly incident?: string } {
  const incident = incidentOf(row);
  return { page: pageOf(row), ...(incident === undefined ? {} : { incident }) };
}

function pageOf(row: Row): AcceptedPage {
  return JSON.parse(textOf(row, 'page'));
}

function incidentOf(row: Row): string | undefined {
  return row['incident'] === null ? undefined : textOf(row, 'incident');
}
