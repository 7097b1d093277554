import type { Claim } from './citation.ts';
import type { Finding, Step } from './failure-mode.ts';
import type { Instant } from './instant.ts';
import type { Replica } from './replica.ts';
import type { Subject } from './subject.ts';

export interface Onset {
  readonly at: Instant;
  readonly because: readonly [Claim, ...Claim[]];
}

/** Whom the alert is about, and who of them fails. */
export interface Scope {
  /** Absent: nothing fails and the alert names nothing that exists. */
  readonly target: Subject | undefined;
  /** "Why this one" in a sentence. */
  readonly chosenBecause: string;
  readonly failing: readonly Replica[];
  readonly healthy: readonly Replica[];
  /** Replicas that are neither: starting, leaving, unknown. */
  readonly undecided: readonly Replica[];
  /** Failing replicas of other workloads that fail alike. */
  readonly alsoFailing: readonly Replica[];
}

export interface Axis {
  readonly axis: string;
  readonly value: string;
  readonly failingWith: number;
  readonly failingWithout: number;
  readonly healthyWith: number;
  readonly healthyWithout: number;
  /** One-sided Fisher's exact test. */
  readonly pValue: number;
  /** After Holm's correction for the number of axes that could have separated. */
  readonly adjustedPValue: number;
  readonly verdict: 'separates' | 'suggestive' | 'no' | 'cannot-tell';
  /** Other axes that split the replicas in exactly the same way. */
  readonly confoundedWith: readonly string[];
  /** Probe or look that would settle it. Absent: nothing more needed. */
  readonly wouldSettle: string | undefined;
}

export interface BlastRadius {
  /** What was compared: replicas of the target alone, or of all workloads that fail alike. */
  readonly population: 'target' | 'widened';
  /** True: the healthy ones are siblings of failing ones, so that they clear what would hit all of a workload alike. */
  readonly areSiblings: boolean;
  readonly axes: readonly Axis[];
  /** The axis to act on. Absent: none separates. */
  readonly leading: Axis | undefined;
  /** True: connectivity probes in evidence confirm the leading axis. */
  readonly isSettledByProbes: boolean;
  readonly because: readonly Claim[];
}

export type ChangeKind = 'rollout' | 'config' | 'node' | 'scaling' | 'service' | 'policy' | 'storage' | 'restart' | 'quota' | 'other';

export interface Change {
  readonly at: Instant;
  readonly kind: ChangeKind;
  readonly subject: Subject;
  readonly summary: string;
  /** suspect: order, scope and mechanism fit. acquitted: near in time, but the evidence clears it. unrelated: neither. */
  readonly standing: 'suspect' | 'acquitted' | 'unrelated';
  readonly because: readonly [Claim, ...Claim[]];
}

export interface BlindSpot {
  readonly what: string;
  readonly why: string;
  readonly toSeeIt: string;
}

export interface Hypothesis {
  readonly failureMode: string;
  readonly title: string;
  readonly finding: Finding;
  readonly subject: Subject;
  /** Calibrated probability that this mode on this subject is a root cause. */
  readonly confidence: number;
  /** False: a consequence of another hypothesis, shown so that nothing seen is hidden. */
  readonly isRoot: boolean;
  /** Index in the list of hypotheses of what explains this one. */
  readonly explainedBy: readonly number[];
  readonly cascade: readonly Step[];
  readonly wouldSettle: readonly string[];
}
