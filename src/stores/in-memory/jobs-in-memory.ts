import type { Instant } from '../../domain/instant.ts';
import type { JsonValue } from '../../domain/prepared-change.ts';
import type { JobCounts, JobQueue, JobRequest, TakenJob, TakeWish } from '../../ports/job-queue.ts';
import type { Asked } from './view.ts';

/** In the order in which they were asked for. */
export type KeptJobs = Map<string, KeptJob>;

interface KeptJob {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  /** As text: who takes it gets a copy. */
  readonly payload: string;
  readonly mostTries: number;
  runAt: Instant;
  tries: number;
  state: 'waiting' | 'taken' | 'finished' | 'failed';
  /** Of a job that is taken: when it goes to another worker. */
  until: Instant;
}

/** Asked for again under the same key a job is the one that is kept, also after it ended. */
export function keepJobs(kept: KeptJobs, jobs: readonly JobRequest[]): void {
  for (const { kind, key, payload, runAt, mostTries } of jobs) {
    const name = JSON.stringify([kind, key]);
    if (kept.has(name)) continue;
    const text = JSON.stringify(payload);
    kept.set(name, { id: String(kept.size + 1), kind, key, payload: text, mostTries, runAt, tries: 0, state: 'waiting', until: 0 });
  }
}

export function jobsInMemory(kept: KeptJobs, asked: Asked): JobQueue {
  /** What is done with a job that this worker has in hand still. Taken again by somebody else, it was begun once more since. */
  const ofHeld = <State extends string>(job: TakenJob, act: (held: KeptJob) => State): { readonly state: State | 'lost' } => {
    const held = [...kept.values()].find(({ id, state, tries }) => id === job.id && state === 'taken' && tries === job.tries);
    return { state: held === undefined ? 'lost' : act(held) };
  };
  return {
    enqueue: (jobs) =>
      asked('storing jobs', () => {
        keepJobs(kept, jobs);
        return { state: 'stored' };
      }),
    take: (wish) => asked('taking a job', () => take(kept, wish)),
    keep: (job, until) =>
      asked(`keeping job ${job.id}`, () =>
        ofHeld(job, (held) => {
          held.until = until;
          return 'kept';
        }),
      ),
    finish: (job) =>
      asked(`finishing job ${job.id}`, () =>
        ofHeld(job, (held) => {
          held.state = 'finished';
          return 'finished';
        }),
      ),
    putBack: (job, _because, retryAt) =>
      asked(`putting back job ${job.id}`, () =>
        ofHeld(job, (held) => {
          held.state = retryAt === undefined || held.tries >= held.mostTries ? 'failed' : 'waiting';
          held.runAt = retryAt ?? held.runAt;
          return 'put-back';
        }),
      ),
    count: (kind) => asked('counting the jobs', () => count(kept, kind)),
  };
}

type Taken = Exclude<Awaited<ReturnType<JobQueue['take']>>, { readonly state: 'failed' }>;

function take(kept: KeptJobs, { kinds, now, until }: TakeWish): Taken {
  const open = [...kept.values()].filter(({ kind, state }) => kinds.includes(kind) && (state === 'waiting' || state === 'taken'));
  for (const job of open) if (job.state === 'taken' && job.until <= now) job.state = job.tries < job.mostTries ? 'waiting' : 'failed';
  const due = open.filter(({ state, runAt }) => state === 'waiting' && runAt <= now).toSorted((one, other) => one.runAt - other.runAt)[0];
  if (due === undefined) return nothingDue(open);
  due.state = 'taken';
  due.tries += 1;
  due.until = until;
  const { id, kind, key, mostTries, runAt, tries } = due;
  const payload: JsonValue = JSON.parse(due.payload);
  return { state: 'taken', job: { id, kind, key, payload, runAt, mostTries, tries } };
}

function nothingDue(open: readonly KeptJob[]): Taken {
  const times = open.flatMap(({ state, runAt, until }) => (state === 'waiting' ? [runAt] : state === 'taken' ? [until] : []));
  return times.length === 0 ? { state: 'none' } : { state: 'none', nextAt: Math.min(...times) };
}

function count(kept: KeptJobs, kind: string): JobCounts {
  const states = [...kept.values()].filter((job) => job.kind === kind).map(({ state }) => state);
  const numberOf = (wanted: KeptJob['state']): number => states.filter((state) => state === wanted).length;
  return { state: 'counted', waiting: numberOf('waiting'), taken: numberOf('taken'), failed: numberOf('failed') };
}
