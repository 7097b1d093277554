import { tolerates } from './tolerates.ts';
import type { Node } from '../kubernetes/node.ts';
import type { PodSpec } from '../kubernetes/pod-template.ts';
import type { Pod } from '../kubernetes/pod.ts';
import { type LabelRequirement, matchesLabels, matchesRequirement } from '../label-selector.ts';
import { parseQuantity } from '../quantity.ts';
import type { Obstacle } from '../scheduling.ts';
import { type ClusterView, hostPortsOf } from './cluster-view.ts';
import type { Amounts } from './pod-requests.ts';

const unschedulableKey = 'node.kubernetes.io/unschedulable';
/** The node controllers set these where a node does not report, has no network yet or is not set up. */
const notReadyKeys: ReadonlySet<string> = new Set([
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/network-unavailable',
  'node.cloudprovider.kubernetes.io/uninitialized',
  'node.kubernetes.io/out-of-service',
]);

/** Whether the node is open to the pod at all: cordon, readiness, taints. */
export function admissionObstacles(pod: Pod, node: Node): readonly Obstacle[] {
  const { tolerations } = pod.spec;
  const obstacles: Obstacle[] = [];
  if (node.spec.unschedulable === true && !tolerates(tolerations, { key: unschedulableKey, value: '', effect: 'NoSchedule' }))
    obstacles.push({ kind: 'cordoned' });
  const untolerated = node.spec.taints.filter(
    (taint) => taint.key !== unschedulableKey && taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint),
  );
  if (untolerated.some((taint) => notReadyKeys.has(taint.key ?? ''))) obstacles.push({ kind: 'not-ready' });
  for (const taint of untolerated) {
    if (!notReadyKeys.has(taint.key ?? ''))
      obstacles.push({ kind: 'taint', key: taint.key ?? '', value: taint.value ?? '', effect: taint.effect ?? '' });
  }
  return obstacles;
}

/** Where the pod wants to be: node selector and required node affinity. */
export function placementObstacles(spec: PodSpec, node: Node): readonly Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (!matchesLabels(spec.nodeSelector, node.metadata.labels))
    obstacles.push({
      kind: 'node-selector',
      wanted: Object.entries(spec.nodeSelector)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    });
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required !== undefined && !required.nodeSelectorTerms.some((term) => matchesTerm(term, node)))
    obstacles.push({ kind: 'node-affinity', wanted: required.nodeSelectorTerms.map(spokenTerm).join(' or ') });
  return obstacles;
}

export interface NodeTerm {
  readonly matchExpressions: readonly LabelRequirement[];
  readonly matchFields?: readonly LabelRequirement[];
}

/** A term without any requirement matches no node. */
export function matchesTerm(term: NodeTerm, node: Node): boolean {
  const fields = term.matchFields ?? [];
  if (term.matchExpressions.length === 0 && fields.length === 0) return false;
  return (
    term.matchExpressions.every((each) => matchesRequirement(each, node.metadata.labels)) &&
    fields.every((each) => matchesRequirement(each, { 'metadata.name': node.metadata.name }))
  );
}

export function spokenTerm(term: NodeTerm): string {
  return [...term.matchExpressions, ...(term.matchFields ?? [])]
    .map((each) => `${each.key} ${each.operator}${each.values.length === 0 ? '' : ` (${each.values.join(', ')})`}`)
    .join(' and ');
}

/** Sums of binary fractions are off by less than this. */
const roundingShare = 1e-9;

/** What the pod asks for against what the node has left. */
export function resourceObstacles(node: Node, wanted: Amounts, view: ClusterView): readonly Obstacle[] {
  const { allocatable } = node.status;
  if (Object.keys(allocatable).length === 0) return [];
  const use = view.useOf(node.metadata.name);
  const obstacles: Obstacle[] = [];
  for (const [resource, requested] of wanted) {
    const given = parseQuantity(allocatable[resource]);
    // Nodes that do not account for ephemeral storage are not filtered by it.
    if (given === undefined && resource === 'ephemeral-storage') continue;
    const free = (given ?? 0) - (use.requested.get(resource) ?? 0);
    if (requested > free * (1 + roundingShare))
      obstacles.push({ kind: 'resources', resource, requested, free: Math.max(0, free), allocatable: given ?? 0 });
  }
  const limit = parseQuantity(allocatable['pods']);
  if (limit !== undefined && use.pods.length >= limit) obstacles.push({ kind: 'pod-slots', limit });
  return obstacles;
}

export function hostPortObstacles(pod: Pod, node: Node, view: ClusterView): readonly Obstacle[] {
  const wanted = hostPortsOf(pod);
  if (wanted.length === 0) return [];
  const taken = view.useOf(node.metadata.name).hostPorts;
  return wanted.filter((port) => taken.has(port)).map((port) => ({ kind: 'host-port', port: Number(port.replace(/^.*\//, '')) }));
}

const zoneLabels = [
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/region',
];

/** Bound volumes that can only be had on other nodes. */
export function volumeObstacles(pod: Pod, node: Node, view: ClusterView): readonly Obstacle[] {
  return pod.spec.volumes.flatMap((volume): readonly Obstacle[] => {
    const name =
      volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`);
    const bound = view.volumes?.named(undefined, view.claims?.named(pod.metadata.namespace, name)?.spec.volumeName);
    if (bound === undefined) return [];
    const terms = bound.spec.nodeAffinity?.required?.nodeSelectorTerms;
    if (terms !== undefined && !terms.some((term) => matchesTerm(term, node)))
      return [{ kind: 'volume-node-affinity', volume: bound.metadata.name, wanted: terms.map(spokenTerm).join(' or ') }];
    // Volumes from before node affinity carry their zones as labels, several joined by two underscores.
    const zone = zoneLabels.find((label) => {
      const zones = bound.metadata.labels[label]?.split('__');
      return zones !== undefined && !zones.includes(node.metadata.labels[label] ?? '');
    });
    return zone === undefined
      ? []
      : [{ kind: 'volume-node-affinity', volume: bound.metadata.name, wanted: `${zone}=${bound.metadata.labels[zone]}` }];
  });
}
