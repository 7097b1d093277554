import type { Instant } from '../domain/instant.ts';

/** Tells the time. A replay stands still at the time of collection. */
export interface Clock {
  readonly now: () => Instant;
}
