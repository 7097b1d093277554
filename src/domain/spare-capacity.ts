import { type Claim, citeObject, claimFromAll } from './citation.ts';
import type { Collection } from './collection.ts';
import type { Node } from './kubernetes/node.ts';
import type { Pod } from './kubernetes/pod.ts';
import { type ClusterView, clusterView, type PlacementFacts, withPlaced } from './placement/cluster-view.ts';
import { obstaclesFor } from './placement/obstacles-for.ts';
import type { Precondition } from './precondition.ts';
import { parseQuantity, spokenBytes, spokenCores } from './quantity.ts';

export interface Arriving {
  readonly pods: readonly Pod[];
  /** True: they give up the place that they have. False: the same comes once more. */
  readonly areMoving: boolean;
  /** Nodes that take none of them, because they are about to be cordoned. */
  readonly closed: ReadonlySet<string>;
}

/** What there is to know about places. Without claims and volumes, pods with volumes of their own cannot be told. */
export type RoomFacts = Pick<PlacementFacts, 'nodes'> & { readonly pods: Collection<Pod> } & Partial<PlacementFacts>;

/**
 * Whether the pods find room on other nodes, one after the other, largest first, by everything that the scheduler's
 * default filters look at: requests, taints, cordons, selectors, affinities, spread, host ports, volumes.
 */
export function spareCapacity({ pods, areMoving, closed }: Arriving, facts: RoomFacts): Precondition {
  const id = 'spare-capacity';
  const claim = `${pods.length} replica${pods.length === 1 ? '' : 's'} fit on the other nodes by requests`;
  const unsure = (why: string): Precondition => ({ id, claim: `${claim} (${why})`, holds: 'cannot-tell', because: [] });
  if (pods.length === 0) return unsure('no replica shows what one asks for');
  if (facts.nodes === undefined) return unsure('nodes could not be read');
  const open = facts.nodes.all.filter((node) => !closed.has(node.metadata.name));
  const rooms = open.filter(saysWhatItGives);
  const placed = place(pods, rooms, clusterView(withAll(facts), { pods: new Set(areMoving ? pods : []), closing: closed }));
  const misfits = pods.length - placed.length;
  if (misfits > 0 && rooms.length < open.length) return unsure('not every other node says what it can give');
  const because = claimsAbout(placed, pods.length);
  if (misfits > 0) return { id, claim, holds: 'no', because };
  if (!facts.pods.isComplete(undefined)) return unsure('not all pods could be read, so nodes may be fuller than they look');
  const isUnknownVolume = pods.some(hasOwnVolume) && (facts.persistentvolumeclaims === undefined || facts.persistentvolumes === undefined);
  return isUnknownVolume ? unsure('where their volumes can be had was not read') : { id, claim, holds: 'yes', because };
}

function withAll(facts: RoomFacts): PlacementFacts {
  const { pods, nodes, persistentvolumeclaims, persistentvolumes, namespaces } = facts;
  return { pods, nodes, persistentvolumeclaims, persistentvolumes, namespaces };
}

function saysWhatItGives(node: Node): boolean {
  return parseQuantity(node.status.allocatable['cpu']) !== undefined && parseQuantity(node.status.allocatable['memory']) !== undefined;
}

function hasOwnVolume(pod: Pod): boolean {
  return pod.spec.volumes.some((volume) => volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined);
}

interface Placed {
  readonly node: Node;
  /** The cluster before the pod came. */
  readonly before: ClusterView;
}

function place(pods: readonly Pod[], rooms: readonly Node[], empty: ClusterView): readonly Placed[] {
  let view = empty;
  const placed: Placed[] = [];
  for (const pod of pods.toSorted((one, other) => memoryOf(other) - memoryOf(one))) {
    const obstaclesOn = obstaclesFor(pod, view);
    const node = rooms.find((each) => isReady(each) && obstaclesOn(each).length === 0);
    if (node === undefined) continue;
    placed.push({ node, before: view });
    view = withPlaced(view, pod, node.metadata.name);
  }
  return placed;
}

function memoryOf(pod: Pod): number {
  return pod.spec.containers.reduce((sum, container) => sum + (parseQuantity(container.resources.requests['memory']) ?? 0), 0);
}

/** The taint of a node that stopped reporting comes later than its condition. */
function isReady(node: Node): boolean {
  return node.status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** Four nodes show where they go. */
const shownNodes = 4;

function claimsAbout(placed: readonly Placed[], all: number): readonly Claim[] {
  const shown = [...new Map(placed.map((each) => [each.node, each] as const).toReversed()).values()].slice(0, shownNodes);
  const says =
    placed.length === all
      ? 'The scheduler would find a place for each of them on the other nodes.'
      : `${all - placed.length} of ${all} replicas find no room.`;
  const cited = claimFromAll(
    says,
    shown.map(({ node, before }) => {
      const { requested } = before.useOf(node.metadata.name);
      const free = (resource: string): number => (parseQuantity(node.status.allocatable[resource]) ?? 0) - (requested.get(resource) ?? 0);
      return citeObject(node, `free by requests: ${spokenCores(free('cpu'))} cpu, ${spokenBytes(free('memory'))} memory`);
    }),
  );
  return cited === undefined ? [] : [cited];
}
