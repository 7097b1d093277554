import { type Claim, citeList, citeObject, claim, claimFromAll } from './citation.ts';
import type { Collection } from './collection.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { PodDisruptionBudget } from './kubernetes/workload.ts';
import { matchesSelector } from './label-selector.ts';
import type { Precondition } from './precondition.ts';

/**
 * Whether disruption budgets let all of the pods be evicted, as the API server decides it.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/ and its page on unhealthy pods.
 */
export function budgetsAllow(moving: readonly Pod[], budgets: Collection<PodDisruptionBudget> | undefined): Precondition {
  const id = 'budgets-allow';
  const says = 'disruption budgets let them go';
  if (budgets === undefined) return { id, claim: `${says} (budgets could not be read)`, holds: 'cannot-tell', because: [] };
  const touching = budgets.all.filter((budget) => moving.some((pod) => covers(budget, pod)));
  const because = claimsAbout(touching, moving);
  const verdicts = touching.map((budget) => judge(budget, moving));
  const hasTwo = moving.some((pod) => touching.filter((budget) => covers(budget, pod)).length > 1);
  // The eviction API refuses a pod that two budgets cover, whatever they allow.
  if (hasTwo || verdicts.includes('no')) return { id, claim: says, holds: 'no', because };
  const isWhole = moving.every((pod) => budgets.isComplete(pod.metadata.namespace));
  if (!isWhole) return { id, claim: `${says} (not all budgets could be read)`, holds: 'cannot-tell', because };
  return verdicts.includes('cannot-tell')
    ? { id, claim: `${says} (a budget does not report what it allows)`, holds: 'cannot-tell', because }
    : { id, claim: says, holds: 'yes', because };
}

function judge(budget: PodDisruptionBudget, moving: readonly Pod[]): Precondition['holds'] {
  const counted = moving.filter((pod) => covers(budget, pod) && isCounted(pod, budget)).length;
  if (counted === 0) return 'yes';
  const allowed = budget.status.disruptionsAllowed;
  if (allowed === undefined) return 'cannot-tell';
  return counted > allowed ? 'no' : 'yes';
}

/** Ready pods count. What runs without being Ready is free to go where the budget has its healthy ones, or says that it always is. */
function isCounted(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (pod.status.phase !== 'Running') return false;
  if (pod.status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')) return true;
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return false;
  const { currentHealthy, desiredHealthy } = status;
  return currentHealthy === undefined || desiredHealthy === undefined || currentHealthy < desiredHealthy;
}

function claimsAbout(touching: readonly PodDisruptionBudget[], moving: readonly Pod[]): readonly Claim[] {
  const cited = claimFromAll(
    'Budgets cover them.',
    touching.map((budget) => {
      const { disruptionsAllowed, currentHealthy, desiredHealthy } = budget.status;
      const shown = `status.disruptionsAllowed: ${disruptionsAllowed ?? 'not reported'}; healthy ${currentHealthy ?? '?'} of ${desiredHealthy ?? '?'} wanted`;
      return citeObject(budget, shown);
    }),
  );
  if (cited !== undefined) return [cited];
  const namespace = moving[0]?.metadata.namespace;
  return [claim('No disruption budget covers them.', citeList('poddisruptionbudgets', namespace, 'no budget selects these pods'))];
}

function covers(budget: PodDisruptionBudget, pod: Pod): boolean {
  return (
    budget.metadata.namespace === pod.metadata.namespace &&
    budget.spec.selector !== undefined &&
    matchesSelector(budget.spec.selector, pod.metadata.labels)
  );
}
