import type { WhyUnreadable } from '../domain/evidence.ts';
import type { JsonValue } from '../domain/prepared-change.ts';

/** One request to the Kubernetes API as the actuator makes it. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, beginning with a slash. */
  readonly path: string;
  /** Sent as JSON; a PATCH is a JSON patch (RFC 6902). Absent: nothing is sent along. */
  readonly body?: object;
}

/** Why the server said no, in parts; for example the budget that refuses an eviction. */
export interface RefusalCause {
  /** Kubernetes' own word, for example "DisruptionBudget". Absent: not told. */
  readonly reason: string | undefined;
  readonly message: string;
}

export type ClusterAnswer =
  | { readonly state: 'answered'; readonly value: JsonValue }
  /** The server understood and said no. */
  | {
      readonly state: 'refused';
      readonly status: number;
      /** Kubernetes' own word, for example "Conflict", "TooManyRequests". Absent: not told. */
      readonly reason: string | undefined;
      readonly message: string;
      /** Empty: the message says everything. */
      readonly causes: readonly RefusalCause[];
      /** Absent: the server named no time. */
      readonly retryAfterSeconds: number | undefined;
    }
  /** For a write: it may have been carried out or not. */
  | { readonly state: 'no-answer'; readonly because: WhyUnreadable; readonly detail: string };

/** A way to the API server that can also write. Opened only for an actuator. Never throws; a write is sent once and never again by itself. */
export interface ClusterRequests {
  readonly send: (request: ClusterRequest, signal: AbortSignal) => Promise<ClusterAnswer>;
  /** Ends early where the signal says so. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}
