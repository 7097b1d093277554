import type { ExampleEvidence } from './example.ts';
import type { ClusterChange } from './cluster-change.ts';
import type { Situation } from './mitigation.ts';

/** A change that somebody is about to make, by hand or by a plan. */
export interface IntendedChange {
  readonly change: ClusterChange;
  /** True: logs and state of what disappears are saved first. */
  readonly isEvidenceSaved: boolean;
}

export interface GuardRailExample {
  readonly story: string;
  readonly intended: IntendedChange;
  /** The world in which the situation is assessed, as for failure modes. */
  readonly given: ExampleEvidence;
}

/** A mistake that is easily made at night. Checked against plans and against commands that people type. */
export interface GuardRail {
  readonly id: string;
  readonly title: string;
  /** What somebody without the experience does, what the senior does instead, and why. */
  readonly explanation: { readonly juniorWould: string; readonly seniorDoes: string; readonly why: string };
  /** A warning for this change in this situation, for people. Absent: nothing to say. */
  readonly check: (intended: IntendedChange, situation: Situation) => string | undefined;
  readonly warns: readonly [GuardRailExample, ...GuardRailExample[]];
  readonly staysQuiet: readonly [GuardRailExample, ...GuardRailExample[]];
}
