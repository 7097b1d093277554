import type { JudgedAlert } from './alert.ts';
import { isDnsServer } from './cluster-dns.ts';
import { apiServerHost, isAddress, plainHost } from './cluster-host.ts';
import { type Collection, groupBy } from './collection.ts';
import type { ConnectivityProbe, ServiceCall } from './evidence.ts';
import { millisecondsPerHour } from './instant.ts';
import { isControlPlanePod } from './control-plane-pods.ts';
import type { Node } from './kubernetes/node.ts';
import type { ClueKind, LogClue } from './log-clue.ts';

import type { Replica, Replicas } from './replica.ts';
import type { Backend, ServiceBackends } from './service-backends.ts';
import { type Subject, subjectKey } from './subject.ts';
import type { Owners } from './unseen-owner.ts';

/** What some replicas say about one thing that they depend on. */
export interface DependencyTrouble {
  /** "10.96.45.12:5432", "db:5432"; undefined: the lines name no peer. */
  readonly peer: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** The Service of this cluster that the host means. Undefined: none, or Services could not be read. */
  readonly backend: Backend | undefined;
  /** The workload behind that Service, where there is exactly one. */
  readonly backing: Subject | undefined;
  readonly clues: readonly [LogClue, ...LogClue[]];
  /** Replicas that say so, each once. */
  readonly replicas: readonly Replica[];
  readonly clients: readonly Subject[];
}

export interface DependencyFacts extends Owners {
  readonly replicas: Replicas;
  readonly 'log-clues': readonly LogClue[];
  readonly 'service-backends': ServiceBackends | undefined;
  readonly 'connectivity-probes': readonly ConnectivityProbe[] | undefined;
  readonly nodes: Collection<Node> | undefined;
  /** Says whether a page about replicas that the API calls healthy is real. */
  readonly 'judged-alert': JudgedAlert | undefined;
  /** Says whether those who call a client that the API calls healthy are hurt. */
  readonly 'service-calls': readonly ServiceCall[] | undefined;
}

/** Clues of these kinds by what they point at. A line much older than the replica's failure is about something else. */
export function dependencyTroubles(
  kinds: readonly ClueKind[],
  facts: Pick<DependencyFacts, 'replicas' | 'log-clues' | 'service-backends'>,
): readonly DependencyTrouble[] {
  const clues = facts['log-clues'].filter((clue) => kinds.includes(clue.kind) && isHeard(clue) && !isLongBefore(clue) && isRemote(clue));
  const backends = facts['service-backends'];
  const backendOf = (clue: LogClue): Backend | undefined => (backends === undefined ? undefined : backendMeant(clue, backends));
  const groups = groupBy(clues, (clue) => targetKey(clue, backendOf(clue)));
  return [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [troubleOf([first, ...more], backendOf(first), facts.replicas)],
  );
}

/** Replicas that run well may grumble; they count where they say it again and again. */
function isHeard(clue: LogClue): boolean {
  return clue.replica.health === 'failing' || (clue.replica.health !== 'finished' && clue.count >= repeatedTimes);
}
/** A client that runs well is believed after so many complaints. */
export const repeatedTimes = 3;

function isLongBefore(clue: LogClue): boolean {
  const { failingSince } = clue.replica;
  return clue.at !== undefined && failingSince !== undefined && clue.at < failingSince - millisecondsPerHour;
}

/**
 * A process that cannot reach its own pod is not waiting for a dependency; nor is an API server that turns its own clients
 * away or passes on what etcd told it, and whom the DNS servers ask is a part of DNS.
 */
function isRemote(clue: LogClue): boolean {
  if (clue.port === 53 && isDnsServer(clue.replica)) return false;
  if ((clue.kind === 'rate-limited' || clue.host === apiServerHost) && isControlPlanePod(clue.replica.pod, 'kube-apiserver')) return false;
  return clue.host === undefined || !/^(localhost|127\.|::1$|0\.0\.0\.0)/.test(plainHost(clue.host));
}

/**
 * An address that neither a Service nor a pod has may be one that a pod or a Service had before: clients that connect by way of
 * a headless Service keep the addresses that they were told. Where the settings name a single Service that serves the port, it is meant.
 */
