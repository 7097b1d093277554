/** The JSON contract `stanch.dev/investigation/v1`. Names are fixed; fields may be added. */
export const investigationSchema = 'stanch.dev/investigation/v1';

export interface PublishedSubject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface PublishedClaim {
  readonly says: string;
  /** Keys of `evidence`. Never empty. */
  readonly citing: readonly string[];
}

export interface PublishedAlert {
  readonly verdict: 'real' | 'transient' | 'flapping' | 'stale' | 'cannot-tell' | 'none';
  /** Absent: no alert was handed in. */
  readonly name?: string;
  readonly because: readonly PublishedClaim[];
  /** Looks that would tell. Only with "cannot-tell". */
  readonly wouldSettle?: readonly string[];
  /** What the alert measures, over time, to be drawn. Absent: it was not to be seen. */
  readonly measured?: PublishedSeries;
}

export interface PublishedSeries {
  /** PromQL. */
  readonly expression: string;
  /** Absent: the alert compares with no plain number. */
  readonly threshold?: number;
  /** On which side of the threshold it is bad. Absent: there is no such side. */
  readonly worse?: 'higher' | 'lower';
  /** share: of 1. percent: of 100. Absent: any other unit. */
  readonly unit?: 'share' | 'percent';
  /** RFC 3339 and value, oldest first; gaps are left out. */
  readonly samples: readonly (readonly [at: string, value: number])[];
}

/** Every replica with its value on every axis: what separates red from green, at a glance. */
export interface PublishedMatrix {
  /** In the order of the values of a row. */
  readonly axes: readonly string[];
  readonly rows: readonly PublishedReplica[];
  /** Replicas beyond those listed. Absent: none. */
  readonly more?: number;
}

export interface PublishedReplica {
  readonly namespace: string;
  readonly pod: string;
  readonly workload: PublishedSubject;
  readonly health: 'failing' | 'healthy' | 'undecided';
  /** What is wrong with it, in words. Absent: nothing that is known. */
  readonly trouble?: string;
  /** null: the cluster does not tell. */
  readonly values: readonly (string | null)[];
}

export interface PublishedAxis {
  readonly axis: string;
  readonly value: string;
  readonly failingWith: number;
  readonly failingWithout: number;
  readonly healthyWith: number;
  readonly healthyWithout: number;
  readonly pValue: number;
  readonly adjustedPValue: number;
  readonly verdict: 'separates' | 'suggestive' | 'no' | 'cannot-tell';
  readonly confoundedWith: readonly string[];
  readonly wouldSettle?: string;
}

export interface PublishedChange {
  readonly at: string;
  readonly kind: string;
  readonly subject: PublishedSubject;
  readonly summary: string;
  readonly standing: 'suspect' | 'acquitted' | 'unrelated';
  readonly because: readonly PublishedClaim[];
}

export interface PublishedHypothesis {
  readonly rank: number;
  readonly failureMode: string;
  readonly title: string;
  readonly subject: PublishedSubject;
  readonly confidence: number;
  /** True: the rule behind it has named the cause of a fault that was made in a real cluster. False: it rests on written examples. */
  readonly proven: boolean;
  /** True: an independent cause. False: follows from another hypothesis in the list. */
  readonly root: boolean;
  /** Ranks of the hypotheses that explain this one. */
  readonly explainedBy: readonly number[];
  readonly because: readonly PublishedClaim[];
  readonly against: readonly PublishedClaim[];
  readonly cascade: readonly { readonly from: string; readonly to: string; readonly because: readonly PublishedClaim[] }[];
  readonly contributing: readonly PublishedClaim[];
  readonly wouldSettle: readonly string[];
}

export interface PublishedMitigation {
  readonly id: string;
  readonly title: string;
  readonly subject: PublishedSubject;
  readonly why: string;
  readonly because: readonly PublishedClaim[];
  readonly preconditions: readonly { readonly claim: string; readonly holds: 'yes' | 'no' | 'cannot-tell' }[];
  readonly saveFirst: readonly string[];
  readonly commands: readonly string[];
  readonly undo: readonly string[];
  readonly undoWhen?: string;
  readonly expectation: string;
  readonly reversibility: 'undoable' | 'heals-itself' | 'irreversible';
  /** True: a precondition does not hold or is not known to hold; nothing may execute this plan. */
  readonly blocked: boolean;
  readonly warnings: readonly string[];
  /** The same change for the repository that owns the workload: Markdown, and YAML of a strategic merge patch. */
  readonly pullRequest?: { readonly title: string; readonly body: string; readonly patch: string };
}

export type PhaseName = 'verify' | 'scope' | 'what-changed' | 'mitigate' | 'confirm' | 'diagnose' | 'repair' | 'write-up';

export interface PublishedThought {
  readonly phase: PhaseName;
  readonly at: string;
  readonly question: string;
  readonly command: string;
  /** One fact a line. */
  readonly saw: string;
  readonly conclusion: string;
  readonly citing: readonly string[];
}

export interface PublishedEvidence {
  readonly source: string;
  readonly command: string;
  readonly at: string;
  readonly excerpt: string;
}

export interface Investigation {
  readonly schema: typeof investigationSchema;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly cluster: { readonly source: 'live' | 'recording' | 'bundle'; readonly name: string; readonly version?: string };
  readonly outcome: 'explained' | 'healthy' | 'cannot-tell';
  /** One sentence that answers the page. */
  readonly summary: string;
  readonly alert: PublishedAlert;
  readonly onset?: { readonly at: string; readonly because: readonly PublishedClaim[] };
  readonly scope: {
    readonly target?: PublishedSubject;
    readonly failing: readonly PublishedSubject[];
    readonly healthy: readonly PublishedSubject[];
    readonly axes: readonly PublishedAxis[];
    /** Absent: no replicas were looked at. */
    readonly matrix?: PublishedMatrix;
  };
  readonly changes: readonly PublishedChange[];
  readonly blindSpots: readonly { readonly what: string; readonly why: string; readonly toSeeIt: string }[];
  readonly hypotheses: readonly PublishedHypothesis[];
  readonly mitigations: readonly PublishedMitigation[];
  readonly thoughts: readonly PublishedThought[];
  readonly followUps: readonly {
    readonly kind: 'ticket' | 'reminder' | 'gate';
    readonly title: string;
    readonly text: string;
    readonly due?: string;
    /** IANA name of where whoever is reminded is, and reads clocks. Absent: UTC. */
    readonly timeZone?: string;
  }[];
  readonly evidence: { readonly [id: string]: PublishedEvidence };
  readonly cost: { readonly requests: number; readonly bytes: number; readonly wallMilliseconds: number };
}
