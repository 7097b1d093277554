import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ClusterRequests } from '../../ports/cluster-requests.ts';
import type { EvidenceSource } from '../../ports/evidence-source.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import type { PodAccess } from '../../ports/pod-access.ts';
import { apiClient, type Wait } from './api-client.ts';
import { clusterSource } from './cluster-source.ts';
import { connect, isLoopback } from './connection.ts';
import { execPlugin } from './exec-plugin.ts';
import { type Failure, failure } from './failure.ts';
import { type ChosenCluster, chooseCluster } from './kubeconfig.ts';
import { type ClusterLimits, usualLimits } from './limits.ts';

export interface ClusterToOpen {
  /** Absent: as kubectl finds it. */
  readonly kubeconfigPath?: string;
  /** Absent: the current context. */
  readonly context?: string;
  /** Looked into first where the cluster refuses a list as a whole. Absent: the context's own. */
  readonly namespace?: string;
  readonly clock: Clock;
  /** Absent: `usualLimits`. */
  readonly limits?: ClusterLimits;
  /** Hears everything that is read. Absent: nobody records. */
  readonly tap?: EvidenceTap;
  /** Absent: the process's own. */
  readonly environment?: { readonly [name: string]: string | undefined };
  /** Where a pod finds its service account. Absent: where Kubernetes mounts it. */
  readonly podFolder?: string;
  /** How pauses between attempts are spent. Absent: by waiting. */
  readonly wait?: Wait;
}

export interface OpenedCluster {
  readonly state: 'opened';
  readonly source: EvidenceSource;
  /** As the kubeconfig has it, and as `identify` tells it. */
  readonly name: string;
  /** Loads what can run programs in pods and create pods of our own. Only for callers that a flag allows it. */
  readonly openPods: () => Promise<PodAccess>;
  /** Loads what can write to the cluster. Only for an actuator. */
  readonly openRequests: () => Promise<ClusterRequests>;
}

/** Finds out which cluster is meant and how to speak to it. Asks nothing yet: `identify` of the source does. */
export function openCluster(wanted: ClusterToOpen): OpenedCluster | Failure {
  const { clock, tap, limits = usualLimits, environment = process.env, wait = pause } = wanted;
  const { kubeconfigPath, context, podFolder } = wanted;
  const cluster = chooseCluster({
    environment,
    ...(kubeconfigPath === undefined ? {} : { kubeconfigPath }),
    ...(context === undefined ? {} : { context }),
    ...(podFolder === undefined ? {} : { podFolder }),
  });
  if (cluster.state === 'failed') return cluster;
  const proxy = cluster.proxy ?? proxyFor(cluster.server, environment);
  if (proxy !== undefined && !isUsableProxy(proxy)) {
    return failure(
      `using the proxy ${proxy} for ${cluster.server}`,
      'only http, https and socks5 proxies are spoken to',
      'correct proxy-url in the kubeconfig or HTTPS_PROXY',
    );
  }
  const { exec } = cluster.userFields;
  const plugin = isRecord(exec) ? execPlugin({ exec, cluster: cluster.clusterFields, environment, now: clock.now }) : undefined;
  const connection = connect({ cluster, plugin, limits, proxy });
  const api = apiClient(connection, limits, wait);
  return {
    state: 'opened',
    name: cluster.clusterName,
    source: clusterSource({ api, connection, cluster, limits, tap, clock, preferred: preferredNamespace(wanted, cluster) }),
    openPods: async () => (await import('./pod-access.ts')).podAccess({ api, connection, clock, wait }),
    openRequests: async () => (await import('./cluster-requests.ts')).clusterRequests({ api, wait }),
  };
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function preferredNamespace({ namespace }: ClusterToOpen, cluster: ChosenCluster): string {
  // A context without a namespace means this one, for kubectl as well.
  return namespace ?? cluster.namespace ?? 'default';
}

function isUsableProxy(proxy: string): boolean {
  return URL.canParse(proxy) && ['http:', 'https:', 'socks5:', 'socks5h:', 'socks:'].includes(new URL(proxy).protocol);
}

/** As curl and kubectl read the environment; never for this machine itself. Ranges of addresses in NO_PROXY are not understood. */
function proxyFor(server: string, environment: { readonly [name: string]: string | undefined }): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = environment[name.toUpperCase()] ?? environment[name];
  if (proxy === undefined || proxy === '' || isLoopback(server)) return undefined;
  const exceptions = (environment['NO_PROXY'] ?? environment['no_proxy'] ?? '')
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '');
  const isExcepted = exceptions.some((each) => {
    const plain = each.replace(/^\*?\./, '');
    return each === '*' || each === `${hostname}:${port}` || hostname === plain || hostname.endsWith(`.${plain}`);
  });
  return isExcepted ? undefined : proxy.includes('://') ? proxy : `http://${proxy}`;
}
