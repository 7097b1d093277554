import type { Collection } from './collection.ts';
import type { Service } from './kubernetes/network.ts';
import type { Pod } from './kubernetes/pod.ts';

/**
 * Whom a pod asks for names instead of the DNS of the cluster, as its template says: names of Services are unknown there.
 * Undefined: it asks the DNS of the cluster, or servers of which nobody can say what they are.
 */
export function asksPastClusterDns({ spec }: Pod, services: Collection<Service> | undefined): string | undefined {
  const policy = spec.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'Default') return 'dnsPolicy Default, which means the servers of its node';
  if (policy === 'ClusterFirst' && spec.hostNetwork === true)
    return 'hostNetwork with dnsPolicy ClusterFirst, which then means the servers of its node';
  const servers = spec.dnsConfig?.nameservers ?? [];
  if (policy !== 'None' || servers.length === 0 || services === undefined) return undefined;
  const isOfCluster = (server: string): boolean => services.all.some((service) => service.spec.clusterIP === server);
  // Caches of the cluster's DNS on each node listen on addresses of the link.
  return servers.some((server) => isOfCluster(server) || server.startsWith('169.254.'))
    ? undefined
    : `dnsPolicy None with the servers ${servers.join(', ')}`;
}
