import { changedSubject, type ClusterChange, type ClusterChangeKind } from './cluster-change.ts';
import type { ResourceName } from './kubernetes/resources.ts';
import { spokenSubject } from './subject.ts';

export type ObjectPath = { readonly state: 'known'; readonly path: string } | { readonly state: 'refused'; readonly because: string };

/** Where objects of a kind live in the Kubernetes API. */
const collections = {
  Node: { group: '/api/v1', plural: 'nodes' },
  Pod: { group: '/api/v1', plural: 'pods' },
  Deployment: { group: '/apis/apps/v1', plural: 'deployments' },
  StatefulSet: { group: '/apis/apps/v1', plural: 'statefulsets' },
  DaemonSet: { group: '/apis/apps/v1', plural: 'daemonsets' },
  HorizontalPodAutoscaler: { group: '/apis/autoscaling/v2', plural: 'horizontalpodautoscalers' },
} as const satisfies { readonly [kind: string]: { readonly group: string; readonly plural: ResourceName } };

type ChangedKind = keyof typeof collections;

const templated = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** The kinds of object that have what the change writes. */
const kindsWith: { readonly [Kind in ClusterChangeKind]: readonly ChangedKind[] } = {
  cordon: ['Node'],
  uncordon: ['Node'],
  evict: ['Pod'],
  'delete-pod': ['Pod'],
  'relabel-pod': ['Pod'],
  'roll-back': templated,
  'restart-rollout': templated,
  'set-memory-limit': templated,
  // A DaemonSet has as many replicas as nodes.
  scale: ['Deployment', 'StatefulSet'],
  // Nothing else can be paused.
  'pause-rollout': ['Deployment'],
  'resume-rollout': ['Deployment'],
  'set-autoscaler-maximum': ['HorizontalPodAutoscaler'],
};

/**
 * What the API server lets be a name of these kinds, and of namespaces. Anything else might lead the path elsewhere: an
 * empty name to all objects at once, ".." to another collection.
 */
const validName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** The resources that a change of this kind may write to. */
export function resourcesChangedBy(kind: ClusterChangeKind): readonly ResourceName[] {
  return kindsWith[kind].map((each) => collections[each].plural);
}

/** The path of the object that the change writes to. */
export function objectPathOf(change: ClusterChange): ObjectPath {
  const { kind, namespace, name } = changedSubject(change);
  const spoken = spokenSubject(changedSubject(change));
  const changed = kindsWith[change.kind].find((each) => each === kind);
  if (changed === undefined) {
    const able = kindsWith[change.kind].join(', ');
    return { state: 'refused', because: `${change.kind} cannot be done to ${spoken}, only to: ${able}.` };
  }
  const collection = collections[changed];
  if (!validName.test(name)) return { state: 'refused', because: `${spoken} is no name that an object can have.` };
  if (kind === 'Node') return { state: 'known', path: `${collection.group}/${collection.plural}/${name}` };
  if (namespace === undefined || !validName.test(namespace))
    return { state: 'refused', because: `${spoken} has no namespace that there can be.` };
  return { state: 'known', path: `${collection.group}/namespaces/${namespace}/${collection.plural}/${name}` };
}
