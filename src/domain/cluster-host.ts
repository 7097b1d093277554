/** The name under which every cluster gives its API server to pods. Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/. */
export const apiServerHost = 'kubernetes.default.svc';

/** An in-cluster DNS name, taken apart. Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/. */
export interface ClusterName {
  readonly service: string;
  readonly namespace: string;
  /** True: written with ".svc", so it can only mean a Service of this cluster. False: an outside host could bear the same name. */
  readonly isSurelyInCluster: boolean;
}

/** "db" from namespace shop, "db.shop", "db-0.db.shop", "db.shop.svc.cluster.local" …: every Service that the name could mean, likeliest first. */
export function clusterNames(host: string, fromNamespace: string | undefined): readonly ClusterName[] {
  const labels = host
    .toLowerCase()
    .replace(/\.$/, '')
    .split('.')
    .filter((label) => !label.startsWith('_'));
  if (labels.some((label) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) || isAddress(host)) return [];
  const mark = labels.indexOf('svc');
  if (mark >= 2) return nameOf(labels[mark - 2], labels[mark - 1], true);
  const own = fromNamespace === undefined ? [] : [fromNamespace];
  if (labels.length === 1) return own.flatMap((namespace) => nameOf(labels[0], namespace, false));
  if (labels.length === 2)
    return [...nameOf(labels[0], labels[1], false), ...own.flatMap((namespace) => nameOf(labels[1], namespace, false))];
  return labels.length === 3 ? nameOf(labels[1], labels[2], false) : [];
}

function nameOf(service: string | undefined, namespace: string | undefined, isSurelyInCluster: boolean): readonly ClusterName[] {
  return service === undefined || namespace === undefined ? [] : [{ service, namespace, isSurelyInCluster }];
}

export function isAddress(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

/** A host as it is compared: lower case, without brackets, final dot or zone of an IPv6 address. */
export function plainHost(host: string): string {
  return host.toLowerCase().replace(/^\[/, '').replace(/\]$/, '').replace(/%.*$/, '').replace(/\.$/, '');
}
