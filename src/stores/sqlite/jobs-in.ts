import type { DatabaseSync } from 'node:sqlite';
import { millisecondsPerDay } from '../../domain/instant.ts';
import type { JobCounts, JobQueue, JobRequest, TakenJob, TakeWish } from '../../ports/job-queue.ts';
import { type OpenDatabase, type Row, textOf } from './open-database.ts';

/** So long a job that ended is known under its key, counted from when it was last begun. No sender repeats a delivery that late. */
const rememberedMilliseconds = 90 * millisecondsPerDay;

/** Within a transaction. Asked for again under the same key a job is the one that is there, also after it ended. */
export function storeJobs(database: DatabaseSync, jobs: readonly JobRequest[]): void {
  const insert = database.prepare(
    'insert into job (kind, key, payload, run_at, most_tries) values (?, ?, ?, ?, ?) on conflict (kind, key) do nothing',
  );
  for (const { kind, key, payload, runAt, mostTries } of jobs) insert.run(kind, key, JSON.stringify(payload), runAt, mostTries);
}

export function jobsIn({ database, asked, written }: OpenDatabase): JobQueue {
  return {
    enqueue: (jobs) =>
      written('storing jobs', () => {
        storeJobs(database, jobs);
        return { state: 'stored' };
      }),
    take: (wish) => written('taking a job', () => take(database, wish)),
    keep: (job, until) =>
      written(`keeping job ${job.id}`, () => changeHeld(database, job, { set: 'until = ?', values: [until], state: 'kept' })),
    finish: (job) =>
      written(`finishing job ${job.id}`, () => changeHeld(database, job, { set: "state = 'finished'", values: [], state: 'finished' })),
    putBack: (job, because, retryAt) =>
      written(`putting back job ${job.id}`, () =>
        changeHeld(database, job, {
          set: "because = ?, run_at = coalesce(?, run_at), state = case when ? and tries < most_tries then 'waiting' else 'failed' end",
          values: [because, retryAt ?? null, retryAt === undefined ? 0 : 1],
          state: 'put-back',
        }),
      ),
    count: (kind) => asked('counting the jobs', () => count(database, kind)),
  };
}

type Taken = Exclude<Awaited<ReturnType<JobQueue['take']>>, { readonly state: 'failed' }>;

function take(database: DatabaseSync, { kinds, worker, now, until }: TakeWish): Taken {
  const among = JSON.stringify(kinds);
  database.prepare("delete from job where state in ('finished', 'failed') and taken_at < ?").run(now - rememberedMilliseconds);
  database
    .prepare(
      `update job set state = case when tries < most_tries then 'waiting' else 'failed' end
       where state = 'taken' and until <= ? and kind in (select value from json_each(?))`,
    )
    .run(now, among);
  const row = database
    .prepare(
      `update job set state = 'taken', tries = tries + 1, worker = ?, taken_at = ?, until = ?
       where number = (select number from job where state = 'waiting' and run_at <= ? and kind in (select value from json_each(?))
                       order by run_at, number limit 1)
       returning number, kind, key, payload, run_at, most_tries, tries`,
    )
    .get(worker, now, until, now, among);
  return row === undefined ? nothingDue(database, among) : { state: 'taken', job: takenJob(row) };
}

function nothingDue(database: DatabaseSync, among: string): Taken {
  const row = database
    .prepare(
      `select min(case state when 'waiting' then run_at else until end) as next from job
       where state in ('waiting', 'taken') and kind in (select value from json_each(?))`,
    )
    .get(among);
  const next = row?.['next'];
  return typeof next === 'number' ? { state: 'none', nextAt: next } : { state: 'none' };
}

function takenJob(row: Row): TakenJob {
  return {
    id: String(row['number']),
    kind: textOf(row, 'kind'),
    key: textOf(row, 'key'),
    payload: JSON.parse(textOf(row, 'payload')),
    runAt: Number(row['run_at']),
    mostTries: Number(row['most_tries']),
    tries: Number(row['tries']),
  };
}

interface HeldChange<State> {
  readonly set: string;
  readonly values: readonly (string | number | null)[];
  readonly state: State;
}

/** Only what this worker has in hand still: taken again by somebody else, it was begun once more since. */
function changeHeld<State extends string>(
  database: DatabaseSync,
  job: TakenJob,
  { set, values, state }: HeldChange<State>,
): { readonly state: State | 'lost' } {
  const update = database.prepare(`update job set ${set} where number = ? and tries = ? and state = 'taken'`);
  return { state: Number(update.run(...values, Number(job.id), job.tries).changes) > 0 ? state : 'lost' };
}

function count(database: DatabaseSync, kind: string): JobCounts {
  const rows = database.prepare('select state, count(*) as number from job where kind = ? group by state').all(kind);
  const numberOf = (state: string): number => Number(rows.find((row) => row['state'] === state)?.['number'] ?? 0);
  return { state: 'counted', waiting: numberOf('waiting'), taken: numberOf('taken'), failed: numberOf('failed') };
}
