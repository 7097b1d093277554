import { createHash } from 'node:crypto';
import type { JobInsert, PgBoss } from 'pg-boss';
import { type Instant, millisecondsPerSecond } from '../../domain/instant.ts';
import type { JsonValue } from '../../domain/prepared-change.ts';
import type { JobRequest, TakenJob } from '../../ports/job-queue.ts';
import type { Row, Session } from './open-postgres.ts';

/** What pg-boss keeps of a job of ours: as text, because JSON inside PostgreSQL cannot hold all that JSON can. */
interface Kept {
  readonly job: string;
}

/** The queues of pg-boss are our kinds; each is made when the first job of its kind is stored. */
export interface JobTable {
  /** Before the transaction in which jobs of these kinds are stored: it needs a connection of its own. */
  readonly prepare: (jobs: readonly JobRequest[]) => Promise<void>;
  /** Within a transaction. Asked for again under the same key a job is the one that is there, also after it ended. */
  readonly store: (session: Session, jobs: readonly JobRequest[]) => Promise<void>;
}

const secondsPerDay = 86_400;

const queueOptions = {
  policy: 'standard',
  // So long a job that ended is known under its key. No sender repeats a delivery that late.
  deleteAfterSeconds: 90 * secondsPerDay,
  // Of a job that nobody takes: it is never thrown away in practice.
  retentionSeconds: 3650 * secondsPerDay,
  // The longest that pg-boss permits. Whether a worker lives is told by its heartbeat.
  expireInSeconds: secondsPerDay,
  heartbeatSeconds: 10,
  retryDelay: 0,
} as const;

export function jobTable(boss: PgBoss): JobTable {
  const prepared = new Set<string>();
  return {
    prepare: async (jobs) => {
      for (const kind of new Set(jobs.map((job) => job.kind))) {
        if (prepared.has(kind)) continue;
        await boss.createQueue(kind, queueOptions);
        // Fills the cache of pg-boss, which would otherwise look while the transaction is open.
        await boss.getQueue(kind);
        prepared.add(kind);
      }
    },
    store: async (session, jobs) => {
      for (const [kind, inserts] of insertsByKind(jobs)) await boss.insert(kind, [...inserts], { db: databaseOf(session) });
    },
  };
}

/** Once pg-boss has made its tables. It has no index for jobs in hand, nor for failed ones: it looks for those once a minute. */
export async function indexJobs(session: Session): Promise<void> {
  await session.rows("select pg_advisory_xact_lock(hashtext('stanch schema'))");
  await session.rows("create index if not exists job_in_hand on stanch.job_common (name) where state = 'active'");
  await session.rows("create index if not exists job_that_failed on stanch.job_common (name) where state in ('cancelled', 'failed')");
}

/** In the same order in every process, so that two that store the same jobs do not wait for each other crosswise. */
function insertsByKind(jobs: readonly JobRequest[]): readonly (readonly [kind: string, inserts: readonly JobInsert<Kept>[]])[] {
  // The first wish under a key holds.
  const byId = new Map(jobs.toReversed().map((job) => [idOf(job), job] as const));
  const inOrder = [...byId].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const kinds = [...new Set(jobs.map(({ kind }) => kind))].toSorted();
  return kinds.map((kind) => [kind, inOrder.filter(([, job]) => job.kind === kind).map(([id, job]) => insertOf(id, job))] as const);
}

function insertOf(id: string, { kind, key, payload, runAt, mostTries }: JobRequest): JobInsert<Kept> {
  const text = JSON.stringify({ kind, key, payload, mostTries });
  return { id, data: { job: text }, startAfter: new Date(runAt), priority: priorityOf(runAt), retryLimit: mostTries - 1 };
}

/** The same work has the same id, in the form of a UUID, which is what pg-boss takes. */
function idOf({ kind, key }: JobRequest): string {
  const digits = createHash('sha256')
    .update(JSON.stringify([kind, key]))
    .digest('hex');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}

const epoch = Date.UTC(2026, 0, 1);
const mostPriority = 2 ** 31 - 1;

/** pg-boss takes the highest priority first; ours is that what has been due longest goes first, to the second. */
export function priorityOf(runAt: Instant): number {
  const seconds = Math.floor((runAt - epoch) / millisecondsPerSecond);
  return Math.max(-mostPriority, Math.min(mostPriority, -seconds));
}

/** A session as pg-boss takes one, so that what it does belongs to our transaction. */
export function databaseOf(session: Session): { executeSql: (text: string, values?: unknown[]) => Promise<{ rows: Row[] }> } {
  return { executeSql: async (text, values) => ({ rows: [...(await session.rows(text, values))] }) };
}

/** The name of one beginning of a job: taken again by somebody else, it was begun once more since. */
export function attemptOf({ id, tries }: TakenJob): { id: string; retryCount: number } {
  return { id, retryCount: tries - 1 };
}

/** From a row with the columns id, data, start_after in milliseconds as `run_at`, and retry_count. */
export function takenJob(row: Row): TakenJob {
  const { data } = row;
  const text = typeof data === 'object' && data !== null && 'job' in data ? data.job : undefined;
  if (typeof text !== 'string') throw new TypeError('the job holds no text');
  const kept: { readonly kind: string; readonly key: string; readonly payload: JsonValue; readonly mostTries: number } = JSON.parse(text);
  return { ...kept, id: String(row['id']), runAt: Number(row['run_at']), tries: Number(row['retry_count']) + 1 };
}
