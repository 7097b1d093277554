import type { Instant } from '../domain/instant.ts';
import type { JsonValue } from '../domain/prepared-change.ts';
import type { StoreFailure } from './store-failure.ts';

/** Work that outlives the process which asked for it. */
export interface JobRequest {
  /** What kind of work: "work-incident", "deliver", "remind". */
  readonly kind: string;
  /**
   * Names the work within its kind. Asked for again under the same key it is the same work: one that waits is not doubled, and
   * one that ended is not done again. Work that may recur carries what tells the occasions apart, such as the number of events.
   */
  readonly key: string;
  readonly payload: JsonValue;
  /** Not before this instant. A reminder is a job of tomorrow. */
  readonly runAt: Instant;
  /** How often it may be begun in all, also by processes that died over it. */
  readonly mostTries: number;
}

/** A job that somebody has in hand. */
export interface TakenJob extends JobRequest {
  readonly id: string;
  /** Counted from 1: this one included. */
  readonly tries: number;
}

/**
 * Jobs of all processes that share a store. Never throws. What was answered with "stored" is there after a crash and a power
 * loss. A job is in one worker's hands at a time; one whose worker is silent until its term is over goes to another.
 */
export interface JobQueue {
  /** All of them or none. */
  readonly enqueue: (jobs: readonly JobRequest[]) => Promise<{ readonly state: 'stored' } | StoreFailure>;
  /** The job that has been due longest. "none": nothing is due now; `nextAt` tells when something will be. Absent: not known. */
  readonly take: (
    wish: TakeWish,
  ) => Promise<{ readonly state: 'taken'; readonly job: TakenJob } | { readonly state: 'none'; readonly nextAt?: Instant } | StoreFailure>;
  /** Tells that the worker still lives. "lost": somebody else has it by now, and this worker must stop. */
  readonly keep: (job: TakenJob, until: Instant) => Promise<{ readonly state: 'kept' | 'lost' } | StoreFailure>;
  /** Done, once and for all. */
  readonly finish: (job: TakenJob) => Promise<{ readonly state: 'finished' | 'lost' } | StoreFailure>;
  /** Not done. It is tried again at `retryAt` unless its tries are used up. Absent: given up for good. */
  readonly putBack: (
    job: TakenJob,
    because: string,
    retryAt: Instant | undefined,
  ) => Promise<{ readonly state: 'put-back' | 'lost' } | StoreFailure>;
  /** For metrics, and for whoever waits for work to end. */
  readonly count: (kind: string) => Promise<JobCounts | StoreFailure>;
}

export interface TakeWish {
  readonly kinds: readonly string[];
  /** Who takes it, for people: "stanch-7d9f, process 1". */
  readonly worker: string;
  readonly now: Instant;
  /** When the job goes to another worker if nothing was heard by then. */
  readonly until: Instant;
}

export interface JobCounts {
  readonly state: 'counted';
  /** Due or not, in nobody's hands. */
  readonly waiting: number;
  readonly taken: number;
  /** Given up: tries used up, or for good. */
  readonly failed: number;
}
