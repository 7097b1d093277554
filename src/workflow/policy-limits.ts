import { citeObject, claimFromAll } from '../domain/citation.ts';
import { changedSubject } from '../domain/cluster-change.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import type { MitigationPlan } from '../domain/mitigation.ts';
import { matchesPattern, type Policy } from '../domain/policy.ts';
import type { Precondition } from '../domain/precondition.ts';

/** What the limits are held against. */
export interface LimitedWorld {
  /** All nodes. Undefined: they could not be read. */
  readonly nodes: readonly Node[] | undefined;
}

/** The plan with the policy's limits among its preconditions, where they concern it: what blocks there blocks everywhere. */
export function withLimits(plan: MitigationPlan, policy: Policy, world: LimitedWorld): MitigationPlan {
  const limits = [cordonLimit(plan, policy, world), protection(plan, policy), deletionLimit(plan, policy)].filter(
    (each) => each !== undefined,
  );
  return limits.length === 0 ? plan : { ...plan, preconditions: [...plan.preconditions, ...limits] };
}

/** Undefined: the plan cordons nothing. */
function cordonLimit(plan: MitigationPlan, { limits: { mostCordonedNodes } }: Policy, { nodes }: LimitedWorld): Precondition | undefined {
  const added = new Set(plan.changes.flatMap((change) => (change.kind === 'cordon' ? [change.node] : [])));
  if (added.size === 0) return undefined;
  const id = 'cordons-within-limit';
  const claim = `at most ${mostCordonedNodes} ${mostCordonedNodes === 1 ? 'node is' : 'nodes are'} cordoned at once, as the policy says`;
  // Without a list of nodes only one thing is sure: the plan alone may already be too much.
  if (nodes === undefined) return { id, claim, holds: added.size > mostCordonedNodes ? 'no' : 'cannot-tell', because: [] };
  const cordoned = nodes.filter(({ spec }) => spec.unschedulable === true);
  const freed = new Set(plan.changes.flatMap((change) => (change.kind === 'uncordon' ? [change.node] : [])));
  const others = cordoned.filter(({ metadata }) => !added.has(metadata.name) && !freed.has(metadata.name));
  const because = claimFromAll(
    `${others.length} other ${others.length === 1 ? 'node is' : 'nodes are'} cordoned already.`,
    others.slice(0, 4).map((node) => citeObject(node, 'spec.unschedulable: true')),
  );
  return {
    id,
    claim,
    holds: others.length + added.size > mostCordonedNodes ? 'no' : 'yes',
    because: because === undefined ? [] : [because],
  };
}

/** Undefined: nothing that the plan touches is protected. */
function protection({ changes, undo }: MitigationPlan, { limits: { protectedNamespaces } }: Policy): Precondition | undefined {
  const touched = new Set([...changes, ...undo].flatMap((change) => changedSubject(change).namespace ?? []));
  const hit = [...touched].filter((namespace) => protectedNamespaces.some((pattern) => matchesPattern(namespace, pattern)));
  if (hit.length === 0) return undefined;
  return {
    id: 'namespace-not-protected',
    claim: `nothing is changed in ${hit.join(', ')}, which the policy protects`,
    holds: 'no',
    because: [],
  };
}

/** Undefined: the plan deletes no pod. */
function deletionLimit({ changes }: MitigationPlan, { limits: { deletion } }: Policy): Precondition | undefined {
  if (!changes.some(({ kind }) => kind === 'delete-pod')) return undefined;
  return {
    id: 'deletion-allowed',
    claim: 'the policy allows deleting pods where an eviction cannot serve',
    holds: deletion === 'never' ? 'no' : 'yes',
    because: [],
  };
}
