import { crashedContainers } from './container-evidence.ts';
import type { Replica, Replicas } from './replica.ts';

/** Containers with which network plugins keep up the pod network of a node, by the names in their own manifests. */
const agents =
  /^(?:calico-node|cilium-agent|aws-node|kube-flannel|weave|antrea-agent|ovnkube-(?:node|controller)|kindnet-cni|kube-router|azure-cns|netd|anetd)$/;

/** The plugin's agent on the node, where it fails. Undefined: it does not, or nobody knows which it is. */
export function failingNetworkAgent(node: string, replicas: Replicas): Replica | undefined {
  return replicas.onNode(node).find((replica) => {
    if (replica.health !== 'failing' || replica.pod.spec.hostNetwork !== true) return false;
    const isUnready = (name: string): boolean =>
      replica.pod.status.containerStatuses.some((each) => each.name === name && each.ready === false);
    const isDown = (name: string): boolean => isUnready(name) || crashedContainers(replica).some(({ container }) => container === name);
    return replica.pod.spec.containers.some(({ name }) => agents.test(name) && isDown(name));
  });
}
