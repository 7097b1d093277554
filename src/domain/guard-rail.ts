import type { ClusterChange, Situation } from './mitigation.ts';

/** A mistake that is easily made at night. Checked against plans and against commands that people type. */
export interface GuardRail {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  /** A warning for this change in this situation. Absent: nothing to say. */
  check(change: ClusterChange, situation: Situation): string | undefined;
}
