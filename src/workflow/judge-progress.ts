import type { Instant } from '../domain/instant.ts';
import type { Observation } from '../domain/observation.ts';
import type { Judgement } from '../domain/incident-event.ts';

/** How long is waited for what. */
export interface Patience {
  /** It has to stay well for so long before it counts as confirmed. */
  readonly soakMilliseconds: number;
  /** After so long without being well it counts as no better. */
  readonly withinMilliseconds: number;
}

/** What is known of an attempt that has been carried out. */
export interface Progress {
  readonly appliedAt: Instant;
  readonly baseline: Observation;
  /** Since it was applied, oldest first. */
  readonly observations: readonly Observation[];
}

export type ProgressJudgement =
  | { readonly state: 'waiting'; readonly because: readonly string[] }
  | { readonly state: 'judged'; readonly judgement: Judgement; readonly because: readonly string[] };

/** Whether a mitigation helped. */
export function judgeProgress({ appliedAt }: Progress, { withinMilliseconds }: Patience, now: Instant): ProgressJudgement {
  return now - appliedAt < withinMilliseconds
    ? { state: 'waiting', because: [] }
    : { state: 'judged', judgement: 'cannot-tell', because: [] };
}
