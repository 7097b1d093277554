import type { Claim } from './citation.ts';
import type { ChangeOf, ClusterChangeKind } from './cluster-change.ts';
import type { ExampleEvidence } from './example.ts';
import type { FactKind, Facts } from './facts.ts';
import type { Precondition, PreconditionId } from './precondition.ts';
import type { BlastRadius, Change, Hypothesis, Scope } from './reasoned.ts';
import type { Subject } from './subject.ts';

/** What a repository that owns the workload should say, so that the change outlives the next delivery. */
export interface PullRequest {
  readonly title: string;
  /** Markdown, for people. */
  readonly body: string;
  /** YAML of a strategic merge patch: only the fields that change, and what names their place. */
  readonly patch: string;
}

/** A cause as the diagnosis found it. */
export interface DiagnosedCause {
  /** Id of the failure mode. */
  readonly failureMode: string;
  readonly subject: Subject;
  /** From 0 to 1, of the hypothesis. */
  readonly confidence: number;
}

export interface MitigationPlan<Makes extends ClusterChangeKind = ClusterChangeKind> {
  /** Id of the mitigation. */
  readonly id: string;
  readonly subject: Subject;
  readonly why: Claim;
  readonly preconditions: readonly Precondition[];
  /** Commands that save what the changes would destroy. Run first. */
  readonly saveFirst: readonly string[];
  readonly changes: readonly [ChangeOf<Makes>, ...ChangeOf<Makes>[]];
  /** Worked out before anything is touched. Empty: nothing to put back. */
  readonly undo: readonly ChangeOf<Makes>[];
  readonly expectation: string;
  /** What must be shown before the undo is safe, for example before uncordoning. */
  readonly undoWhen: string | undefined;
  /** Absent: the change is not one of a template that a repository may own. */
  readonly pullRequest?: PullRequest;
  /** What it takes away. Absent: it was chosen from where the trouble is, whatever the cause. */
  readonly cause?: DiagnosedCause;
}

/** What the mitigations choose from: where the trouble is, not why. */
export interface Situation {
  readonly scope: Scope;
  readonly blastRadius: BlastRadius;
  readonly changes: readonly Change[];
  /** Best first. Empty while nothing was diagnosed: mitigation does not wait for it. */
  readonly hypotheses: readonly Hypothesis[];
}

/** A world, and what becomes of the mitigation in it. The whole catalogue diagnoses it first. */
export interface MitigationExample {
  readonly story: string;
  readonly given: ExampleEvidence;
}

export interface BlockedExample extends MitigationExample {
  readonly by: PreconditionId;
  readonly holds: 'no' | 'cannot-tell';
}

export interface Mitigation<
  Needs extends FactKind = FactKind,
  Helps extends FactKind = FactKind,
  Makes extends ClusterChangeKind = ClusterChangeKind,
> {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly reversibility: 'undoable' | 'heals-itself' | 'irreversible';
  readonly needs: readonly Needs[];
  readonly helpedBy: readonly Helps[];
  /** Every kind of change that its plans and their undo are made of. The rights that it takes are derived from these. */
  readonly makes: readonly [Makes, ...Makes[]];
  /** Empty: does not fit the situation. */
  plan(situation: Situation, facts: Facts<Needs, Helps>): readonly MitigationPlan<NoInfer<Makes>>[];
  /** A plan that may run comes of it. */
  readonly fits: readonly [MitigationExample, ...MitigationExample[]];
  /** One for each way in which each of its preconditions blocks: a test counts them. */
  readonly blocks: readonly [BlockedExample, ...BlockedExample[]];
  /** No plan comes of it. */
  readonly doesNotFit: readonly [MitigationExample, ...MitigationExample[]];
}

export type AnyMitigation = Mitigation<never, never>;

export function defineMitigation<const Needs extends FactKind, const Helps extends FactKind, const Makes extends ClusterChangeKind>(
  mitigation: Mitigation<Needs, Helps, Makes>,
): AnyMitigation {
  return mitigation as unknown as AnyMitigation;
}

/** A plan runs only when every precondition is known to hold. */
export function isBlocked(plan: MitigationPlan): boolean {
  return plan.preconditions.some((each) => each.holds !== 'yes');
}
