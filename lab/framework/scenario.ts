/** What a scenario changes, shows and expects. One file of `lab/scenarios` each; see `lab/README.md`. */
export interface Scenario {
  /** Equal to the file's name. */
  readonly name: string;
  /** What happens here, as one would tell it afterwards. */
  readonly story: string;
  /** Does the real damage and returns; it does not wait for the symptom. */
  readonly break: () => Promise<void>;
  /** Returns when the real symptom is there, and fails when it does not come. Absent: the alert is the symptom. */
  readonly symptom?: () => Promise<void>;
  /** Alert that must reach the pager after the symptom. Its webhook is the page that Stanch is given. Absent: nobody is paged. */
  readonly alert?: string;
  /** What somebody's own watcher, outside of the cluster, tells the pager once the symptom is there. Absent: no such watcher. */
  readonly report?: Report;
  /** Stanch may run its read-only commands on nodes and try connections from pods. Absent: it may only ask the API and Prometheus. */
  readonly canLookInside?: true;
  /** One of those that continuous integration runs: they matter most and take under 25 minutes together. */
  readonly isImportant?: true;
  readonly expectation: Expectation;
  /** Undoes the damage from any state, also when `break` ended half-way. */
  readonly heal: () => Promise<void>;
  /** Name of the recording, where it is not the scenario's. */
  readonly recordedAs?: string;
}

/** An alert that does not come from the lab's Prometheus: a check of one's own, as teams have for what no metric shows. */
export interface Report {
  readonly alert: string;
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Expectation {
  readonly outcome: 'explained' | 'healthy';
  /** Id of the failure mode that a right answer ranks first. Absent: nothing is wrong. */
  readonly failureMode?: string;
  readonly subject?: Subject;
}

export interface Subject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export function deployment(name: string): Subject {
  return { kind: 'Deployment', namespace: 'payments', name };
}
