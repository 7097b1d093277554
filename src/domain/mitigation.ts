import type { Claim } from './citation.ts';
import type { ClusterChange } from './cluster-change.ts';
import type { FactKind, Facts } from './facts.ts';
import type { BlastRadius, Change, Hypothesis, Scope } from './reasoned.ts';
import type { Subject } from './subject.ts';

export interface Precondition {
  readonly claim: string;
  /** Only "yes" lets the plan run; "cannot-tell" blocks it and says what to look at. */
  readonly holds: 'yes' | 'no' | 'cannot-tell';
  readonly because: readonly Claim[];
}

export interface MitigationPlan {
  /** Id of the mitigation. */
  readonly id: string;
  readonly subject: Subject;
  readonly why: Claim;
  readonly preconditions: readonly Precondition[];
  /** Commands that save what the changes would destroy. Run first. */
  readonly saveFirst: readonly string[];
  readonly changes: readonly [ClusterChange, ...ClusterChange[]];
  /** Worked out before anything is touched. Empty: nothing to put back. */
  readonly undo: readonly ClusterChange[];
  readonly expectation: string;
  /** What must be shown before the undo is safe, for example before uncordoning. */
  readonly undoWhen: string | undefined;
}

/** What the mitigations choose from: where the trouble is, not why. */
export interface Situation {
  readonly scope: Scope;
  readonly blastRadius: BlastRadius;
  readonly changes: readonly Change[];
  /** Best first. Empty while nothing was diagnosed: mitigation does not wait for it. */
  readonly hypotheses: readonly Hypothesis[];
}

export interface Mitigation<Needs extends FactKind = FactKind, Helps extends FactKind = FactKind> {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly reversibility: 'undoable' | 'heals-itself' | 'irreversible';
  readonly needs: readonly Needs[];
  readonly helpedBy: readonly Helps[];
  /** Empty: does not fit the situation. */
  plan(situation: Situation, facts: Facts<Needs, Helps>): readonly MitigationPlan[];
}

export type AnyMitigation = Mitigation<never, never>;

export function defineMitigation<const Needs extends FactKind, const Helps extends FactKind>(
  mitigation: Mitigation<Needs, Helps>,
): AnyMitigation {
  return mitigation as unknown as AnyMitigation;
}

/** A plan runs only when every precondition is known to hold. */
export function isBlocked(plan: MitigationPlan): boolean {
  return plan.preconditions.some((each) => each.holds !== 'yes');
}