function backendMeant(clue: LogClue, backends: ServiceBackends): Backend | undefined {
  const { namespace } = clue.replica.pod.metadata;
  const meant = backends.ofHost(clue.host ?? onlyHostInEnvironment(clue, backends), namespace);
  if (meant !== undefined || clue.host === undefined || clue.port === undefined || !isAddress(plainHost(clue.host))) return meant;
  const named = backends.ofHost(onlyHostInEnvironment(clue, backends), namespace);
  return named?.ports.some((each) => each.port === clue.port || each.targetPort === clue.port) === true ? named : undefined;
}

function targetKey(clue: LogClue, backend: Backend | undefined): string {
  if (backend !== undefined) return `service/${backend.service.metadata.namespace ?? ''}/${backend.service.metadata.name}`;
  return clue.host === undefined ? `client/${subjectKey(clue.replica.workload)}` : `host/${plainHost(clue.host)}`;
}

function troubleOf(clues: readonly [LogClue, ...LogClue[]], backend: Backend | undefined, replicas: Replicas): DependencyTrouble {
  const named = clues.find((clue) => clue.host !== undefined) ?? clues[0];
  const port = named.port ?? clues.find((clue) => clue.port !== undefined)?.port;
  const workloads = distinct(
    (backend?.pods ?? []).flatMap((pod) => replicas.ofPod(pod.metadata.namespace, pod.metadata.name)?.workload ?? []),
  );
  const failing = [...new Set(clues.map((clue) => clue.replica))];
  return {
    peer: named.host === undefined ? undefined : port === undefined ? named.host : `${named.host}:${port}`,
    host: named.host,
    port,
    backend,
    backing: workloads.length === 1 ? workloads[0] : undefined,
    clues,
    replicas: failing,
    clients: distinct(failing.map((replica) => replica.workload)),
  };
}

export function distinct(subjects: readonly Subject[]): readonly Subject[] {
  return [...new Map(subjects.map((each) => [subjectKey(each), each])).values()];
}

/** Where a line names no peer, the container's own settings may: but only where they name a single Service. */
function onlyHostInEnvironment(clue: LogClue, backends: ServiceBackends): string | undefined {
  const container = clue.replica.pod.spec.containers.find((each) => each.name === clue.container);
  const namespace = clue.replica.pod.metadata.namespace;
  const hosts = (container?.env ?? []).flatMap((variable) => hostsIn(variable.value ?? ''));
  const found = new Map(
    hosts.flatMap((host) => {
      const backend = backends.ofHost(host, namespace);
      return backend === undefined ? [] : [[backend, host] as const];
    }),
  );
  return found.size === 1 ? [...found.values()][0] : undefined;
}

/** Hosts in a setting: of a URL, of "host:port", or the whole value where it is a name or address. */
export function hostsIn(value: string): readonly string[] {
  const short = value.slice(0, 2000).trim();
  const urls = [...short.matchAll(/[a-z][a-z0-9+.-]{0,30}:\/\/(?:[^\s/@]{0,200}@)?(\[[0-9a-fA-F:]{2,45}\]|[A-Za-z0-9._-]{1,253})/g)].map(
    (match) => match[1] ?? '',
  );
  // libpq "host=db port=5432", ADO.NET "Server=tcp:db,1433;Database=…", MySQL's Go driver "user:…@tcp(db:3306)/…".
  const named = [
    ...short.matchAll(/(?:^|[\s;])(?:host|server|data source|addr|address)\s{0,3}=\s{0,3}(?:tcp:)?([A-Za-z0-9][A-Za-z0-9._-]{0,252})/gi),
    ...short.matchAll(/@tcp\(([A-Za-z0-9][A-Za-z0-9._-]{0,252})/g),
  ].map((match) => match[1] ?? '');
  if (urls.length + named.length > 0) return [...urls, ...named];
  const words = short.split(/[\s,;]+/).map((word) => /^([A-Za-z0-9][A-Za-z0-9.-]{0,252})(?::\d{1,5})?$/.exec(word)?.[1]);
  return words.every((word) => word !== undefined) ? words.flatMap((word) => (word === undefined || /^\d+$/.test(word) ? [] : [word])) : [];
}
