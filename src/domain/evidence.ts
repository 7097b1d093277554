import type { Instant } from './instant.ts';
import type { ObjectOf, ResourceName } from './kubernetes/resources.ts';

/** What one incarnation of a container wrote. */
export interface ContainerLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** True: the incarnation before the current one. */
  readonly isPrevious: boolean;
  /** Oldest first; only the tail that was asked for. */
  readonly lines: readonly LogLine[];
}
export interface LogLine {
  /** Absent: the source gave no time stamps. */
  readonly at: Instant | undefined;
  /** Redacted, without control characters. */
  readonly text: string;
}

/** The answer to one query over time. An empty series list means: asked, and nothing matched. */
export interface MetricResult {
  /** PromQL as it was asked. */
  readonly expression: string;
  /** "alert": the alert's own expression without its threshold; "context": anything else. */
  readonly purpose: 'alert' | 'context';
  readonly from: Instant;
  readonly until: Instant;
  readonly stepSeconds: number;
  readonly series: readonly MetricSeries[];
}
export interface MetricSeries {
  readonly labels: { readonly [name: string]: string };
  /** Oldest first. A gap in time means that the source had no sample. */
  readonly points: readonly MetricPoint[];
}
export interface MetricPoint {
  readonly at: Instant;
  readonly value: number;
}

/** One time that an alert fired. */
export interface AlertFiring {
  readonly alert: string;
  readonly labels: { readonly [name: string]: string };
  readonly startedAt: Instant;
  /** Absent: still firing at the time of collection. */
  readonly endedAt: Instant | undefined;
}

/** One thing that the monitoring reads. Source: Prometheus /api/v1/targets, or `up`. */
export interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
  readonly labels: { readonly [name: string]: string };
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastScrapeAt: Instant | undefined;
  readonly lastError: string | undefined;
}

/** What a read-only command on a node printed. The command is an id of the fixed list in node-command.ts, or other text. */
export interface NodeCommandOutput {
  readonly node: string;
  readonly command: string;
  readonly at: Instant | undefined;
  /** Absent: not known. */
  readonly exitStatus: number | undefined;
  /** Standard output and error, redacted, bounded. */
  readonly output: string;
}

/** One attempt to reach an address, and from where. */
export interface ConnectivityProbe {
  readonly from:
    | { readonly kind: 'pod'; readonly namespace: string; readonly name: string; readonly node: string | undefined }
    | { readonly kind: 'node'; readonly name: string };
  /** A DNS name or address, and the port. */
  readonly host: string;
  readonly port: number | undefined;
  readonly protocol: 'tcp' | 'udp' | 'http' | 'dns' | 'icmp';
  readonly outcome: 'connected' | 'refused' | 'timed-out' | 'name-not-resolved' | 'unreachable' | 'rejected' | 'failed';
  readonly detail: string;
  readonly at: Instant | undefined;
}

/** Who calls whom, and how that went. Shares are 0 to 1. Absent figures: not measured. */
export interface ServiceCall {
  readonly caller: CallPeer;
  readonly callee: CallPeer;
  readonly requestsPerSecond: number | undefined;
  readonly errorShare: number | undefined;
  readonly latencyMilliseconds: number | undefined;
  /** The same figures before the trouble. */
  readonly usualRequestsPerSecond: number | undefined;
  readonly usualErrorShare: number | undefined;
  readonly usualLatencyMilliseconds: number | undefined;
}
export interface CallPeer {
  readonly namespace: string | undefined;
  readonly name: string;
}

type ObjectShapes = { readonly [Name in ResourceName]: readonly ObjectOf<Name>[] };

/** Every kind of evidence that can be collected or recorded, and the shape it arrives in. */
export interface EvidenceShapes extends ObjectShapes {
  readonly 'container-logs': readonly ContainerLog[];
  readonly metrics: readonly MetricResult[];
  readonly 'alert-history': readonly AlertFiring[];
  readonly 'scrape-targets': readonly ScrapeTarget[];
  readonly 'node-commands': readonly NodeCommandOutput[];
  readonly 'connectivity-probes': readonly ConnectivityProbe[];
  readonly 'service-calls': readonly ServiceCall[];
}
export type EvidenceKind = keyof EvidenceShapes;

/**
 * forbidden: the cluster refused. unreachable, timed-out: no answer. not-configured: no source for it was given.
 * not-recorded: the recording does not hold it. not-asked: it would run something and no flag allowed that.
 * unsupported: the server does not have it. malformed: an answer that could not be read.
 */
export type WhyUnreadable =
  | 'forbidden'
  | 'unreachable'
  | 'timed-out'
  | 'not-configured'
  | 'not-recorded'
  | 'not-asked'
  | 'unsupported'
  | 'malformed';

/** A part of a reading that is missing although the rest was read. */
export interface Gap {
  /** For example "pods in namespace billing". */
  readonly what: string;
  readonly because: WhyUnreadable;
  readonly detail: string;
  /** The only namespaces whose part is missing. Absent: it is not known which part is, so nothing may rest on what is not in the list. */
  readonly namespaces?: readonly string[];
  /** The only namespaces whose part is whole: of all others something is missing, and it is not known which others there are. */
  readonly exceptNamespaces?: readonly string[];
}

/** Evidence either was read, or could not be read. An empty value means "we looked and there was none". */
export type Reading<Kind extends EvidenceKind> =
  | { readonly state: 'read'; readonly at: Instant; readonly value: EvidenceShapes[Kind]; readonly gaps: readonly Gap[] }
  | { readonly state: 'unreadable'; readonly because: WhyUnreadable; readonly detail: string };

export type Readings = { readonly [Kind in EvidenceKind]?: Reading<Kind> };

/** Everything that was seen, and when. The same snapshot always gives the same answer. */
export interface Snapshot {
  /** "Now" for every rule: the time of collection. */
  readonly takenAt: Instant;
  readonly cluster: ClusterIdentity;
  readonly readings: Readings;
}

export interface ClusterIdentity {
  readonly source: 'live' | 'recording' | 'bundle';
  readonly name: string;
  /** Absent: not told. */
  readonly version: string | undefined;
}
