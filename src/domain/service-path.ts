import { asksResolverOfNode } from './cluster-dns.ts';
import { deadResolvers } from './dead-resolver.ts';
import { isAddress, plainHost } from './cluster-host.ts';
import type { Collection } from './collection.ts';
import type { ConnectivityProbe } from './evidence.ts';
import type { Node } from './kubernetes/node.ts';
import type { LogClue } from './log-clue.ts';
import type { Replica, Replicas } from './replica.ts';
import { sharedPlace } from './replica-place.ts';
import type { ServiceBackends } from './service-backends.ts';

/** What is known of the way from one node to Services, and around them straight to their endpoints. */
export interface ServicePath {
  readonly node: string;
  /** Attempts from this node to a Service's own address that failed. */
  readonly failed: readonly ConnectivityProbe[];
  /** The same addresses reached from other nodes. */
  readonly fineElsewhere: readonly ConnectivityProbe[];
  /** The same addresses failing from other nodes as well. */
  readonly failedElsewhere: readonly ConnectivityProbe[];
  /** Services' addresses that this node does reach. */
  readonly fineHere: readonly ConnectivityProbe[];
  /** Endpoints reached straight from this node, and those that were not. */
  readonly directFine: readonly ConnectivityProbe[];
  readonly directFailed: readonly ConnectivityProbe[];
  /** Failing replicas on this node that say they cannot reach a Service, while their twins elsewhere are healthy. */
  readonly clues: readonly LogClue[];
  readonly twins: readonly Replica[];
  /** Failing replicas on this node, of all workloads. */
  readonly failing: readonly Replica[];
}

export interface PathFacts {
  readonly replicas: Replicas;
  readonly nodes: Collection<Node> | undefined;
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly 'service-backends': ServiceBackends | undefined;
  readonly 'connectivity-probes': readonly ConnectivityProbe[] | undefined;
}

interface Indexed extends PathFacts {
  readonly podAddresses: ReadonlySet<string>;
  /** Of pods on nodes that do not report: that nobody answers there says nothing about the way. */
  readonly lostAddresses: ReadonlySet<string>;
}

const failures: ReadonlySet<ConnectivityProbe['outcome']> = new Set([
  'refused',
  'timed-out',
  'unreachable',
  'rejected',
  'name-not-resolved',
  'failed',
]);
const unreachedKinds: ReadonlySet<LogClue['kind']> = new Set([
  'connection-refused',
  'connection-timed-out',
  'no-route',
  'connection-reset',
  'name-not-resolved',
]);

/** One path for every node from which something was tried or on which something says that it cannot connect. */
export function servicePaths(given: PathFacts): readonly ServicePath[] {
  const addressesOf = (replicas: readonly Replica[]): ReadonlySet<string> => new Set(replicas.flatMap(({ pod }) => pod.status.podIP ?? []));
  const facts: Indexed = {
    ...given,
    podAddresses: addressesOf(given.replicas.all),
    lostAddresses: addressesOf(given.replicas.failing.filter(({ troubles }) => troubles.some(({ kind }) => kind === 'lost'))),
  };
  const probes = withoutLuck(facts['connectivity-probes'] ?? []);
  // Whoever asks the node's own cache of names, which is down, tells nothing about the way to Services.
  const askedInVain = new Set(deadResolvers(facts).flatMap(({ clues: asking }) => asking));
  const clues = (facts['log-clues'] ?? []).filter(
    (clue) =>
      clue.replica.health === 'failing' &&
      unreachedKinds.has(clue.kind) &&
      !asksResolverOfNode(clue) &&
      !askedInVain.has(clue) &&
      isForService(clue, facts),
  );
  const nodes = new Set([
    ...probes.flatMap((probe) => nodeOf(probe) ?? []),
    ...clues.flatMap((clue) => clue.replica.pod.spec.nodeName ?? []),
  ]);
  return [...nodes].toSorted().map((node) => pathOf(node, probes, clues, facts));
}

/** Rules are there or not: what gets through now and then is lost on the way, and its failed tries say nothing about rules. */
function withoutLuck(probes: readonly ConnectivityProbe[]): readonly ConnectivityProbe[] {
  const keyOf = ({ from, host, port, protocol }: ConnectivityProbe): string =>
    `${from.kind} ${from.kind === 'pod' ? from.namespace : ''} ${from.name} ${host} ${port ?? ''} ${protocol}`;
  const reached = new Set(probes.filter(({ outcome }) => outcome === 'connected').map(keyOf));
  return probes.filter((probe) => probe.outcome === 'connected' || !reached.has(keyOf(probe)));
}

