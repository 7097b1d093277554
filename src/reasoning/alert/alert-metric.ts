import type { AlertExpression, Question } from '../../domain/alert.ts';
import type { MetricPoint, MetricResult } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/instant.ts';
import { isPast } from '../../domain/threshold.ts';
import type { FactSource } from '../fact-source.ts';
import { areCompatible } from '../../domain/same-alert.ts';
import { readStatedThreshold, thresholdFor } from './stated-threshold.ts';

/** The alert's own measurement over time, held against its threshold. */
export interface AlertMetric {
  readonly result: MetricResult;
  /**
   * threshold: samples are held against the comparison. presence: the expression yields samples only while the alert's condition
   * holds. level: no threshold is known.
   */
  readonly kind: 'threshold' | 'presence' | 'level';
  readonly comparison: AlertExpression['comparison'];
  /** One per instant, oldest first: the value that is furthest past the threshold, of all series that the alert can be about. */
  readonly samples: readonly Sample[];
}
export interface Sample extends MetricPoint {
  readonly isPast: boolean;
}

/** Undefined: no metric that was read measures what the alert measures. */
export function alertMetricOf(question: Question, facts: FactSource): AlertMetric | undefined {
  const result = choose(facts.get('metrics') ?? [], question.alertExpression);
  if (result === undefined) return undefined;
  const labels = question.alert?.labels ?? {};
  const compatible = result.series.filter((series) => areCompatible(labels, series.labels));
  // A rule may overwrite labels, so that none fits: then all series speak, not none.
  const points = (compatible.length > 0 ? compatible : result.series).flatMap((series) =>
    series.points.filter((point) => Number.isFinite(point.value)),
  );
  const kind = kindOf(result, question.alertExpression);
  const comparison = kind === 'presence' ? undefined : (question.alertExpression?.comparison ?? statedFor(question, result, points));
  return {
    result,
    kind: kind === 'level' && comparison !== undefined ? 'threshold' : kind,
    comparison,
    samples: worstPerInstant(points, kind, comparison),
  };
}

function choose(results: readonly MetricResult[], expression: AlertExpression | undefined): MetricResult | undefined {
  const own = results.filter((result) => result.purpose === 'alert');
  if (expression === undefined) return own[0];
  const measured = plain(expression.measured);
  const whole = plain(expression.expression);
  return (
    own.find((result) => plain(result.expression) === measured) ??
    own[0] ??
    results.find((result) => plain(result.expression) === measured) ??
    results.find((result) => plain(result.expression) === whole) ??
    results.find((result) => plain(result.expression).includes(measured))
  );
}

function kindOf(result: MetricResult, expression: AlertExpression | undefined): AlertMetric['kind'] {
  if (expression === undefined) return 'level';
  const isWhole = plain(result.expression) === plain(expression.expression);
  if (isWhole) return 'presence';
  return expression.comparison === undefined ? 'level' : 'threshold';
}

/** Without spaces and outer brackets, which mean nothing in PromQL. */
function plain(expression: string): string {
  let dense = expression.replace(/\s+/g, '');
  while (isBracketed(dense)) dense = dense.slice(1, -1);
  return dense;
}

/** True where the first bracket is closed by the last one. */
function isBracketed(dense: string): boolean {
  if (!dense.startsWith('(')) return false;
  let depth = 0;
  for (const [index, character] of dense.split('').entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return index === dense.length - 1;
  }
  return false;
}

function statedFor(question: Question, result: MetricResult, points: readonly MetricPoint[]): AlertExpression['comparison'] {
  const stated =
    question.alert === undefined ? undefined : (readStatedThreshold(question.alert.name) ?? readStatedThreshold(question.alert.summary));
  return stated === undefined
    ? undefined
    : thresholdFor(
        stated,
        result.expression,
        points.reduce((largest, point) => Math.max(largest, Math.abs(point.value)), 0),
      );
}

function worstPerInstant(
  points: readonly MetricPoint[],
  kind: AlertMetric['kind'],
  comparison: AlertExpression['comparison'],
): readonly Sample[] {
  const isLowBad = comparison?.operator === '<' || comparison?.operator === '<=';
  const worst = new Map<Instant, Sample>();
  for (const { at, value } of points) {
    const sample: Sample = { at, value, isPast: kind === 'presence' || (comparison !== undefined && isPast(value, comparison)) };
    const known = worst.get(at);
    const isWorse =
      known === undefined || (sample.isPast !== known.isPast ? sample.isPast : isLowBad ? value < known.value : value > known.value);
    if (isWorse) worst.set(at, sample);
  }
  return [...worst.values()].toSorted((left, right) => left.at - right.at);
}
