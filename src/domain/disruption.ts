import { citeList, citeObject, claim, claimFromAll } from './citation.ts';
import type { Collection } from './collection.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { PodDisruptionBudget } from './kubernetes/workload.ts';
import { matchesSelector } from './label-selector.ts';
import type { Precondition } from './mitigation.ts';

/** Whether disruption budgets let the pods be evicted. Unready pods of a budget whose healthy count suffices are free to go. */
export function budgetsAllow(moving: readonly Pod[], budgets: Collection<PodDisruptionBudget> | undefined): Precondition {
  const says = 'disruption budgets let them go';
  if (budgets === undefined) return { claim: `${says} (budgets could not be read)`, holds: 'cannot-tell', because: [] };
  const touching = budgets.all.filter((budget) => moving.some((pod) => covers(budget, pod)));
  if (touching.length === 0) {
    return {
      claim: says,
      holds: 'yes',
      because: [
        claim(
          'No disruption budget covers them.',
          citeList('poddisruptionbudgets', moving[0]?.metadata.namespace, 'no budget selects these pods'),
        ),
      ],
    };
  }
  const blocking = touching.filter(
    (budget) => moving.filter((pod) => covers(budget, pod) && isReady(pod)).length > (budget.status.disruptionsAllowed ?? 0),
  );
  const cited = claimFromAll(
    blocking.length === 0 ? 'The budgets that cover them allow it.' : 'A budget allows fewer disruptions than this needs.',
    touching.map((budget) => citeObject(budget, `status.disruptionsAllowed: ${budget.status.disruptionsAllowed ?? 'not reported'}`)),
  );
  return { claim: says, holds: blocking.length === 0 ? 'yes' : 'no', because: cited === undefined ? [] : [cited] };
}

function covers(budget: PodDisruptionBudget, pod: Pod): boolean {
  return (
    budget.metadata.namespace === pod.metadata.namespace &&
    budget.spec.selector !== undefined &&
    matchesSelector(budget.spec.selector, pod.metadata.labels)
  );
}

function isReady(pod: Pod): boolean {
  return pod.status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}
