import { isAddress, plainHost } from '../domain/cluster-host.ts';
import { dnsService } from '../domain/cluster-dns.ts';
import { groupBy } from '../domain/collection.ts';
import type { Destination } from '../domain/destination.ts';
import type { EvidenceKind } from '../domain/evidence.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import { readyOf } from '../domain/node-conditions.ts';
import type { Backend } from '../domain/service-backends.ts';
import type { Assessment } from './assess.ts';
import type { ConnectionToTry } from './connections-to-try.ts';

/** What the gate rests on, beside the probes and node commands that `connectionsToProve` and `nodesToProve` name. */
export const gateKinds: readonly EvidenceKind[] = [
  'pods',
  'nodes',
  'events',
  'services',
  'endpointslices',
  'daemonsets',
  'replicasets',
  'deployments',
  'horizontalpodautoscalers',
];

const connectionClues: ReadonlySet<string> = new Set(['connection-refused', 'connection-timed-out', 'connection-reset', 'no-route']);
const failedProbes: ReadonlySet<string> = new Set(['timed-out', 'refused', 'unreachable', 'rejected']);
/** The first few tell what the rest would. */
const mostDestinations = 3;

/**
 * What failing replicas could not reach, to be kept with the plan: once they are gone, nothing in the cluster tells it.
 * Empty: nobody complained of a connection.
 */
export function destinationsThatFailed({ facts }: Assessment): readonly Destination[] {
  const said = (facts.get('log-clues') ?? [])
    .filter(({ kind, replica }) => replica.health === 'failing' && connectionClues.has(kind))
    .flatMap(({ host, port, replica }) => destination(host, port, replica.pod.metadata.namespace));
  const tried = (facts.get('connectivity-probes') ?? [])
    .filter(({ outcome, protocol }) => failedProbes.has(outcome) && protocol !== 'udp' && protocol !== 'icmp')
    .flatMap(({ host, port, from }) => destination(host, port, from.kind === 'pod' ? from.namespace : undefined));
  const unresolved = (facts.get('log-clues') ?? []).some(
    ({ kind, replica }) => replica.health === 'failing' && kind === 'name-not-resolved',
  );
  const dns = unresolved ? dnsService(facts.get('service-backends'))?.service : undefined;
  const resolver = dns?.spec.ports.some(({ port, protocol }) => port === 53 && protocol !== 'UDP')
    ? destination(dns.spec.clusterIP, 53, undefined)
    : [];
  const all = groupBy([...said, ...resolver, ...tried], ({ host, port }) => `${plainHost(host)} ${port}`);
  return [...all.values()].flatMap((same) => same.slice(0, 1)).slice(0, mostDestinations);
}

function destination(host: string | undefined, port: number | undefined, namespace: string | undefined): readonly Destination[] {
  return host === undefined || port === undefined ? [] : [{ host, port, ...(namespace === undefined ? {} : { namespace }) }];
}

/** What is tried where nobody complained of a connection: the one Service that every cluster has. Empty: Services could not be read. */
export function destinationsToProve(kept: readonly Destination[], { facts }: Assessment): readonly Destination[] {
  if (kept.length > 0) return kept;
  const api = facts.get('services')?.named('default', 'kubernetes');
  const port = api?.spec.ports.find(({ protocol }) => protocol !== 'UDP')?.port;
  return destination(api?.spec.clusterIP, port, undefined);
}

/** The address that only the node's service rules make work; an endpoint of a Service without one; else the host as it was written. */
export function addressOf({ host, port, namespace }: Destination, { facts }: Assessment): string {
  if (isAddress(plainHost(host))) return host;
  const backend = facts.get('service-backends')?.ofHost(host, namespace);
  const { clusterIP } = backend?.service.spec ?? {};
  if (clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None') return clusterIP;
  return (backend === undefined ? undefined : endpointOf(backend, port)) ?? host;
}

function endpointOf({ slices }: Backend, port: number): string | undefined {
  return slices
    .flatMap((slice) => ('endpoints' in slice && slice.ports.some((each) => each.port === port) ? slice.endpoints : []))
    .find(({ conditions }) => conditions.ready !== false)?.addresses[0];
}

/** The nodes to be proven, and a good one to compare with. */
export function nodesToProve(nodes: readonly string[], { facts }: Assessment): readonly string[] {
  const replicas = facts.get('replicas');
  const good = (facts.get('nodes')?.all ?? []).find(
    (node) =>
      !nodes.includes(node.metadata.name) &&
      isInService(node) &&
      replicas?.onNode(node.metadata.name).some(({ health, pod }) => health === 'healthy' && pod.spec.hostNetwork !== true) === true,
  );
  return [...nodes, ...(good === undefined ? [] : [good.metadata.name])];
}

function isInService(node: Node): boolean {
  return readyOf(node)?.status === 'True' && node.spec.unschedulable !== true;
}

/** From the network that pods have on the nodes to be proven, and on a good one: a node's own network takes another way. */
export function connectionsToProve(
  nodes: readonly string[],
  kept: readonly Destination[],
  assessment: Assessment,
): readonly ConnectionToTry[] {
  const destinations = destinationsToProve(kept, assessment);
  return nodesToProve(nodes, assessment).flatMap((node) => {
    const through = containerOn(node, destinations, assessment);
    const from = { kind: 'pod-network' as const, node, ...(through === undefined ? {} : { through }) };
    return destinations.map((each) => ({ from, host: addressOf(each, assessment), port: each.port }));
  });
}

export interface ContainerThere {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

/**
 * A container that runs on the node, in a pod that has the network of pods there. One of a namespace that complained comes
 * first: what policies let out of it is what has to work. Undefined: none is known.
 */
export function containerOn(
  node: string,
  destinations: readonly Destination[],
  { facts }: Pick<Assessment, 'facts'>,
): ContainerThere | undefined {
  const wanted = new Set(destinations.map(({ namespace }) => namespace));
  const found = (facts.get('replicas')?.onNode(node) ?? []).flatMap(({ pod, health }) => {
    const { namespace = 'default', name, deletionTimestamp } = pod.metadata;
    const running = pod.status.containerStatuses.find(({ state }) => state.running !== undefined);
    const isUsable = pod.spec.hostNetwork !== true && deletionTimestamp === undefined && running !== undefined;
    return isUsable ? [{ namespace, name, container: running.name, isWell: health === 'healthy' }] : [];
  });
  const orderOf = (each: (typeof found)[number]): number => (wanted.has(each.namespace) ? 0 : 2) + (each.isWell ? 0 : 1);
  const [best] = found.toSorted((one, other) => orderOf(one) - orderOf(other) || one.name.localeCompare(other.name));
  return best === undefined ? undefined : { namespace: best.namespace, name: best.name, container: best.container };
}
