import { type Citation, citeObject, citeProbe } from './citation.ts';
import { asksResolverOfNode, dnsServers, dnsService, isTemporary } from './cluster-dns.ts';
import { isAddress, plainHost } from './cluster-host.ts';
import type { ConnectivityProbe } from './evidence.ts';
import type { LogClue } from './log-clue.ts';
import type { Flow } from './network-policy.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { Replica, Replicas } from './replica.ts';
import type { Backend, ServiceBackends } from './service-backends.ts';
import { hostsIn } from './dependency-trouble.ts';

/** A flow that does not work, or that a failing replica needs. */
export interface SuspectedFlow {
  readonly flow: Flow;
  /** The failing client, where it is one. */
  readonly replica: Replica | undefined;
  /** seen: a log or a probe shows that it fails. needed: a failing replica's settings name it. */
  readonly evidence: 'seen' | 'needed';
  readonly citation: Citation;
  /** "db:5432", for sentences. */
  readonly target: string;
}

export interface FlowFacts {
  readonly replicas: Replicas;
  readonly 'service-backends': ServiceBackends;
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly 'connectivity-probes': readonly ConnectivityProbe[] | undefined;
}

const unreached: ReadonlySet<LogClue['kind']> = new Set(['connection-timed-out', 'connection-refused', 'no-route', 'connection-reset']);

export function suspectedFlows(facts: FlowFacts): readonly SuspectedFlow[] {
  return [...fromClues(facts), ...fromLookups(facts), ...fromProbes(facts), ...fromSettings(facts)];
}

function fromClues(facts: FlowFacts): readonly SuspectedFlow[] {
  return (facts['log-clues'] ?? [])
    .filter((clue) => unreached.has(clue.kind) && clue.host !== undefined && clue.replica.health !== 'finished')
    .flatMap((clue) => {
      const replica = clue.replica.health === 'failing' ? clue.replica : undefined;
      const target = clue.port === undefined ? `${clue.host}` : `${clue.host}:${clue.port}`;
      return flowsTo(clue.replica.pod, clue.host ?? '', clue.port, 'TCP', facts).map((flow) => ({
        flow,
        replica,
        evidence: 'seen' as const,
        citation: clue.citation,
        target,
      }));
    });
}

/** A name that gets no answer is a flow to the DNS servers that fails, whether or not the client's probes notice. */
function fromLookups(facts: FlowFacts): readonly SuspectedFlow[] {
  const [server] = dnsServers(facts.replicas).filter((replica) => replica.health === 'healthy');
  if (server === undefined) return [];
  const service = dnsService(facts['service-backends']);
  const port = service === undefined ? 53 : (targetPort(service, server.pod, 53) ?? 53);
  return (facts['log-clues'] ?? [])
    .filter(
      (clue) => clue.kind === 'name-not-resolved' && clue.replica.health !== 'finished' && isTemporary(clue) && !asksResolverOfNode(clue),
    )
    .map((clue) => ({
      flow: { client: clue.replica.pod, server: { kind: 'pod', pod: server.pod }, port, protocol: 'UDP' },
      replica: clue.replica.health === 'failing' ? clue.replica : undefined,
      evidence: 'seen',
      citation: clue.citation,
      target: "the cluster's DNS",
    }));
}

function fromProbes(facts: FlowFacts): readonly SuspectedFlow[] {
  return (facts['connectivity-probes'] ?? [])
    .filter((probe) => ['timed-out', 'refused', 'rejected', 'unreachable'].includes(probe.outcome) && probe.protocol !== 'icmp')
    .flatMap((probe) => {
      const client = probe.from.kind === 'pod' ? facts.replicas.ofPod(probe.from.namespace, probe.from.name) : undefined;
      if (client === undefined) return [];
      const protocol = probe.protocol === 'udp' || probe.protocol === 'dns' ? 'UDP' : 'TCP';
      const target = probe.port === undefined ? probe.host : `${probe.host}:${probe.port}`;
      return flowsTo(client.pod, probe.host, probe.port, protocol, facts).map((flow) => ({
        flow,
        replica: client.health === 'failing' ? client : undefined,
        evidence: 'seen' as const,
        citation: citeProbe(probe, `${probe.outcome} ${probe.detail}`.trim()),
        target,
      }));
    });
}

