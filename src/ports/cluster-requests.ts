import type { JsonValue } from '../domain/prepared-change.ts';
import type { WhyUnreadable } from '../domain/evidence.ts';

/** One request to the Kubernetes API as the actuator makes it. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, beginning with a slash. */
  readonly path: string;
  /** Absent: nothing is sent along. A PATCH is a JSON patch. */
  readonly body?: JsonValue;
}

export type ClusterAnswer =
  | { readonly state: 'answered'; readonly value: unknown }
  /** The server understood and said no. */
  | {
      readonly state: 'refused';
      readonly status: number;
      /** Kubernetes' own word, for example "Conflict", "TooManyRequests". Absent: not told. */
      readonly reason: string | undefined;
      readonly message: string;
      /** Absent: the server named no time. */
      readonly retryAfterSeconds: number | undefined;
    }
  /** For a write: it may have been carried out or not. */
  | { readonly state: 'no-answer'; readonly because: WhyUnreadable; readonly detail: string };

/** A way to the API server that can also write. Opened only for an actuator. One attempt each; never throws. */
export interface ClusterRequests {
  readonly send: (request: ClusterRequest, signal: AbortSignal) => Promise<ClusterAnswer>;
  /** Ends early where the signal says so. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}
