import { chanceOfOnePlace } from './chance-of-place.ts';
import { groupBy } from './collection.ts';
import type { Node } from './kubernetes/node.ts';
import { nodeTraits } from './node-traits.ts';
import type { Replica, Replicas } from './replica.ts';
import { healthyTwins } from './replica-place.ts';
import { subjectKey } from './subject.ts';

/** Some Ready nodes on which alone the failing replicas of some workloads are, while their twins elsewhere are healthy. */
export interface FailingPlace {
  /** "node worker-3", "zone eu-1a". */
  readonly place: string;
  /** Other properties that exactly these nodes share: by these replicas they cannot be told from the place. */
  readonly alsoAlike: readonly string[];
  /** Of the place, those with failing replicas. */
  readonly nodes: readonly Node[];
  /** The failing replicas of each workload. */
  readonly groups: readonly (readonly Replica[])[];
  /** 0 to 1: how probable it is that they meet there by chance alone. */
  readonly chance: number;
}

/** Each node by itself. */
export function failingNodes(nodes: readonly Node[], replicas: Replicas): readonly FailingPlace[] {
  return nodes.flatMap((node) => {
    const found = placeOf([node], `node ${node.metadata.name}`, replicas);
    return found.groups.length === 0 ? [] : [{ ...found, chance: found.chance * placesOf(found.groups, replicas, (each) => each) }];
  });
}

/**
 * Nodes that are alike, where the failing replicas stand on several of them. Of places that overlap the least probable by
 * chance is the one.
 */
export function failingTraits(nodes: readonly Node[], replicas: Replicas): readonly FailingPlace[] {
  const nodeNamed = new Map(nodes.map((node) => [node.metadata.name, node]));
  const found = nodeTraits.flatMap(({ trait, valueOf }) => {
    const byValue = groupBy(nodes, (node) => valueOf(node));
    return [...byValue].flatMap(([value, alike]): readonly FailingPlace[] => {
      if (value === undefined || alike.length < 2 || alike.length === nodes.length) return [];
      const place = placeOf(alike, `${trait} ${value}`, replicas);
      const valueAt = (name: string): string | undefined => {
        const node = nodeNamed.get(name);
        return node === undefined ? undefined : valueOf(node);
      };
      return place.nodes.length < 2 ? [] : [{ ...place, chance: place.chance * placesOf(place.groups, replicas, valueAt) }];
    });
  });
  const kept: FailingPlace[] = [];
  for (const place of found.toSorted((left, right) => left.chance - right.chance || sizeOf(right) - sizeOf(left))) {
    const same = kept.findIndex((other) => other.groups.some((group) => group.some((replica) => place.groups.flat().includes(replica))));
    const other = kept[same];
    if (other === undefined) kept.push(place);
    else if (sizeOf(other) === sizeOf(place) && other.chance === place.chance)
      kept[same] = { ...other, alsoAlike: [...other.alsoAlike, place.place] };
  }
  return kept;
}

function sizeOf({ groups }: FailingPlace): number {
  return groups.flat().length;
}

function placeOf(nodes: readonly Node[], place: string, replicas: Replicas): FailingPlace {
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const isThere = ({ pod }: Replica): boolean => names.has(pod.spec.nodeName ?? '');
  const here = nodes
    .flatMap(({ metadata }) => replicas.onNode(metadata.name))
    .filter((replica) => replica.health === 'failing' && replica.workload.kind !== 'Pod' && isOfTheNode(replica));
  const groups = [...groupBy(here, (replica) => subjectKey(replica.workload)).values()].filter((group) => {
    const [first] = group;
    const all = first === undefined ? [] : replicas.ofWorkload(first.workload).filter((replica) => replica.health === 'failing');
    const twins = healthyTwins(all, replicas);
    return all.length === group.length && twins.length > 0 && !twins.some(isThere);
  });
  const strata = groups.map((group) => {
    const members = membersOf(group, replicas);
    return { failing: group.length, members: members.length, membersThere: members.filter(isThere).length };
  });
  const failingOn = new Set(groups.flat().map(({ pod }) => pod.spec.nodeName));
  return {
    place,
    alsoAlike: [],
    nodes: nodes.filter(({ metadata }) => failingOn.has(metadata.name)),
    groups,
    chance: chanceOfOnePlace(strata, 1),
  };
}

/** How many places of the kind there are among the workloads' replicas: any of them might have been the one. */
function placesOf(groups: readonly (readonly Replica[])[], replicas: Replicas, valueAt: (node: string) => string | undefined): number {
  const nodes = groups.flatMap((group) => membersOf(group, replicas)).flatMap(({ pod }) => pod.spec.nodeName ?? []);
  return new Set(nodes.map(valueAt)).size;
}

function membersOf([first]: readonly Replica[], replicas: Replicas): readonly Replica[] {
  const all = first === undefined ? [] : replicas.ofWorkload(first.workload);
  return all.filter(({ health }) => health === 'failing' || health === 'healthy');
}

/** Trouble that a node can make. An image that does not exist, a missing key or a kill at the pod's own limit is not the node's. */
function isOfTheNode(replica: Replica): boolean {
  return replica.troubles.every((trouble) => !/image|config|oomkilled/i.test(trouble.reason));
}
