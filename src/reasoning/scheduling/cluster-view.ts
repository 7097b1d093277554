import { type Collection, groupBy, once } from '../../domain/collection.ts';
import type { FactOf } from '../../domain/facts.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { FactSource } from '../fact-source.ts';
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
  readonly claims: FactOf<'persistentvolumeclaims'> | undefined;
  readonly volumes: FactOf<'persistentvolumes'> | undefined;
  readonly namespaces: FactOf<'namespaces'> | undefined;
}

const nothing: NodeUse = { requested: new Map(), pods: [], hostPorts: new Set() };

export function clusterView(facts: FactSource): ClusterView {
  const nodes: Collection<Node> | undefined = facts.get('nodes');
  const placed = once(() =>
    (facts.get('pods')?.all ?? []).filter((pod) => hasNode(pod) && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed'),
  );
  const byNode = once(() => groupBy(placed(), (pod) => pod.spec.nodeName));
  const byNamespace = once(() => groupBy(placed(), (pod) => pod.metadata.namespace ?? ''));
  const exclusive = once(() =>
    placed().filter((pod) => (pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution.length ?? 0) > 0),
  );
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
    claims: facts.get('persistentvolumeclaims'),
    volumes: facts.get('persistentvolumes'),
    namespaces: facts.get('namespaces'),
  };
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
