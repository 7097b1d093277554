import { parseQuantity } from './quantity.ts';
import { matchesLabels } from './label-selector.ts';
import type { Node } from './kubernetes/node.ts';
import type { Container, PodSpec, Toleration } from './kubernetes/pod-template.ts';
import type { Pod } from './kubernetes/pod.ts';

/** What a pod asks of a node, as the scheduler counts it: the larger of its containers together and its largest init container. */
export interface Requests {
  readonly cores: number;
  readonly memoryBytes: number;
}

export function requestsOf(spec: PodSpec): Requests {
  const sidecars = spec.initContainers.filter((container) => container.restartPolicy === 'Always');
  const running = [...spec.containers, ...sidecars];
  const inits = spec.initContainers.filter((container) => container.restartPolicy !== 'Always');
  return {
    cores:
      Math.max(sum(running, 'cpu'), ...inits.map((container) => requestOf(container, 'cpu'))) + (parseQuantity(spec.overhead['cpu']) ?? 0),
    memoryBytes:
      Math.max(sum(running, 'memory'), ...inits.map((container) => requestOf(container, 'memory'))) +
      (parseQuantity(spec.overhead['memory']) ?? 0),
  };
}

function sum(containers: readonly Container[], resource: string): number {
  return containers.reduce((total, container) => total + requestOf(container, resource), 0);
}

/** A limit without a request counts as the request: the API server sets it so. */
function requestOf(container: Container, resource: string): number {
  return parseQuantity(container.resources.requests[resource] ?? container.resources.limits[resource]) ?? 0;
}

/** What is left on a node by requests. Undefined: the node does not say what it can give. */
export function freeOn(node: Node, podsOnNode: readonly Pod[]): (Requests & { readonly podSlots: number }) | undefined {
  const cores = parseQuantity(node.status.allocatable['cpu']);
  const memoryBytes = parseQuantity(node.status.allocatable['memory']);
  if (cores === undefined || memoryBytes === undefined) return undefined;
  const running = podsOnNode.filter((pod) => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');
  const used = running.map((pod) => requestsOf(pod.spec));
  return {
    cores: cores - used.reduce((total, each) => total + each.cores, 0),
    memoryBytes: memoryBytes - used.reduce((total, each) => total + each.memoryBytes, 0),
    podSlots: (parseQuantity(node.status.allocatable['pods']) ?? Infinity) - running.length,
  };
}

export function tolerates(
  tolerations: readonly Toleration[],
  taint: { readonly key: string | undefined; readonly value: string | undefined; readonly effect: string | undefined },
): boolean {
  return tolerations.some((each) => {
    const isEffect = each.effect === undefined || each.effect === '' || each.effect === taint.effect;
    const isKey = each.key === undefined || each.key === '' ? each.operator === 'Exists' : each.key === taint.key;
    return isEffect && isKey && (each.operator === 'Exists' || (each.value ?? '') === (taint.value ?? ''));
  });
}

/** True where the node is up and neither a cordon, a taint nor the pod's plain node selector keeps the pod away. */
export function accepts(node: Node, spec: PodSpec): boolean {
  const isReady = node.status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
  const isRepelled = node.spec.taints.some((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(spec.tolerations, taint));
  return isReady && node.spec.unschedulable !== true && !isRepelled && matchesLabels(spec.nodeSelector, node.metadata.labels);
}
