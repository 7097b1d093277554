import type { EvidenceKind, Gap, Reading } from '../domain/evidence.ts';
import type { ClusterIdentity, EvidenceShapes, WhyUnreadable } from '../domain/evidence.ts';
import type { Instant } from '../domain/instant.ts';

export interface Permission {
  /** "nodes", "apps/deployments", "pods/log" for the Kubernetes API; a path or command elsewhere. */
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly why: string;
  /** Only these objects. Absent: all of them. */
  readonly names?: readonly string[];
}

/** One question to a source. What a kind does not use is left out. */
export interface EvidenceRequest<Kind extends EvidenceKind = EvidenceKind> {
  readonly kind: Kind;
  /** Empty: all namespaces. */
  readonly namespaces: readonly string[];
  /** For logs, probes and node commands: exactly these; otherwise ignored. */
  readonly logs?: readonly LogRequest[];
  readonly metrics?: readonly MetricRequest[];
  readonly nodes?: readonly string[];
  /** Connections to try. A source that cannot try leaves them out of its answer. */
  readonly probes?: readonly ProbeWish[];
  readonly alert?: string;
  readonly from: Instant;
  readonly until: Instant;
  /** Why this is asked, for the monologue and the progress line. */
  readonly why: string;
}
export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly isPrevious: boolean;
  readonly tailLines: number;
}
export interface MetricRequest {
  readonly expression: string;
  readonly purpose: 'alert' | 'context';
  readonly stepSeconds: number;
}

/** A connection to try, and from where. */
export interface ProbeWish {
  readonly from: ProbeOrigin;
  readonly host: string;
  readonly port: number;
}
export type ProbeOrigin =
  | { readonly kind: 'node'; readonly name: string }
  /** A container that runs. */
  | {
      readonly kind: 'pod';
      readonly namespace: string;
      readonly name: string;
      readonly container: string;
      readonly node: string | undefined;
    }
  /** The network that pods of this node have: from a pod of our own, or from this one where none can be placed. */
  | { readonly kind: 'pod-network'; readonly node: string; readonly through?: ContainerThere };

/** A container that runs on that node, in a pod with a network of its own. */
export interface ContainerThere {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
}

/** What reading has cost so far. */
export interface Cost {
  readonly requests: number;
  readonly bytes: number;
}

/**
 * Where evidence comes from. `read` never throws: failure to read is itself evidence and comes back as "unreadable",
 * with a text that says what was attempted, what happened and what would help.
 */
export interface EvidenceSource {
  readonly name: string;
  readonly provides: readonly EvidenceKind[];
  /** The ClusterRole and the setup guide are generated from these. */
  readonly permissions: readonly Permission[];
  /** What the source knows of the cluster, and what "now" is: the clock for a live cluster, the time of collection for a recording. */
  readonly identify: (signal: AbortSignal) => Promise<Identity>;
  readonly read: <Kind extends EvidenceKind>(request: EvidenceRequest<Kind>, signal: AbortSignal) => Promise<Reading<Kind>>;
  readonly cost: () => Cost;
  readonly close: () => Promise<void>;
}

export type Identity =
  | { readonly state: 'reached'; readonly cluster: ClusterIdentity; readonly now: Instant }
  /** Nothing can be investigated: exit status 3 with these words. */
  | { readonly state: 'failed'; readonly attempted: string; readonly happened: string; readonly whatToDo: string };

export function unreadable(
  because: WhyUnreadable,
  detail: string,
): { readonly state: 'unreadable'; readonly because: WhyUnreadable; readonly detail: string } {
  return { state: 'unreadable', because, detail };
}

export function readAll<Kind extends EvidenceKind>(at: Instant, value: EvidenceShapes[Kind], gaps: readonly Gap[] = []): Reading<Kind> {
  return { state: 'read', at, value, gaps };
}
