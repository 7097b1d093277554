import type { Instant } from './instant.ts';
import { type ApiObject, resourceOfKind, type ResourceName } from './kubernetes/resources.ts';
import type { ConnectivityProbe, ContainerLog, EvidenceKind, MetricResult } from './evidence.ts';

/** Which piece of evidence: enough to find it again, to show the command that prints it, and to take it away in a test. */
export type EvidencePointer =
  | { readonly kind: 'object'; readonly resource: ResourceName; readonly namespace: string | undefined; readonly name: string }
  /** A whole list, cited for what is not in it. */
  | { readonly kind: 'list'; readonly evidence: EvidenceKind; readonly namespace: string | undefined }
  | { readonly kind: 'log'; readonly namespace: string; readonly pod: string; readonly container: string; readonly isPrevious: boolean }
  | { readonly kind: 'metric'; readonly expression: string }
  | { readonly kind: 'alert'; readonly alert: string }
  | { readonly kind: 'scrape-target'; readonly job: string; readonly instance: string }
  | { readonly kind: 'node-command'; readonly node: string; readonly command: string }
  | { readonly kind: 'probe'; readonly from: string; readonly host: string; readonly port: number | undefined }
  | { readonly kind: 'service-call'; readonly caller: string; readonly callee: string };

export interface Citation {
  readonly of: EvidencePointer;
  /** The value that was seen, short, redacted: "status.containerStatuses[cart].lastState.terminated.reason: OOMKilled". */
  readonly shows: string;
  /** When the cited thing happened or was true. Absent: at collection. */
  readonly at?: Instant;
}

/** A statement with its evidence. A statement without evidence cannot be written. */
export interface Claim {
  readonly says: string;
  readonly citing: readonly [Citation, ...Citation[]];
}

export function claim(says: string, first: Citation, ...more: readonly Citation[]): Claim {
  return { says, citing: [first, ...more] };
}

/** A claim that rests on several pieces of evidence; undefined where there are none, so that none can be claimed. */
export function claimFromAll(says: string, citations: readonly Citation[]): Claim | undefined {
  const [first, ...more] = citations;
  return first === undefined ? undefined : { says, citing: [first, ...more] };
}

export function citeObject(object: ApiObject, shows: string, at?: Instant): Citation {
  const resource = resourceOfKind(object.kind) ?? 'pods';
  const of = { kind: 'object', resource, namespace: object.metadata.namespace, name: object.metadata.name } as const;
  return at === undefined ? { of, shows } : { of, shows, at };
}

/** Cites a list for what it does not hold, for example "no endpoints for Service shop/cart". */
export function citeList(evidence: EvidenceKind, namespace: string | undefined, shows: string): Citation {
  return { of: { kind: 'list', evidence, namespace }, shows };
}

export function citeLog(log: Pick<ContainerLog, 'namespace' | 'pod' | 'container' | 'isPrevious'>, shows: string, at?: Instant): Citation {
  const of = { kind: 'log', namespace: log.namespace, pod: log.pod, container: log.container, isPrevious: log.isPrevious } as const;
  return at === undefined ? { of, shows } : { of, shows, at };
}

export function citeMetric(metric: Pick<MetricResult, 'expression'>, shows: string, at?: Instant): Citation {
  const of = { kind: 'metric', expression: metric.expression } as const;
  return at === undefined ? { of, shows } : { of, shows, at };
}

export function citeProbe(probe: ConnectivityProbe, shows: string): Citation {
  return { of: { kind: 'probe', from: probeOrigin(probe), host: probe.host, port: probe.port }, shows };
}

export function citeNodeCommand(node: string, command: string, shows: string): Citation {
  return { of: { kind: 'node-command', node, command }, shows };
}

export function probeOrigin(probe: ConnectivityProbe): string {
  return probe.from.kind === 'pod' ? `pod/${probe.from.namespace}/${probe.from.name}` : `node/${probe.from.name}`;
}

/** Equal pointers have equal keys; the key is also the stem of the evidence id in the JSON contract. */
export function pointerKey(of: EvidencePointer): string {
  switch (of.kind) {
    case 'object':
      return [of.resource, of.namespace, of.name].filter(Boolean).join('/');
    case 'list':
      return ['list', of.evidence, of.namespace].filter(Boolean).join('/');
    case 'log':
      return `log/${of.namespace}/${of.pod}/${of.container}${of.isPrevious ? '/previous' : ''}`;
    case 'metric':
      return `metric/${of.expression}`;
    case 'alert':
      return `alert/${of.alert}`;
    case 'scrape-target':
      return `scrape-target/${of.job}/${of.instance}`;
    case 'node-command':
      return `node/${of.node}/${of.command}`;
    case 'probe':
      return `probe/${of.from}/${of.host}${of.port === undefined ? '' : `:${of.port}`}`;
    case 'service-call':
      return `service-call/${of.caller}/${of.callee}`;
  }
}
