import type { Collection } from './collection.ts';
import type { Node } from './kubernetes/node.ts';
import { type NodeTrait, nodeTraits } from './node-traits.ts';
import type { Replica, Replicas } from './replica.ts';

/** A place that all of some failing replicas share and that healthy ones with the same template do not. */
export interface SharedPlace {
  /** "node worker-3", "zone eu-1a", "node pool compute". */
  readonly place: string;
  readonly nodes: readonly string[];
  /** Healthy replicas of the same workloads and revisions outside the place. Never empty. */
  readonly healthy: readonly Replica[];
}

/** Undefined: they share no place, or nobody healthy shows that the place matters. */
export function sharedPlace(failing: readonly Replica[], replicas: Replicas, nodes: Collection<Node> | undefined): SharedPlace | undefined {
  const twins = healthyTwins(failing, replicas);
  const byNode = placeBy((replica) => replica.pod.spec.nodeName, failing, twins);
  if (byNode !== undefined) return { place: `node ${byNode.value}`, nodes: [byNode.value], healthy: byNode.healthy };
  for (const { trait, valueOf } of nodeTraits) {
    const byTrait = placeBy((replica) => valueAt(replica, nodes, valueOf), failing, twins);
    if (byTrait === undefined) continue;
    const on = [...new Set(failing.flatMap((replica) => replica.pod.spec.nodeName ?? []))];
    return { place: `${trait} ${byTrait.value}`, nodes: on, healthy: byTrait.healthy };
  }
  return undefined;
}

function valueAt({ pod }: Replica, nodes: Collection<Node> | undefined, valueOf: NodeTrait['valueOf']): string | undefined {
  const node = nodes?.named(undefined, pod.spec.nodeName);
  return node === undefined ? undefined : valueOf(node);
}

/** Healthy replicas that differ from the failing ones in nothing that their owner wrote. */
export function healthyTwins(failing: readonly Replica[], replicas: Replicas): readonly Replica[] {
  const twins = failing.flatMap((each) =>
    replicas.ofWorkload(each.workload).filter((other) => other.health === 'healthy' && other.revision === each.revision),
  );
  return [...new Set(twins)];
}

function placeBy(
  valueOf: (replica: Replica) => string | undefined,
  failing: readonly Replica[],
  twins: readonly Replica[],
): { readonly value: string; readonly healthy: readonly Replica[] } | undefined {
  const values = new Set(failing.map(valueOf));
  const [value] = values;
  if (values.size !== 1 || value === undefined || twins.length === 0) return undefined;
  return twins.every((twin) => valueOf(twin) !== undefined && valueOf(twin) !== value) ? { value, healthy: twins } : undefined;
}
