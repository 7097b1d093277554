import type { Instant } from './instant.ts';

/** How things stand at one moment, seen from three sides. A side that could not be seen is never taken for well. */
export interface Observation {
  readonly at: Instant;
  /** Replicas of the workload that the incident is about. */
  readonly replicas: ReplicaCounts | Unseen;
  /** What the alert's own expression measures. */
  readonly errors: MeasuredErrors | Unseen;
  readonly alert: { readonly state: 'firing' | 'quiet' } | Unseen;
}

export interface ReplicaCounts {
  readonly state: 'seen';
  readonly failing: number;
  readonly healthy: number;
  /** Starting, leaving, unknown. */
  readonly undecided: number;
  /** spec.replicas of the owner. Absent: the owner has no such number or could not be read. */
  readonly wanted?: number;
}

export interface MeasuredErrors {
  readonly state: 'seen';
  /** The worst series of the latest sample, in the expression's own unit. */
  readonly value: number;
  /** When that sample was taken. */
  readonly sampledAt: Instant;
  /** True: it satisfies the alert's condition. */
  readonly isBad: boolean;
  /** The alert's own threshold, for comparison. */
  readonly threshold: number;
}

/** not-asked-for: nobody named one (no page, no expression). unreadable: it was named and could not be read. */
export interface Unseen {
  readonly state: 'not-asked-for' | 'unreadable';
  readonly detail: string;
}
