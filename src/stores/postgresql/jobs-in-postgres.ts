import type { PgBoss } from 'pg-boss';
import type { Instant } from '../../domain/instant.ts';
import { isRecord } from '../../domain/shape.ts';
import type { JobCounts, JobQueue, TakenJob, TakeWish } from '../../ports/job-queue.ts';
import { attemptOf, databaseOf, type JobTable, priorityOf, takenJob } from './job-table.ts';
import type { OpenPostgres, Session } from './open-postgres.ts';

export interface JobSettings {
  readonly boss: PgBoss;
  readonly table: JobTable;
}

/**
 * The jobs of all replicas, kept and handed out by pg-boss. The clock is the database's, which is one for all of them: of a
 * caller's times only the difference counts.
 */
export function jobsInPostgres({ asked, written }: OpenPostgres, { boss, table }: JobSettings): JobQueue {
  /** How far the database's clock is ahead of the caller's, as of the last look. */
  let ahead = 0;
  return {
    enqueue: (jobs) =>
      written(
        'storing jobs',
        async (session) => {
          await table.store(session, jobs);
          return { state: 'stored' };
        },
        () => table.prepare(jobs),
      ),
    take: (wish) =>
      written('taking a job', async (session) => {
        ahead = (await now(session)) - wish.now;
        await loseSilent(boss, session, wish.kinds);
        return take({ boss, session, wish, ahead });
      }),
    keep: (job, until) =>
      written(`keeping job ${job.id}`, async (session) => ({ state: (await holdUntil(session, job, until + ahead)) ? 'kept' : 'lost' })),
    finish: (job) =>
      written(`finishing job ${job.id}`, async (session) => {
        const response = await boss.complete(job.kind, attemptOf(job), null, { db: databaseOf(session) });
        return { state: isHeld(response) ? 'finished' : 'lost' };
      }),
    putBack: (job, because, retryAt) =>
      written(`putting back job ${job.id}`, async (session) => ({
        state: (await putBack({ boss, session }, job, { because, retryAt })) ? 'put-back' : 'lost',
      })),
    count: (kind) => asked('counting the jobs', (session) => count(session, kind)),
  };
}

type Taken = Exclude<Awaited<ReturnType<JobQueue['take']>>, { readonly state: 'failed' }>;

interface Taking {
  readonly boss: PgBoss;
  readonly session: Session;
  readonly wish: TakeWish;
  readonly ahead: number;
}

const milliseconds = (expression: string): string => `round(extract(epoch from ${expression}) * 1000)`;
// In the words of pg-boss's own index, without which each look for work would read all jobs of three months.
const waits = "state < 'active' and not blocked";
const end = "(heartbeat_on + heartbeat_seconds * interval '1 second')";

async function now(session: Session): Promise<Instant> {
  const [row] = await session.rows(`select ${milliseconds('stanch.job_now()')} as now`);
  return Number(row?.['now']);
}

/** What pg-boss does with them from time to time, done when somebody asks for work: at their end, not up to a minute later. */
async function loseSilent(boss: PgBoss, session: Session, kinds: readonly string[]): Promise<void> {
  const silent = await session.rows(
    `select id, data, ${milliseconds('start_after')} as run_at, retry_count from stanch.job
     where name = any($1) and state = 'active' and ${end} <= stanch.job_now() for update skip locked`,
    [kinds],
  );
  for (const row of silent) {
    const job = takenJob(row);
    await putBack({ boss, session }, job, { because: 'its worker fell silent', retryAt: job.runAt });
  }
}

async function take({ boss, session, wish, ahead }: Taking): Promise<Taken> {
  const due = await session.rows(
    `select name from stanch.job where name = any($1) and ${waits} and start_after <= stanch.job_now()
     group by name order by min(start_after)`,
    [wish.kinds],
  );
  for (const { name } of due) {
    const [fetched] = await boss.fetch(String(name), { db: databaseOf(session) });
    if (fetched === undefined) continue;
    const [row] = await session.rows(
      `select id, data, ${milliseconds('start_after')} as run_at, retry_count from stanch.job where name = $1 and id = $2`,
      [name, fetched.id],
    );
    const job = takenJob(row ?? {});
    await holdUntil(session, job, wish.until + ahead);
    return { state: 'taken', job };
  }
  return nothingDue(session, wish, ahead);
}

async function nothingDue(session: Session, { kinds }: TakeWish, ahead: number): Promise<Taken> {
  // What is due and was not to be had is in the midst of being taken by another worker.
  const [row] = await session.rows(
    `select ${milliseconds('least(waiting.first, held.first)')} as next from
       (select min(start_after) as first from stanch.job
        where name = any($1) and ${waits} and start_after > stanch.job_now()) as waiting,
       (select min(${end}) as first from stanch.job where name = any($1) and state = 'active') as held`,
    [kinds],
  );
  const next = row?.['next'];
  return next === null || next === undefined ? { state: 'none' } : { state: 'none', nextAt: Number(next) - ahead };
}

/** pg-boss measures a worker's silence in whole seconds, set for all jobs of a kind; ours is told with each job, so it is written beside. */
async function holdUntil(session: Session, job: TakenJob, until: Instant): Promise<boolean> {
  const held = await session.rows(
    `update stanch.job set heartbeat_on = stanch.job_now(),
       heartbeat_seconds = greatest(1, ceil($4::numeric / 1000 - extract(epoch from stanch.job_now())))
     where name = $1 and id = $2 and state = 'active' and retry_count = $3 returning 1`,
    [job.kind, job.id, job.tries - 1, until],
  );
  return held.length > 0;
}

async function putBack(
  { boss, session }: Pick<Taking, 'boss' | 'session'>,
  job: TakenJob,
  { because, retryAt }: { readonly because: string; readonly retryAt: Instant | undefined },
): Promise<boolean> {
  const db = databaseOf(session);
  const response = await boss.fail(job.kind, attemptOf(job), { because: JSON.stringify(because) }, { db });
  if (!isHeld(response)) return false;
  // Neither does anything where the tries were used up: then the job has failed already.
  if (retryAt === undefined) await boss.cancel(job.kind, job.id, { db });
  else await boss.update(job.kind, undefined, { id: job.id, startAfter: new Date(retryAt), priority: priorityOf(retryAt), db });
  return true;
}

/** pg-boss tells how many jobs an answer is about, though its types do not. None: this beginning of the job is over. */
function isHeld(response: unknown): boolean {
  return isRecord(response) && Number(response['affected']) > 0;
}

async function count(session: Session, kind: string): Promise<JobCounts> {
  const [row] = await session.rows(
    `select (select count(*) from stanch.job where name = $1 and ${waits}) as waiting,
       (select count(*) from stanch.job where name = $1 and state = 'active') as taken,
       (select count(*) from stanch.job where name = $1 and state in ('cancelled', 'failed')) as failed`,
    [kind],
  );
  return { state: 'counted', waiting: Number(row?.['waiting']), taken: Number(row?.['taken']), failed: Number(row?.['failed']) };
}
