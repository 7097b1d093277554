import { nextTry } from '../../domain/back-off.ts';
import { type Instant, millisecondsPerSecond } from '../../domain/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobQueue, TakenJob } from '../../ports/job-queue.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import type { JobHandler, JobOutcome } from './job-outcome.ts';
import type { JobKind } from './jobs.ts';
import type { ServerLog } from './serving.ts';

/**
 * The work of a process that fell silent goes to another one after this. It is to be done within 15 s of the silence, also where
 * the other one has its hands full and its machine is busy: that takes it some seconds.
 */
export const termMilliseconds = 9 * millisecondsPerSecond;
/** Two may fail before the term is over. */
export const beatMilliseconds = 3 * millisecondsPerSecond;

export interface Hands {
  readonly jobs: JobQueue;
  readonly handlers: { readonly [Kind in JobKind]: JobHandler };
  readonly clock: Clock;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** For people. */
  readonly worker: string;
  readonly log: ServerLog;
}

export type Taken =
  | { readonly state: 'taken'; readonly job: TakenJob }
  | { readonly state: 'none'; readonly nextAt?: Instant }
  | StoreFailure;

export function takeJob({ jobs, clock, worker }: Hands, kinds: readonly JobKind[]): Promise<Taken> {
  const now = clock.now();
  return jobs.take({ kinds, worker, now, until: now + termMilliseconds });
}

/** Does one job that was taken, and puts it down in the store. Throws only for our own bugs. */
export async function doJob(job: TakenJob, hands: Hands, stop: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const lost = new AbortController();
  const beating = keepAlive(job, hands, { ended: ended.signal, lost });
  try {
    const outcome = await handlerOf(job, hands)(job, AbortSignal.any([stop, lost.signal]));
    if (!lost.signal.aborted) await putDown(job, outcome, hands);
  } catch (problem) {
    await putBackAfterBug(job, problem, hands);
    throw new Error(`Doing the job ${job.kind} ${job.key} failed.`, { cause: problem });
  } finally {
    ended.abort();
    await beating;
  }
}

function handlerOf({ kind }: TakenJob, { handlers }: Hands): JobHandler {
  const found = Object.entries(handlers).find(([name]) => name === kind)?.[1];
  if (found === undefined) throw new Error(`Nobody knows how to do jobs of the kind ${kind}.`);
  return found;
}

async function keepAlive(
  job: TakenJob,
  { jobs, clock, pause, log }: Hands,
  { ended, lost }: { readonly ended: AbortSignal; readonly lost: AbortController },
): Promise<void> {
  for (;;) {
    await pause(beatMilliseconds, ended);
    if (ended.aborted) return;
    const kept = await jobs.keep(job, clock.now() + termMilliseconds);
    if (kept.state === 'failed') log('warning', `The job ${job.kind} ${job.key} could not be kept: ${kept.happened}`);
    if (kept.state !== 'lost') continue;
    log('warning', `The job ${job.kind} ${job.key} went to another worker, because nothing was heard of this one in time.`);
    lost.abort();
    return;
  }
}

async function putDown(job: TakenJob, outcome: JobOutcome, { jobs, clock, log }: Hands): Promise<void> {
  const put = await settle(job, outcome, { jobs, clock });
  const name = `${job.kind} ${job.key}`;
  // Whoever has it next finds that it is done: each job can be done twice.
  if (put.state === 'failed') log('error', `What became of the job ${name} could not be stored: ${put.happened}`);
  if (outcome.state === 'again') log('warning', `The job ${name} is tried again: ${outcome.because}`);
  if (outcome.state === 'given-up') log('error', `The job ${name} was given up: ${outcome.because}`);
}

async function settle(
  job: TakenJob,
  outcome: JobOutcome,
  { jobs, clock }: Pick<Hands, 'jobs' | 'clock'>,
): Promise<{ readonly state: 'finished' | 'put-back' | 'lost' } | StoreFailure> {
  switch (outcome.state) {
    case 'done':
      return jobs.finish(job);
    case 'again':
      return jobs.putBack(job, outcome.because, Math.max(outcome.at ?? 0, nextTry(job.tries, clock.now())));
    case 'given-up':
      return jobs.putBack(job, outcome.because, undefined);
    case 'stopped':
      return jobs.putBack(job, 'the server was stopped', clock.now());
    case 'later': {
      const stored = await jobs.enqueue([outcome.job]);
      return stored.state === 'failed' ? stored : jobs.finish(job);
    }
  }
}

/** A job over which the program dies again and again must not keep all others from being done. */
const mostBugs = 5;

async function putBackAfterBug(job: TakenJob, problem: unknown, { jobs, clock }: Hands): Promise<void> {
  const because = problem instanceof Error ? problem.message : String(problem);
  await jobs.putBack(job, because, job.tries < mostBugs ? nextTry(job.tries, clock.now()) : undefined);
}
