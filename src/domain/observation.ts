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
  /** Starting, or not told by the API. */
  readonly undecided: number;
  /** Being deleted: no new traffic goes to them, and a replacement is counted in its own place. Absent: none. */
  readonly leaving?: number;
  /** spec.replicas of the owner; of a DaemonSet, the nodes that should run it. Absent: the owner has no such number. */
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
  /** The alert's own threshold, for comparison. Absent: the expression compares with no plain number, and any sample is bad. */
  readonly threshold?: number;
  /** On which side of the threshold it is bad. Absent: higher. */
  readonly worse?: 'higher' | 'lower';
  /** share: of 1. percent: of 100. Absent: any other unit. */
  readonly unit?: 'share' | 'percent';
  /** Seconds between two samples, as the source was asked for them. Absent: not told. */
  readonly everySeconds?: number;
  /** Seconds that the expression looks back: for so long it shows what was before. Absent: it looks at the present alone. */
  readonly looksBackSeconds?: number;
  /**
   * True: there is no sample any more, while what it measures is scraped and the alert is quiet: nothing is left to count.
   * Absent: there are samples.
   */
  readonly isEmpty?: true;
}

/** not-asked-for: nobody named one (no page, no expression). unreadable: it was named and could not be read. */
export interface Unseen {
  readonly state: 'not-asked-for' | 'unreadable';
  readonly detail: string;
}
