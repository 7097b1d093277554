import { citeObject, claimFromAll } from '../domain/citation.ts';
import { changedSubject } from '../domain/cluster-change.ts';
import type { Incident } from '../domain/incident.ts';
import { type Instant, millisecondsPerMinute } from '../domain/instant.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import type { MitigationPlan } from '../domain/mitigation.ts';
import { matchesPattern, type Policy } from '../domain/policy.ts';
import type { Precondition } from '../domain/precondition.ts';

/** What the limits are held against. */
export interface LimitedWorld {
  /** All nodes. Undefined: they could not be read. */
  readonly nodes: readonly Node[] | undefined;
  /** Nodes that approved plans of other incidents are about to cordon, so that the list of nodes may not show it yet. */
  readonly cordoning: readonly string[];
}

/** The plan with the policy's limits among its preconditions, where they concern it: what blocks there blocks everywhere. */
export function withLimits(plan: MitigationPlan, policy: Policy, world: LimitedWorld): MitigationPlan {
  const limits = [cordonLimit(plan, policy, world), protection(plan, policy), deletionLimit(plan, policy)].filter(
    (each) => each !== undefined,
  );
  return limits.length === 0 ? plan : { ...plan, preconditions: [...plan.preconditions, ...limits] };
}

/** Undefined: the plan cordons nothing. */
function cordonLimit(plan: MitigationPlan, { limits: { mostCordonedNodes } }: Policy, world: LimitedWorld): Precondition | undefined {
  const { nodes, cordoning } = world;
  const added = new Set(plan.changes.flatMap((change) => (change.kind === 'cordon' ? [change.node] : [])));
  if (added.size === 0) return undefined;
  const id = 'cordons-within-limit';
  const claim = `at most ${mostCordonedNodes} ${mostCordonedNodes === 1 ? 'node is' : 'nodes are'} cordoned at once, as the policy says`;
  // Without a list of nodes only one thing is sure: the plan alone may already be too much.
  if (nodes === undefined) return { id, claim, holds: added.size > mostCordonedNodes ? 'no' : 'cannot-tell', because: [] };
  const cordoned = nodes.filter(({ spec }) => spec.unschedulable === true);
  const freed = new Set(plan.changes.flatMap((change) => (change.kind === 'uncordon' ? [change.node] : [])));
  const others = cordoned.filter(({ metadata }) => !added.has(metadata.name) && !freed.has(metadata.name));
  const coming = nodes.filter(
    ({ metadata: { name }, spec }) => cordoning.includes(name) && !added.has(name) && spec.unschedulable !== true,
  );
  const because = [
    claimFromAll(
      `${others.length} other ${others.length === 1 ? 'node is' : 'nodes are'} cordoned already.`,
      others.slice(0, 4).map((node) => citeObject(node, 'spec.unschedulable: true')),
    ),
    claimFromAll(
      `An approved plan of another incident is about to cordon ${coming.map(({ metadata }) => metadata.name).join(', ')}.`,
      coming.slice(0, 4).map((node) => citeObject(node, 'not cordoned yet')),
    ),
  ].filter((each) => each !== undefined);
  return { id, claim, holds: others.length + coming.length + added.size > mostCordonedNodes ? 'no' : 'yes', because };
}

/** An approval is for the cluster as it was: a run that takes it up later than this must not act on it. */
export const approvalHoldsMilliseconds = 10 * millisecondsPerMinute;

/** Nodes that the incident was approved to cordon, where a list of nodes from `lookedAt` may not show it. */
export function cordonsUnderWay(
  { attempts }: Pick<Incident, 'attempts'>,
  at: { readonly lookedAt: Instant; readonly now: Instant },
): readonly string[] {
  return attempts.flatMap(({ plan, approval, declined, undoAsked, done }) => {
    const isUnderWay = approval !== undefined && declined === undefined && undoAsked === undefined;
    if (!isUnderWay || at.now - approval.at > approvalHoldsMilliseconds) return [];
    return plan.changes.flatMap((change, index) =>
      change.kind === 'cordon' && (done[index]?.endedAt ?? Infinity) >= at.lookedAt ? [change.node] : [],
    );
  });
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