function pathOf(node: string, probes: readonly ConnectivityProbe[], allClues: readonly LogClue[], facts: Indexed): ServicePath {
  const toServices = probes.filter((probe) => aim(probe, facts) === 'service');
  const here = toServices.filter((probe) => nodeOf(probe) === node);
  const direct = probes.filter(
    (probe) => nodeOf(probe) === node && aim(probe, facts) === 'endpoint' && !facts.lostAddresses.has(plainHost(probe.host)),
  );
  const failed = here.filter((probe) => failures.has(probe.outcome));
  const sameElsewhere = toServices.filter((probe) => nodeOf(probe) !== node && failed.some((each) => isSameTarget(each, probe, facts)));
  const own = allClues.filter((clue) => clue.replica.pod.spec.nodeName === node);
  const workloads = new Set(
    own.map((clue) => `${clue.replica.workload.kind}/${clue.replica.workload.namespace ?? ''}/${clue.replica.workload.name}`),
  );
  // The node is the difference only where everyone who says so, of these workloads, sits here.
  const sayers = [
    ...new Set(
      allClues
        .filter((clue) =>
          workloads.has(`${clue.replica.workload.kind}/${clue.replica.workload.namespace ?? ''}/${clue.replica.workload.name}`),
        )
        .map((clue) => clue.replica),
    ),
  ];
  const place = sharedPlace(sayers, facts.replicas, undefined);
  return {
    node,
    failed,
    fineElsewhere: sameElsewhere.filter((probe) => probe.outcome === 'connected'),
    failedElsewhere: sameElsewhere.filter((probe) => failures.has(probe.outcome)),
    fineHere: here.filter((probe) => probe.outcome === 'connected'),
    directFine: direct.filter((probe) => probe.outcome === 'connected'),
    directFailed: direct.filter((probe) => failures.has(probe.outcome)),
    clues: place === undefined ? [] : own,
    twins: place?.healthy ?? [],
    failing: facts.replicas.onNode(node).filter((replica) => replica.health === 'failing'),
  };
}

/** Ports of Services that this node does not reach and others do, as kube-proxy's rules name them. */
export function unreachedPorts(path: ServicePath | undefined, backends: ServiceBackends | undefined): readonly (readonly string[])[] {
  if (path === undefined || path.fineElsewhere.length === 0) return [];
  return path.failed.flatMap((probe) => {
    const service = backends?.ofHost(probe.host, probe.from.kind === 'pod' ? probe.from.namespace : undefined)?.service;
    const port = service?.spec.ports.find((each) => each.port === probe.port);
    if (service === undefined || port === undefined) return [];
    const { metadata, spec } = service;
    const name = `${metadata.namespace ?? ''}/${metadata.name}${port.name === undefined || port.name === '' ? '' : `:${port.name}`}`;
    return [[name, `${spec.clusterIP ?? ''} ${(port.protocol ?? 'TCP').toLowerCase()} ${port.port ?? 0}`]];
  });
}

/** The node that a probe ran on. Undefined: the pod is not known. */
export function nodeOf(probe: ConnectivityProbe): string | undefined {
  return probe.from.kind === 'node' ? probe.from.name : probe.from.node;
}

/** service: an address that only kube-proxy's rules make work. endpoint: a pod's own address. other: neither, or not known. */
function aim(probe: ConnectivityProbe, facts: Indexed): 'service' | 'endpoint' | 'other' {
  if (probe.protocol === 'icmp') return isPodAddress(probe.host, facts) ? 'endpoint' : 'other';
  return hostAim(probe.host, probe.from.kind === 'pod' ? probe.from.namespace : undefined, facts);
}

function hostAim(host: string, namespace: string | undefined, facts: Indexed): 'service' | 'endpoint' | 'other' {
  if (isPodAddress(host, facts)) return 'endpoint';
  const backends = facts['service-backends'];
  const backend = backends?.ofHost(host, namespace);
  if (backend === undefined) return backends === undefined && isAddress(host) ? 'service' : 'other';
  const { spec } = backend.service;
  if (isAddress(host) && ![spec.clusterIP, ...spec.clusterIPs].includes(plainHost(host)))
    return backend.slices.length > 0 ? 'endpoint' : 'other';
  return spec.clusterIP === 'None' || spec.type === 'ExternalName' ? 'other' : 'service';
}

function isPodAddress(host: string, facts: Indexed): boolean {
  return facts.podAddresses.has(plainHost(host));
}

function isForService(clue: LogClue, facts: Indexed): boolean {
  // A name that is not resolved on one node only is the DNS Service not reached from there.
  if (clue.kind === 'name-not-resolved') return true;
  return clue.host !== undefined && hostAim(clue.host, clue.replica.pod.metadata.namespace, facts) === 'service';
}

function isSameTarget(left: ConnectivityProbe, right: ConnectivityProbe, facts: Indexed): boolean {
  if (left.port !== right.port && left.port !== undefined && right.port !== undefined) return false;
  if (plainHost(left.host) === plainHost(right.host)) return true;
  const service = (probe: ConnectivityProbe): unknown =>
    facts['service-backends']?.ofHost(probe.host, probe.from.kind === 'pod' ? probe.from.namespace : undefined)?.service;
  const wanted = service(left);
  return wanted !== undefined && wanted === service(right);
}
