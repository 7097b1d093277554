import type { DatabaseSync } from 'node:sqlite';
import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { JobRequest } from '../../ports/job-queue.ts';
import type { PageAnswer, PageIntake } from '../../ports/page-intake.ts';
import { storeJobs } from './jobs-in.ts';
import { type OpenDatabase, type Row, textOf } from './open-database.ts';

export function pagesIn({ database, asked, written }: OpenDatabase): PageIntake {
  return {
    accept: (page, job, mostWaiting) => written('accepting a page', () => accept(database, { page, job, mostWaiting })),
    read: (id) =>
      asked(`reading page ${id}`, () => {
        const row = database.prepare('select page, incident from page where id = ?').get(id);
        return row === undefined ? { state: 'missing' } : { state: 'read', page: pageOf(row), incident: incidentOf(row) };
      }),
    assign: (id, incident) =>
      written(`assigning page ${id}`, () => {
        const row = database.prepare('update page set incident = coalesce(incident, ?) where id = ? returning incident').get(incident, id);
        return row === undefined ? { state: 'missing' } : { state: 'assigned', incident: textOf(row, 'incident') };
      }),
    history: (fingerprint, since, limit) =>
      asked('reading earlier pages', () => ({
        state: 'read',
        pages: database
          .prepare(
            'select page, incident from page where fingerprint = ? and received_at >= ? order by received_at desc, rowid desc limit ?',
          )
          .all(fingerprint, since, limit)
          .map((row) => {
            const incident = incidentOf(row);
            return { page: pageOf(row), ...(incident === undefined ? {} : { incident }) };
          }),
      })),
    countWaiting: () => asked('counting the pages that wait', () => ({ state: 'counted', waiting: countWaiting(database) })),
  };
}

interface Arrival {
  readonly page: AcceptedPage;
  readonly job: JobRequest;
  readonly mostWaiting: number;
}

function accept(database: DatabaseSync, { page, job, mostWaiting }: Arrival): PageAnswer {
  const known = database.prepare('select id from page where delivery_key = ?').get(page.deliveryKey);
  if (known !== undefined) return { state: 'known', id: textOf(known, 'id') };
  const waiting = countWaiting(database);
  if (waiting >= mostWaiting) return { state: 'full', waiting };
  database
    .prepare('insert into page (id, delivery_key, fingerprint, received_at, page) values (?, ?, ?, ?, ?)')
    .run(page.id, page.deliveryKey, page.fingerprint, page.receivedAt, JSON.stringify(page));
  storeJobs(database, [job]);
  return { state: 'accepted', id: page.id };
}

function countWaiting(database: DatabaseSync): number {
  return Number(database.prepare('select count(*) as number from page where incident is null').get()?.['number'] ?? 0);
}

function pageOf(row: Row): AcceptedPage {
  return JSON.parse(textOf(row, 'page'));
}

function incidentOf(row: Row): string | undefined {
  return row['incident'] === null ? undefined : textOf(row, 'incident');
}
