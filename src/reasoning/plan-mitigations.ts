import type { AnyMitigation, Mitigation, MitigationPlan, Situation } from '../domain/mitigation.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import type { Assessment } from './assess.ts';

/** Every plan that fits where the trouble is: unblocked ones first, in the order of the axis that leads. */
export function planMitigations(
  mitigations: readonly AnyMitigation[],
  assessment: Assessment,
  hypotheses: readonly Hypothesis[],
): readonly MitigationPlan[] {
  const situation: Situation = { scope: assessment.scope, blastRadius: assessment.radius, changes: assessment.changes, hypotheses };
  const plans = mitigations.flatMap((each) => planOne(each as unknown as Mitigation, situation, assessment));
  return plans.toSorted((left, right) => orderOf(left, situation) - orderOf(right, situation) || left.id.localeCompare(right.id));
}

function planOne(mitigation: Mitigation, situation: Situation, assessment: Assessment): readonly MitigationPlan[] {
  if (mitigation.needs.some((kind) => assessment.facts.get(kind) === undefined)) return [];
  const declared = [...mitigation.needs, ...mitigation.helpedBy].map((kind) => [kind, assessment.facts.get(kind)] as const);
  return mitigation.plan(situation, { now: assessment.facts.now, ...Object.fromEntries(declared) } as unknown as Parameters<
    Mitigation['plan']
  >[1]);
}

/** What answers the leading axis comes before what only answers a hypothesis; what cannot run comes last. */
function orderOf(plan: MitigationPlan, situation: Situation): number {
  const answersAxis: { readonly [axis: string]: string } = { node: 'cordon-node', revision: 'roll-back-workload', zone: 'shift-zone' };
  const { leading } = situation.blastRadius;
  const isLed = leading !== undefined && answersAxis[leading.axis] === plan.id;
  const isRefused = plan.preconditions.some((each) => each.holds === 'no');
  return (isRefused ? 10 : 0) + (isLed ? 0 : 1);
}
