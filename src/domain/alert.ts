import type { Claim } from './citation.ts';
import type { Instant } from './instant.ts';
import type { Subject } from './subject.ts';

/** The page that woke somebody up, whatever sent it. */
export interface Alert {
  readonly source: 'alertmanager' | 'pagerduty' | 'description';
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  readonly labels: { readonly [name: string]: string };
  /** Absent: the payload does not tell. */
  readonly startedAt: Instant | undefined;
  readonly state: 'firing' | 'resolved';
  /** Lower case. Absent: not told. */
  readonly severity: string | undefined;
  /** The rule's PromQL, taken from the payload's generator address. Absent: not told. */
  readonly expression: string | undefined;
}

/** What an alert's expression says, once parsed. */
export interface AlertExpression {
  readonly expression: string;
  /** The side that is no constant; the whole expression where there is no comparison with a constant, so that a sample means firing. */
  readonly measured: string;
  /** Absent: no comparison with a plain number. */
  readonly comparison: { readonly operator: '>' | '>=' | '<' | '<=' | '==' | '!='; readonly threshold: number } | undefined;
  /** Label matchers that every selector of the measured side shares, equality only. */
  readonly labels: { readonly [name: string]: string };
  /** Metric names that the measured side reads. */
  readonly metrics: readonly string[];
}

/** What somebody wants to know. */
export interface Question {
  readonly alert: Alert | undefined;
  /** Absent: no expression, or it could not be parsed. */
  readonly alertExpression: AlertExpression | undefined;
  /** Only look here. Absent: wherever the alert or the trouble points. */
  readonly namespace: string | undefined;
  /** Label selector that narrows the workload, as `kubectl -l` takes it. */
  readonly selector: string | undefined;
  /** How far back changes count. */
  readonly lookBackMilliseconds: number;
}

export type AlertVerdict = 'real' | 'transient' | 'flapping' | 'stale' | 'cannot-tell' | 'none';

export interface AlertJudgement {
  readonly verdict: AlertVerdict;
  /** Empty only for "none". */
  readonly because: readonly Claim[];
  /** Looks that would tell. Only with "cannot-tell". */
  readonly wouldSettle?: readonly string[];
}

/** The page and what became of it on a second look. */
export interface JudgedAlert {
  readonly alert: Alert;
  readonly judgement: AlertJudgement;
  /** The workload, node or other object that the page is about. Absent: it names nothing that exists. */
  readonly target: Subject | undefined;
}
