import type { Citation } from './citation.ts';
import type { CallPeer, ServiceCall } from './evidence.ts';
import type { Replicas } from './replica.ts';
import type { ServiceBackends } from './service-backends.ts';
import { distinct } from './dependency-trouble.ts';
import { type Subject, subject, subjectKey } from './subject.ts';

/** One error in twenty is felt; below that a doubling is noise. */
const feltErrorShare = 0.05;
/** Without a figure from before, only errors on every fifth call are surely new. */
const surelyHighErrorShare = 0.2;
const risenFactor = 2;
/** Latency must have doubled and grown by more than scheduling and garbage collection explain. */
const feltLatencyMilliseconds = 100;

export function hasErrors({ errorShare, usualErrorShare }: ServiceCall): boolean {
  if (errorShare === undefined || errorShare < feltErrorShare) return false;
  return usualErrorShare === undefined ? errorShare >= surelyHighErrorShare : errorShare >= usualErrorShare * risenFactor;
}

export function isSlower({ latencyMilliseconds, usualLatencyMilliseconds }: ServiceCall): boolean {
  if (latencyMilliseconds === undefined || usualLatencyMilliseconds === undefined) return false;
  return (
    latencyMilliseconds >= usualLatencyMilliseconds * risenFactor &&
    latencyMilliseconds - usualLatencyMilliseconds >= feltLatencyMilliseconds
  );
}

export function isBad(call: ServiceCall): boolean {
  return hasErrors(call) || isSlower(call);
}

export function peerKey(peer: CallPeer): string {
  return `${peer.namespace ?? ''}/${peer.name}`;
}

/** Every request is tried at least once more, on average. */
const amplification = 1.8;

/**
 * What a caller that is asked as often as ever, or only a little more often, does to a callee that fails: it repeats itself.
 * Undefined: it does not, or nobody measured how often the caller itself is asked.
 */
export function repetitionOf(
  call: ServiceCall,
  calls: readonly ServiceCall[],
): { readonly factor: number; readonly intoFactor: number; readonly into: readonly [ServiceCall, ...ServiceCall[]] } | undefined {
  const factor = loadFactor(call);
  const [first, ...more] = calls.filter((each) => peerKey(each.callee) === peerKey(call.caller) && loadFactor(each) !== undefined);
  if (factor === undefined || factor < amplification || !hasErrors(call) || first === undefined) return undefined;
  const intoFactor = Math.max(...[first, ...more].map((each) => loadFactor(each) ?? 0));
  return factor / intoFactor < amplification ? undefined : { factor, intoFactor, into: [first, ...more] };
}

/** How much busier a caller and its callee are than usual. Undefined: not measured. */
export function loadFactor({ requestsPerSecond, usualRequestsPerSecond }: ServiceCall): number | undefined {
  return requestsPerSecond === undefined || usualRequestsPerSecond === undefined || usualRequestsPerSecond <= 0
    ? undefined
    : requestsPerSecond / usualRequestsPerSecond;
}

export function citeCall({ caller, callee, ...call }: ServiceCall): Citation {
  const figures = [
    call.requestsPerSecond === undefined ? undefined : `${round(call.requestsPerSecond)} requests/s${usual(call.usualRequestsPerSecond)}`,
    call.errorShare === undefined
      ? undefined
      : `${round(call.errorShare * 100)} % errors${usual(call.usualErrorShare === undefined ? undefined : call.usualErrorShare * 100)}`,
    call.latencyMilliseconds === undefined ? undefined : `${round(call.latencyMilliseconds)} ms${usual(call.usualLatencyMilliseconds)}`,
  ];
  return {
    of: { kind: 'service-call', caller: spokenPeer(caller), callee: spokenPeer(callee) },
    shows: figures.filter((each) => each !== undefined).join(', '),
  };
}

function usual(figure: number | undefined): string {
  return figure === undefined ? '' : ` (usually ${round(figure)})`;
}

function round(figure: number): number {
  return Number(figure.toPrecision(3));
}

export function spokenPeer(peer: CallPeer): string {
  return peer.namespace === undefined ? peer.name : `${peer.namespace}/${peer.name}`;
}

/** The workload that a peer of the graph stands for; tracing names it after its Service or after itself. */
export function peerSubject(
  peer: CallPeer,
  facts: { readonly replicas: Replicas | undefined; readonly 'service-backends': ServiceBackends | undefined },
): Subject {
  const backend = facts['service-backends']?.ofService(peer.namespace, peer.name);
  const behind = distinct(
    (backend?.pods ?? []).flatMap((pod) => facts.replicas?.ofPod(pod.metadata.namespace, pod.metadata.name)?.workload ?? []),
  );
  const named = facts.replicas?.all.find(
    (replica) => replica.workload.name === peer.name && (peer.namespace === undefined || replica.workload.namespace === peer.namespace),
  )?.workload;
  if (behind.length === 1 && behind[0] !== undefined) return behind[0];
  // Tracing knows a peer of the cluster by its namespace; what has none is outside.
  return (
    named ?? (peer.namespace === undefined ? subject('External', undefined, peer.name) : subject('Service', peer.namespace, peer.name))
  );
}

interface CallFacts {
  readonly replicas: Replicas | undefined;
  readonly 'service-backends': ServiceBackends | undefined;
  readonly 'service-calls': readonly ServiceCall[] | undefined;
}

/** Calls into these workloads that go wrong: whoever waits for them is hurt, whatever their own probes say. */
export function badCallsInto(workloads: readonly Subject[], facts: CallFacts): readonly ServiceCall[] {
  const keys = new Set(workloads.map(subjectKey));
  return (facts['service-calls'] ?? []).filter((call) => isBad(call) && keys.has(subjectKey(peerSubject(call.callee, facts))));
}

/** Calls that go wrong and that the workload answers or makes. */
export function badCallsAround(workload: Subject, facts: CallFacts): readonly ServiceCall[] {
  return (facts['service-calls'] ?? []).filter(
    (call) => isBad(call) && [call.callee, call.caller].some((peer) => subjectKey(peerSubject(peer, facts)) === subjectKey(workload)),
  );
}

/** Work that is too much is too much for each replica, whatever its node makes of it. */
export function everyPodOf(workload: Subject, replicas: Replicas | undefined): readonly Subject[] {
  return (replicas?.ofWorkload(workload) ?? [])
    .filter((replica) => replica.health !== 'finished')
    .map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name));
}

/** Failing or erring pods are what suffers; a graph without pods names workloads only. */
export function podsOf(workload: Subject, replicas: Replicas | undefined): readonly Subject[] {
  return (replicas?.ofWorkload(workload) ?? [])
    .filter((replica) => replica.health === 'failing')
    .map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name));
}
