import { type AnyMitigation, isBlocked, type Mitigation, type MitigationPlan, type Situation } from '../domain/mitigation.ts';
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

const axisAnswers: { readonly [axis: string]: string } = { node: 'cordon-node', revision: 'roll-back-workload', zone: 'shift-zone' };
/** What only keeps it from getting worse, and what only adds room to look at it, come after what heals. */
const stopgaps: ReadonlySet<string> = new Set(['pause-rollout', 'isolate-pod']);

/** What may run comes first, then what might, then what must not. Among equals, what answers the leading axis is best. */
function orderOf(plan: MitigationPlan, situation: Situation): number {
  const { leading } = situation.blastRadius;
  const isLed = leading !== undefined && axisAnswers[leading.axis] === plan.id;
  const isRefused = plan.preconditions.some((each) => each.holds === 'no');
  const blocked = isRefused ? 20 : isBlocked(plan) ? 10 : 0;
  return blocked + (isLed ? 0 : stopgaps.has(plan.id) ? 2 : 1);
}
