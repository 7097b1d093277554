import { isAddress, plainHost } from '../domain/cluster-host.ts';
import { logsOf, loudReplicas } from '../domain/loud-replica.ts';
import { readyOf } from '../domain/node-conditions.ts';
import { type Replica, statusOf } from '../domain/replica.ts';
import type { Backend } from '../domain/service-backends.ts';
import type { Assessment } from './assess.ts';
import { nodesToProbe } from './choose-next-evidence.ts';

/** A connection that failing replicas report, and where to try it from. */
export interface ConnectionToTry extends Target {
  readonly from:
    | { readonly kind: 'node'; readonly name: string }
    | {
        readonly kind: 'pod';
        readonly namespace: string;
        readonly name: string;
        readonly container: string;
        readonly node: string | undefined;
      }
    /** The network that pods of this node have, where no failing replica there can be asked. */
    | {
        readonly kind: 'pod-network';
        readonly node: string;
        /** A container there that may be used where no pod of our own can be placed. Absent: none is known. */
        readonly through?: { readonly namespace: string; readonly name: string; readonly container: string };
      };
}
interface Target {
  readonly host: string;
  readonly port: number;
}

const connectionClues: ReadonlySet<string> = new Set([
  'connection-refused',
  'connection-timed-out',
  'connection-reset',
  'no-route',
  'name-not-resolved',
]);
/** The first few failing connections tell what the rest would. */
const mostTargets = 3;

/**
 * Of so many tries through a lossy link some arrive and some do not: a lost packet is sent again within the time of a try, so
 * that with four packets lost in ten only every fifth try fails.
 */
const triesThroughLoss = 12;

/**
 * The seed's probes: what the failing replicas cannot reach, tried from a healthy replica, from a failing one, from
 * their node and from a healthy one; and the endpoint behind it, so that a Service's address and the network under it
 * can be told apart.
 */
export function connectionsToTry(assessment: Assessment): readonly ConnectionToTry[] {
  return wishesOf(assessment).map(({ wish }) => wish);
}

/** The same, as often as it takes: where replicas that run well complain, a single try is the toss of a coin. */
export function connectionAttempts(assessment: Assessment): readonly ConnectionToTry[] {
  return wishesOf(assessment).flatMap(({ wish, isByLot }) => Array<ConnectionToTry>(isByLot ? triesThroughLoss : 1).fill(wish));
}

interface Wish {
  readonly wish: ConnectionToTry;
  /** It works for some and for others not, or now and then. */
  readonly isByLot: boolean;
}

function wishesOf(assessment: Assessment): readonly Wish[] {
  const clues = (assessment.facts.get('log-clues') ?? []).filter(
    (clue) => connectionClues.has(clue.kind) && clue.host !== undefined && clue.port !== undefined,
  );
  // Who fails knows best; else who complains most.
  const loudest = clues.toSorted(
    (left, right) => Number(isFailing(left.replica)) - Number(isFailing(right.replica)) || left.count - right.count,
  );
  const complaints = loudest.flatMap(({ replica, container, host, port }): readonly Complaint[] =>
    host === undefined || port === undefined ? [] : [{ replica, container, host, port }],
  );
  const all = complaints.length > 0 ? complaints : complaintsOfLoud(assessment);
  const seen = new Map(all.map((complaint) => [`${complaint.host}:${complaint.port}`, complaint]));
  const wishes = [
    ...machinesToTry(assessment),
    ...[...seen.values()].slice(0, mostTargets).flatMap((complaint) => wishesFor(complaint, assessment)),
  ];
  return [...new Map(wishes.map((each) => [JSON.stringify(each.wish), each])).values()];
}

/** Where the kubelet of each machine listens: refused tells as well as connected that the machine is up. */
const kubeletPort = 10_250;

/** A node that has stopped reporting may be off or only have lost its kubelet, which its neighbours can tell apart. */
function machinesToTry(assessment: Assessment): readonly Wish[] {
  const nodes = assessment.facts.get('nodes')?.all ?? [];
  const silent = nodes.filter((node) => readyOf(node)?.status === 'Unknown').slice(0, mostTargets);
  const names = new Set(silent.map((node) => node.metadata.name));
  const neighbours = nodesToProbe(assessment).filter((name) => !names.has(name));
  // Where a firewall keeps everybody from that port, a machine that is well does not answer either.
  const well = nodes.find((node) => readyOf(node)?.status === 'True' && !neighbours.includes(node.metadata.name));
  const targets = [...silent, ...(well === undefined || silent.length === 0 ? [] : [well])].flatMap((node) => {
    const { address } = node.status.addresses.find(({ type }) => type === 'InternalIP') ?? {};
    return address === undefined ? [] : [{ host: address, port: kubeletPort }];
  });
  return targets.flatMap((target) =>
    neighbours.flatMap((node): readonly Wish[] => [
      { wish: { from: { kind: 'node', name: node }, ...target }, isByLot: false },
      { wish: { from: { kind: 'pod-network', node }, ...target }, isByLot: false },
    ]),
  );
}

/** Who would have to reach what. */
interface Complaint extends Target {
  readonly replica: Replica;
  readonly container: string;
}

