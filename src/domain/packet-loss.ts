import { isAddress, plainHost } from './cluster-host.ts';
import { type Collection, groupBy } from './collection.ts';
import type { ConnectivityProbe } from './evidence.ts';
import type { Node } from './kubernetes/node.ts';
import type { Replicas } from './replica.ts';
import type { ServiceBackends } from './service-backends.ts';
import { nodeOf } from './service-path.ts';

/** Where packets between two places are lost: at one end, or on a path that is neither's. */
export interface PacketLoss {
  /** Nodes at either end of a probe that lost something. */
  readonly nodes: readonly string[];
  /** blamed: the other end does better with everybody else. doubtful: nothing tells the two ends apart. */
  readonly of: (node: string) => { readonly blamed: readonly ConnectivityProbe[]; readonly doubtful: readonly ConnectivityProbe[] };
  /** Probes without loss between the other ends of this node's lossy ones and somebody else. */
  readonly contrast: (node: string) => readonly ConnectivityProbe[];
}

export interface LossFacts {
  readonly replicas: Replicas;
  readonly nodes: Collection<Node> | undefined;
  readonly 'service-backends': ServiceBackends | undefined;
  readonly 'connectivity-probes': readonly ConnectivityProbe[] | undefined;
}

/** Losing one packet in a hundred now and then is everyday. */
const everydayShare = 0.01;

interface Path {
  readonly probe: ConnectivityProbe;
  /** Node names; of the far end its address where that is no node's and no pod's. Of a Service with one endpoint that is the far end. */
  readonly near: string;
  readonly far: string;
  /** True: the far end is a node. */
  readonly isFarKnown: boolean;
  readonly isLossy: boolean;
}

/**
 * A lossy path accuses both of its ends, and a path without loss clears both of its ends. So each lossy path is laid at
 * the end that loses with the larger share of those whom it was tried with.
 */
export function lostBetween(facts: LossFacts): PacketLoss {
  const paths = pathsOf(facts);
  const lossy = paths.filter((path) => path.isLossy);
  const known = new Set(lossy.flatMap(({ near, far, isFarKnown }) => (isFarKnown ? [near, far] : [near])));
  const shareOf = (place: string): number => {
    const others = groupBy(
      paths.filter((path) => isEnd(path, place)),
      (path) => otherEnd(path, place),
    );
    return [...others.values()].filter((group) => group.some((path) => path.isLossy)).length / Math.max(1, others.size);
  };
  return {
    nodes: [...known].toSorted(),
    of: (node) => {
      const own = lossy.filter((path) => isEnd(path, node));
      const share = shareOf(node);
      const isOnlyHere = lossy.every((path) => isEnd(path, node));
      return {
        blamed: own.filter((path) => share > shareOf(otherEnd(path, node))).map(({ probe }) => probe),
        doubtful: isOnlyHere ? own.filter((path) => share === 1 && share === shareOf(otherEnd(path, node))).map(({ probe }) => probe) : [],
      };
    },
    contrast: (node) => {
      const ends = new Set(lossy.filter((path) => isEnd(path, node)).map((path) => otherEnd(path, node)));
      return paths
        .filter((path) => !path.isLossy && !isEnd(path, node) && (ends.has(path.near) || ends.has(path.far)))
        .map(({ probe }) => probe)
        .slice(0, 2);
    },
  };
}

function isEnd({ near, far }: Path, place: string): boolean {
  return near === place || far === place;
}

function otherEnd({ near, far }: Path, place: string): string {
  return near === place ? far : near;
}

function pathsOf({ replicas, nodes, 'service-backends': backends, 'connectivity-probes': probes }: LossFacts): readonly Path[] {
  const places = new Map([
    ...replicas.all.flatMap(({ pod }) =>
      pod.status.podIP === undefined || pod.spec.nodeName === undefined ? [] : [[pod.status.podIP, pod.spec.nodeName] as const],
    ),
    ...(nodes?.all ?? []).flatMap((node) => node.status.addresses.map(({ address }) => [address, node.metadata.name] as const)),
  ]);
  const outcomes = groupBy(probes ?? [], (probe) => `${probe.from.name} ${probe.host}:${probe.port ?? ''}/${probe.protocol}`);
  return [...outcomes.values()].flatMap((same) =>
    same.flatMap((probe): readonly Path[] => {
      const near = nodeOf(probe);
      const isLossy = isPartial(lossShare(probe)) || (isMixed(same) && probe.outcome === 'timed-out');
      const host = onlyEndpoint(backends, probe) ?? plainHost(probe.host);
      const place = isAddress(host) ? places.get(host) : undefined;
      return near === undefined || !(isLossy || isWell(probe, same))
        ? []
        : [{ probe, near, far: place ?? host, isFarKnown: place !== undefined, isLossy }];
    }),
  );
}

/** The address of a Service is no place, but a way to its endpoints. Undefined: no Service, or it has several. */
function onlyEndpoint(backends: ServiceBackends | undefined, { host, from }: ConnectivityProbe): string | undefined {
  const backend = backends?.ofHost(host, from.kind === 'pod' ? from.namespace : undefined);
  const addresses = (backend?.slices ?? []).flatMap((slice) =>
    'endpoints' in slice ? slice.endpoints.flatMap((endpoint) => endpoint.addresses) : [],
  );
  const [first, another] = new Set(addresses);
  return another === undefined ? first : undefined;
}

/** Losing everything is no loss of packets but no way at all. */
function isPartial(share: number): boolean {
  return share > everydayShare && share < 1;
}

function isWell(probe: ConnectivityProbe, same: readonly ConnectivityProbe[]): boolean {
  return probe.outcome === 'connected' && !isPartial(lossShare(probe)) && !isMixed(same);
}

/** Probes of one target that both succeeded and timed out; two tries may straddle a repair, three do not. */
function isMixed(same: readonly ConnectivityProbe[]): boolean {
  return same.length >= 3 && same.some((each) => each.outcome === 'connected') && same.some((each) => each.outcome === 'timed-out');
}

/** 0 to 1, from ping's summary. 0 where the detail tells none. */
export function lossShare(probe: ConnectivityProbe): number {
  const percent = /(\d{1,3}(?:\.\d{1,6})?)% packet loss/.exec(probe.detail)?.[1];
  return percent === undefined ? 0 : Number(percent) / 100;
}
