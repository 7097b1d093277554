import type { Node } from './kubernetes/node.ts';

const roleKeys: ReadonlySet<string> = new Set(['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']);

/** The label that installers put on the nodes of the control plane, or the taint that keeps workloads away from them. */
export function isControlPlaneNode(node: Node): boolean {
  return Object.keys(node.metadata.labels).some((key) => roleKeys.has(key)) || node.spec.taints.some(({ key }) => roleKeys.has(key ?? ''));
}