/** Some replicas err and say no peer: what they and their siblings speak of at other times are the peers of all of them. */
function complaintsOfLoud({ scope, facts }: Assessment): readonly Complaint[] {
  const logs = facts.get('container-logs') ?? [];
  const backends = facts.get('service-backends');
  const [loud] = loudReplicas(scope.healthy, logs);
  if (loud === undefined || backends === undefined) return [];
  const { namespace } = loud.replica.pod.metadata;
  const lines = scope.healthy.flatMap((replica) => logsOf(replica, logs)).flatMap((log) => log.lines.slice(0, linesForPeers));
  const peers = lines.flatMap(({ text }) =>
    [...text.slice(0, 1000).matchAll(peer)].map((match) => ({ host: match[1] ?? '', port: Number(match[2]) })),
  );
  return distinctTargets(peers)
    .filter(({ host, port }) => backends.ofHost(host, namespace)?.service.spec.ports.some((each) => each.port === port) === true)
    .map((target) => ({ ...loud, ...target }));
}

/** A program names its peers when it starts, or again and again. */
const linesForPeers = 200;
const peer = /\b([A-Za-z0-9](?:[A-Za-z0-9.-]{0,100}[A-Za-z0-9])?):(\d{2,5})\b/g;

function isFailing({ health }: Replica): boolean {
  return health === 'failing';
}

function wishesFor(clue: Complaint, assessment: Assessment): readonly Wish[] {
  const { host, port } = clue;
  const backend = assessment.facts.get('service-backends')?.ofHost(host, clue.replica.pod.metadata.namespace);
  const endpoint = endpointBehind(backend, port);
  const service = serviceAddress(backend, { host, port });
  const pods = podsToAsk(clue, assessment);
  const nodes = nodesToProbe(assessment);
  const isSufferingAsked = pods.includes(clue.replica) || pods.some(isFailing);
  // Nodes do not use the cluster's DNS, so a name is tried there by the address that it stands for.
  const outside = [...(service === undefined ? [] : [service]), ...(endpoint === undefined ? [] : [endpoint])];
  const inside = distinctTargets([{ host, port }, ...outside]);
  const wishes: readonly ConnectionToTry[] = [
    ...pods.flatMap((replica) => inside.map((target) => ({ from: placeOf(replica, clue.container), ...target }))),
    ...(isSufferingAsked
      ? []
      : nodes.flatMap((node) => outside.map((target) => ({ from: { kind: 'pod-network' as const, node }, ...target })))),
    ...nodes.flatMap((node) => outside.map((target) => ({ from: { kind: 'node' as const, name: node }, ...target }))),
  ];
  return wishes.map((wish) => ({ wish, isByLot: !isFailing(clue.replica) }));
}

function distinctTargets(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [`${target.host} ${target.port}`, target])).values()];
}

/** The address that only the node's service rules make work, or one outside of the cluster. Undefined: a name that only DNS could tell. */
function serviceAddress(backend: Backend | undefined, { host, port }: Target): Target | undefined {
  const address = backend?.service.spec.clusterIP;
  if (address !== undefined && address !== 'None' && address !== '') return { host: address, port };
  return isAddress(plainHost(host)) ? { host, port } : undefined;
}

/** A ready endpoint with the port that this port of the Service leads to. */
function endpointBehind(backend: Backend | undefined, port: number): Target | undefined {
  if (backend === undefined) return undefined;
  const wanted = backend.service.spec.ports.find((each) => each.port === port)?.name;
  const targets = backend.slices.flatMap((slice) => {
    if (!('endpoints' in slice)) return [];
    const behind = slice.ports.find((each) => (each.name ?? '') === (wanted ?? ''))?.port;
    if (behind === undefined) return [];
    return slice.endpoints
      .filter((each) => each.conditions.ready !== false)
      .flatMap((each) => each.addresses.map((address) => ({ host: address, port: behind })));
  });
  return targets[0];
}

/** The failing replica that says so, or the healthy one that complains, if it runs at the moment; and a healthy sibling, elsewhere if there is one. */
function podsToAsk({ replica, container }: Complaint, { facts }: Assessment): readonly Replica[] {
  const siblings = (facts.get('replicas')?.ofWorkload(replica.workload) ?? []).filter((each) => isAskable(each, container));
  const failing = [replica, ...siblings].find((each) => isFailing(each) && isAskable(each, container));
  const suffering = failing ?? (isAskable(replica, container) ? replica : undefined);
  const healthy = siblings.filter((each) => each.health === 'healthy' && each !== suffering);
  const compared = healthy.find((each) => each.pod.spec.nodeName !== replica.pod.spec.nodeName) ?? healthy[0];
  return [compared, suffering].filter((each) => each !== undefined);
}

/** In front of these every connection is accepted by the mesh, so that an attempt tells nothing about its target. */
const meshProxies: ReadonlySet<string> = new Set(['istio-proxy', 'linkerd-proxy']);

function isAskable({ pod }: Replica, container: string): boolean {
  const hasMesh = [...pod.spec.containers, ...pod.spec.initContainers].some((each) => meshProxies.has(each.name));
  return !hasMesh && statusOf(pod, container)?.state.running !== undefined;
}

function placeOf({ pod }: Replica, container: string): Extract<ConnectionToTry['from'], { readonly kind: 'pod' }> {
  return { kind: 'pod', namespace: pod.metadata.namespace ?? 'default', name: pod.metadata.name, container, node: pod.spec.nodeName };
}
