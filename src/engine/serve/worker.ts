import { millisecondsPerSecond } from '../../domain/instant.ts';
import type { JobKind } from './jobs.ts';
import { doJob, type Hands, takeJob } from './work-one-job.ts';

/** What other processes ask for is seen after this at the latest; what this one asks for, at once. */
const lookMilliseconds = millisecondsPerSecond;

/** A clock that differs from the store's must not make a worker ask without a pause. */
const shortestLookMilliseconds = 50;

/** Kinds of work that share a bound, so that what takes minutes does not keep what takes milliseconds waiting. */
export interface Pool {
  readonly kinds: readonly JobKind[];
  readonly mostAtOnce: number;
}

export interface Worker {
  /** Something was asked for: look now. */
  readonly wake: () => void;
  /** Takes nothing more, and lets what is under way come to an end in good order. */
  readonly stop: () => Promise<void>;
  /** Comes true when it was stopped; fails on a bug of ours, after everything else was put down. */
  readonly ended: Promise<void>;
}

export function startWorker(hands: Hands, pools: readonly Pool[]): Worker {
  const stopping = new AbortController();
  let waking = new AbortController();
  const wake = (): void => {
    waking.abort();
    waking = new AbortController();
  };
  const listen = (): AbortSignal => AbortSignal.any([stopping.signal, waking.signal]);
  const ended = endOf(pools.map((pool) => workPool(hands, pool, { stopping, listen })));
  return {
    wake,
    ended,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

interface Running {
  readonly stopping: AbortController;
  /** Aborted when there may be more to do than there is at this moment. */
  readonly listen: () => AbortSignal;
}

async function endOf(working: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(working);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function workPool(hands: Hands, { kinds, mostAtOnce }: Pool, { stopping, listen }: Running): Promise<void> {
  const running = new Set<Promise<void>>();
  const bugs: unknown[] = [];
  while (!stopping.signal.aborted) {
    if (running.size >= mostAtOnce) {
      await Promise.race(running);
      continue;
    }
    const woken = listen();
    const taken = await takeJob(hands, kinds);
    if (taken.state === 'taken') {
      const work = doJob(taken.job, hands, stopping.signal)
        .catch((bug: unknown) => {
          bugs.push(bug);
          stopping.abort();
        })
        .finally(() => running.delete(work));
      running.add(work);
      continue;
    }
    if (taken.state === 'failed') hands.log('error', `No job could be taken: ${taken.happened}`);
    const untilNext = taken.state === 'none' && taken.nextAt !== undefined ? taken.nextAt - hands.clock.now() : lookMilliseconds;
    await hands.pause(Math.min(Math.max(untilNext, shortestLookMilliseconds), lookMilliseconds), woken);
  }
  await Promise.all(running);
  if (bugs.length > 0) throw bugs[0];
}