/** Services that the settings of failing replicas name, for clients whose logs say nothing at all of what ails them. */
function fromSettings(facts: FlowFacts): readonly SuspectedFlow[] {
  const heard = new Set((facts['log-clues'] ?? []).map((clue) => clue.replica));
  return facts.replicas.failing
    .filter((replica) => !heard.has(replica) && isOfItsOwn(replica))
    .flatMap((replica) => {
      const { pod } = replica;
      const variables = pod.spec.containers.flatMap((container) => container.env);
      return variables.flatMap(({ name, value }) =>
        hostsIn(value ?? '')
          .filter((host) => facts['service-backends'].ofHost(host, pod.metadata.namespace) !== undefined)
          .flatMap((host) =>
            flowsTo(pod, host, portAfter(host, value ?? ''), 'TCP', facts).map((flow) => ({
              flow,
              replica,
              evidence: 'needed' as const,
              citation: citeObject(pod, `env ${name} names ${host}`),
              target: host,
            })),
          ),
      );
    });
}

/** It runs, or ran, and is not well: a pod that was never started needs no connection yet. */
function isOfItsOwn({ troubles }: Replica): boolean {
  return troubles.some(({ kind, reason }) => kind === 'ended' || kind === 'not-ready' || reason === 'CrashLoopBackOff');
}

/** The port that is written behind the host. */
function portAfter(host: string, value: string): number | undefined {
  const rest = value.slice(value.indexOf(host) + host.length);
  const port = /^:(\d{2,5})\b/.exec(rest)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** One ready pod behind the Service stands for all of them; without any, the address itself. */
function flowsTo(client: Pod, host: string, port: number | undefined, protocol: Flow['protocol'], facts: FlowFacts): readonly Flow[] {
  const backend = facts['service-backends'].ofHost(host, client.metadata.namespace);
  if (backend === undefined)
    return [{ client, server: { kind: 'address', address: isAddress(plainHost(host)) ? plainHost(host) : undefined }, port, protocol }];
  if (backend.pods === undefined) return placesOf(backend, port).map((place) => ({ client, ...place, protocol }));
  const server = backend.pods.find((pod) => pod.metadata.uid !== client.metadata.uid && pod.status.phase === 'Running');
  return server === undefined ? [] : [{ client, server: { kind: 'pod', pod: server }, port: targetPort(backend, server, port), protocol }];
}

/** A Service without a selector stands for addresses that somebody else writes down: often machines outside of the cluster. */
function placesOf(backend: Backend, port: number | undefined): readonly Pick<Flow, 'server' | 'port'>[] {
  const own = backend.service.spec.ports.find((each) => each.port === port) ?? backend.service.spec.ports[0];
  if (backend.endpoints === undefined) {
    // Which addresses is not known, but that they are no pods, and on which port they are called.
    const target = own?.targetPort ?? own?.port;
    return [{ server: { kind: 'address', address: undefined }, port: typeof target === 'number' ? target : undefined }];
  }
  return backend.slices.flatMap((slice) => {
    if (slice.kind !== 'EndpointSlice') {
      return slice.subsets.flatMap(({ addresses, ports }) => {
        const served = ports.find((each) => (each.name ?? '') === (own?.name ?? ''));
        const address = addresses[0]?.ip;
        return address === undefined ? [] : [{ server: { kind: 'address' as const, address }, port: served?.port }];
      });
    }
    const served = slice.ports.find((each) => (each.name ?? '') === (own?.name ?? ''));
    const address = slice.endpoints.find(({ conditions }) => conditions.ready !== false)?.addresses[0];
    return address === undefined ? [] : [{ server: { kind: 'address' as const, address }, port: served?.port }];
  });
}

function targetPort({ service }: Backend, server: Pod, port: number | undefined): number | undefined {
  const own =
    port === undefined
      ? service.spec.ports.length === 1
        ? service.spec.ports[0]
        : undefined
      : service.spec.ports.find((each) => each.port === port);
  if (own === undefined) return port;
  const target = own.targetPort ?? own.port;
  if (typeof target === 'number' || target === undefined) return target;
  return server.spec.containers.flatMap((container) => container.ports).find((each) => each.name === target)?.containerPort;
}
