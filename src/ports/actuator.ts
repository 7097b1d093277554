import type { ClusterChange } from '../domain/cluster-change.ts';
import type { Instant } from '../domain/instant.ts';
import type { PreparedChange } from '../domain/prepared-change.ts';
import type { Permit } from '../domain/permit.ts';

export type Preparation =
  | { readonly state: 'prepared'; readonly prepared: PreparedChange }
  /** The change does not fit the object as it is, or the object is another one than the plan saw. */
  | { readonly state: 'refused'; readonly because: string }
  /** isForGood: asking again cannot help. */
  | { readonly state: 'unreadable'; readonly because: string; readonly isForGood: boolean };

/**
 * accepted: the server would do it (dry run), or has done it. already-so: nothing was left to do.
 * overtaken: somebody else changed the object; nothing was written. refused: the server said no, for good.
 * held-back: the server said not now (a disruption budget, too many requests); worth another attempt.
 * unknown: no answer came; whether it was done has to be looked up.
 */
export interface ChangeOutcome {
  readonly state: 'accepted' | 'already-so' | 'overtaken' | 'refused' | 'held-back' | 'unknown';
  readonly detail: string;
}

/** Whether a prepared change has been carried out, by looking. */
export type ChangeStanding =
  | { readonly state: 'done' | 'not-done' | 'overtaken'; readonly detail: string }
  | { readonly state: 'unreadable'; readonly detail: string };

/** The only thing that can change a cluster on a plan's behalf. Never throws; knows no plan, no policy and no incident. */
export interface Actuator {
  readonly name: string;
  /** Reads what the change is about and works out what would be written. Changes nothing. `at`: written where a change carries a time. */
  readonly prepare: (change: ClusterChange, at: Instant, signal: AbortSignal) => Promise<Preparation>;
  /** The server's own dry run. Changes nothing. */
  readonly rehearse: (prepared: PreparedChange, signal: AbortSignal) => Promise<ChangeOutcome>;
  /** Carries it out, at most once: only against the object, and the state of its fields, that were prepared. */
  readonly apply: (permit: Permit, prepared: PreparedChange, signal: AbortSignal) => Promise<ChangeOutcome>;
  readonly look: (prepared: PreparedChange, signal: AbortSignal) => Promise<ChangeStanding>;
  readonly close: () => Promise<void>;
}
