import type { Claim } from '../../domain/citation.ts';
import { type Instant, spokenDuration } from '../../domain/instant.ts';
import type { ChangeKind } from '../../domain/reasoned.ts';
import type { Replica } from '../../domain/replica.ts';
import type { Subject } from '../../domain/subject.ts';

/** A change as the evidence shows it, before anybody asks whether it matters. */
export interface SeenChange {
  readonly at: Instant;
  readonly kind: ChangeKind;
  readonly subject: Subject;
  readonly summary: string;
  readonly seenIn: Claim;
  /** True for replicas that the change touches. */
  readonly reaches: (replica: Replica) => boolean;
  /** "revision 47": for the words of an acquittal. */
  readonly called: string;
}

/** Both ends belong to it. */
export interface TimeWindow {
  readonly from: Instant;
  readonly until: Instant;
}

export function isWithin(window: TimeWindow, at: Instant): boolean {
  return at >= window.from && at <= window.until;
}

/** "2 min before the first failure". What came a little after it may still be its cause: failures are noticed late, clocks differ. */
export function spokenDistance(change: Instant, onset: Instant): string {
  const distance = spokenDuration(onset - change);
  return change > onset ? `${distance} after the first failure was noticed` : `${distance} before the first failure`;
}
