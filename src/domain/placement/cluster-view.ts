import { type Collection, groupBy, once } from '../collection.ts';
import type { Namespace, Node } from '../kubernetes/node.ts';
import type { Pod } from '../kubernetes/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../kubernetes/storage.ts';
import { type Amounts, podRequests } from './pod-requests.ts';

/** What stands on one node. */
export interface NodeUse {
  readonly requested: Amounts;
  readonly pods: readonly Pod[];
  /** "TCP/8080" of every host port that is taken. */
  readonly hostPorts: ReadonlySet<string>;
}

/** The cluster as the scheduler sees it. Each part is worked out when it is first asked for. */
export interface ClusterView {
  readonly nodes: readonly Node[];
  readonly nodeNamed: (name: string | undefined) => Node | undefined;
  readonly useOf: (node: string) => NodeUse;
  /** Pods that have a node and have not ended. */
  readonly placedPods: readonly Pod[];
  readonly placedIn: (namespace: string | undefined) => readonly Pod[];
  /** Placed pods with required anti-affinity of their own. */
  readonly exclusivePods: readonly Pod[];
  readonly claims: Collection<PersistentVolumeClaim> | undefined;
  readonly volumes: Collection<PersistentVolume> | undefined;
  readonly namespaces: Collection<Namespace> | undefined;
  /** Names of nodes that are about to be cordoned. */
  readonly closing: ReadonlySet<string>;
}

/** What the scheduler goes by. Undefined: could not be read. */
export interface PlacementFacts {
  readonly pods: Collection<Pod> | undefined;
  readonly nodes: Collection<Node> | undefined;
  readonly persistentvolumeclaims: Collection<PersistentVolumeClaim> | undefined;
  readonly persistentvolumes: Collection<PersistentVolume> | undefined;
  readonly namespaces: Collection<Namespace> | undefined;
}

const nothing: NodeUse = { requested: new Map(), pods: [], hostPorts: new Set() };

/** What is about to change: pods that leave, and nodes that are cordoned. */
export interface Leaving {
  readonly pods?: ReadonlySet<Pod>;
  readonly closing?: ReadonlySet<string>;
}

export function clusterView(facts: PlacementFacts, { pods: leaving = new Set(), closing = new Set() }: Leaving = {}): ClusterView {
  const { pods, nodes } = facts;
  const placed = once(() =>
    (pods?.all ?? []).filter(
      (pod) => hasNode(pod) && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' && !leaving.has(pod),
    ),
  );
  const byNode = once(() => groupBy(placed(), (pod) => pod.spec.nodeName));
  const byNamespace = once(() => groupBy(placed(), (pod) => pod.metadata.namespace ?? ''));
  const exclusive = once(() => placed().filter(isExclusive));
  const uses = new Map<string, NodeUse>();
  return {
    nodes: nodes?.all ?? [],
    nodeNamed: (name) => nodes?.named(undefined, name),
    useOf: (node) => {
      const known = uses.get(node) ?? useBy(byNode().get(node));
      uses.set(node, known);
      return known;
    },
    get placedPods() {
      return placed();
    },
    placedIn: (namespace) => byNamespace().get(namespace ?? '') ?? [],
    get exclusivePods() {
      return exclusive();
    },
    claims: facts.persistentvolumeclaims,
    volumes: facts.persistentvolumes,
    namespaces: facts.namespaces,
    closing,
  };
}

/** The same cluster with one pod more. What nobody asks for is not copied. */
export function withPlaced(view: ClusterView, pod: Pod, node: string): ClusterView {
  const added: Pod = { ...pod, spec: { ...pod.spec, nodeName: node } };
  const use = once(() => {
    const before = view.useOf(node);
    return useBy([...before.pods, added]);
  });
  return {
    nodes: view.nodes,
    nodeNamed: view.nodeNamed,
    claims: view.claims,
    volumes: view.volumes,
    namespaces: view.namespaces,
    closing: view.closing,
    useOf: (name) => (name === node ? use() : view.useOf(name)),
    get placedPods() {
      return [...view.placedPods, added];
    },
    placedIn: (namespace) => {
      const there = view.placedIn(namespace);
      return (namespace ?? '') === (added.metadata.namespace ?? '') ? [...there, added] : there;
    },
    get exclusivePods() {
      return isExclusive(added) ? [...view.exclusivePods, added] : view.exclusivePods;
    },
  };
}

function isExclusive(pod: Pod): boolean {
  return (pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution.length ?? 0) > 0;
}

function hasNode(pod: Pod): boolean {
  return pod.spec.nodeName !== undefined && pod.spec.nodeName !== '';
}

function useBy(pods: readonly Pod[] | undefined): NodeUse {
  if (pods === undefined) return nothing;
  const requested = new Map<string, number>();
  for (const pod of pods) for (const [name, amount] of podRequests(pod.spec)) requested.set(name, (requested.get(name) ?? 0) + amount);
  return { requested, pods, hostPorts: new Set(pods.flatMap(hostPortsOf)) };
}

export function hostPortsOf(pod: Pod): readonly string[] {
  const containers = [...pod.spec.containers, ...pod.spec.initContainers.filter((each) => each.restartPolicy === 'Always')];
  return containers.flatMap((container) =>
    container.ports.flatMap((port) => {
      // A pod on the host's network takes every port that it declares.
      const taken = port.hostPort ?? (pod.spec.hostNetwork === true ? port.containerPort : undefined);
      return taken === undefined || taken === 0 ? [] : [`${port.protocol ?? 'TCP'}/${taken}`];
    }),
  );
}
