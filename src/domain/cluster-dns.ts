import type { Backend, ServiceBackends } from './service-backends.ts';
import type { LogClue } from './log-clue.ts';
import type { Replica, Replicas } from './replica.ts';
import { type Subject, subject } from './subject.ts';

/** Labels that CoreDNS carries in kubeadm, managed clusters, OpenShift and the project's own chart. */
const markedAsDns = (labels: { readonly [key: string]: string }): boolean =>
  ['kube-dns', 'coredns'].includes(labels['k8s-app'] ?? '') ||
  labels['app.kubernetes.io/name'] === 'coredns' ||
  labels['dns.operator.openshift.io/daemonset-dns'] !== undefined;

/** The Service that pods ask for names: called kube-dns for compatibility nearly everywhere. Undefined: not found. */
export function dnsService(backends: ServiceBackends | undefined): Backend | undefined {
  const system = backends?.all.filter((backend) => backend.service.spec.ports.some((port) => port.port === 53)) ?? [];
  return (
    system.find(
      ({ service }) =>
        markedAsDns(service.metadata.labels) ||
        service.metadata.name === 'kube-dns' ||
        (service.metadata.namespace === 'kube-system' && service.metadata.name === 'coredns'),
    ) ?? system.find(({ service }) => service.metadata.namespace === 'openshift-dns')
  );
}

export function isDnsServer({ pod }: Replica): boolean {
  const { labels, namespace } = pod.metadata;
  // Who installs it in another way labels it in another way; what runs is the same.
  const isCoreDns = namespace === 'kube-system' && pod.spec.containers.some(({ image }) => /\/coredns(?:[:@]|$)/.test(image ?? ''));
  return (markedAsDns(labels) || isCoreDns) && labels['k8s-app'] !== 'node-local-dns';
}

/** A cache of names on each node, on an address that only that node has. Label of the project's own manifests. */
export function isResolverOfNode(replica: Replica): boolean {
  const { labels, name } = replica.pod.metadata;
  return labels['k8s-app'] === 'node-local-dns' || (replica.pod.spec.hostNetwork === true && /^node-?local-?dns/.test(name));
}

/** A recording of a few namespaces holds nothing of the cluster's DNS; its Service has the same name in nearly every cluster. */
export const dnsOutOfSight: Subject = subject('Service', 'kube-system', 'kube-dns');

/** The look-up went to an address that is not one of the node's own cache. */
export function asksServerOfCluster(clue: LogClue): boolean {
  return /(?: on |->|@)\[?[\da-f.:]{7,45}\]?:53\b/i.test(clue.line) && !asksResolverOfNode(clue);
}

/** The look-up went to a link-local address: neither Services nor the pod network are on the way. */
export function asksResolverOfNode({ line }: LogClue): boolean {
  return /(?: on |->|@)\[?(?:169\.254\.\d{1,3}\.\d{1,3}|fe80:[0-9a-f:%\w]{1,40})\]?:53\b/i.test(line);
}

export function dnsServers(replicas: Replicas): readonly Replica[] {
  return replicas.all.filter((replica) => isDnsServer(replica) && replica.health !== 'finished');
}

/** The server did not answer, or could not: asking again may help. Otherwise it answered that there is no such name. */
export function isTemporary(clue: LogClue): boolean {
  return /EAI_AGAIN|temporary failure|server misbehaving|SERVFAIL|i\/o timeout|timed out|try again|no servers could be reached|read udp|connection refused|network is unreachable/i.test(
    clue.line,
  );
}
