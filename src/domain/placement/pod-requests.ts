import type { Container, PodSpec } from '../kubernetes/pod-template.ts';
import { parseQuantity } from '../quantity.ts';

/** Amounts by resource name: cores for "cpu", bytes for "memory" and "ephemeral-storage", pieces for devices. */
export type Amounts = ReadonlyMap<string, number>;

/**
 * What the pod asks of a node in all, as the scheduler counts it: its containers and sidecars together, or the init container that
 * needs most beside the sidecars started before it, whichever is larger; plus the overhead of its runtime class.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers.
 */
export function podRequests(spec: PodSpec): Amounts {
  const names = new Set(
    [...spec.containers, ...spec.initContainers].flatMap((container) => [
      ...Object.keys(container.resources.requests),
      ...Object.keys(container.resources.limits),
    ]),
  );
  const amounts = new Map<string, number>();
  for (const name of [...names, ...Object.keys(spec.overhead)]) {
    const amount = requestedOf(spec, name) + (parseQuantity(spec.overhead[name]) ?? 0);
    if (amount > 0) amounts.set(name, amount);
  }
  return amounts;
}

function requestedOf(spec: PodSpec, resource: string): number {
  let sidecars = 0;
  let largestStart = 0;
  for (const container of spec.initContainers) {
    const amount = requestOf(container, resource);
    if (container.restartPolicy === 'Always') sidecars += amount;
    else largestStart = Math.max(largestStart, sidecars + amount);
    largestStart = Math.max(largestStart, sidecars);
  }
  const together = spec.containers.reduce((sum, container) => sum + requestOf(container, resource), sidecars);
  return Math.max(together, largestStart);
}

/** The API server sets a missing request to the limit. */
function requestOf(container: Container, resource: string): number {
  return parseQuantity(container.resources.requests[resource] ?? container.resources.limits[resource]) ?? 0;
}
