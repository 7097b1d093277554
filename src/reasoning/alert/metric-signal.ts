import type { Question } from '../../domain/alert.ts';
import { type Claim, claim, citeMetric } from '../../domain/citation.ts';
import { clockTime, type Instant, millisecondsPerMinute, millisecondsPerSecond, spokenDuration } from '../../domain/instant.ts';
import type { FactSource } from '../fact-source.ts';
import { median } from '../statistics/median.ts';
import { type AlertMetric, alertMetricOf, type Sample } from './alert-metric.ts';
import type { MetricState, ScrapeState } from './decide-verdict.ts';
import { type AgainstUsual, againstUsual } from './usual-level.ts';
import { spokenNumber } from '../../domain/spoken-number.ts';

export interface MetricSignal {
  readonly state: MetricState;
  readonly claims: readonly Claim[];
}

/** One or two samples go missing at any restart; five in a row do not. */
const missingSteps = 5;
/** With steps of a few seconds, the time that collecting itself takes must not make samples old. */
const shortestSilenceMilliseconds = 2 * millisecondsPerMinute;
/** Rates usually look back five minutes: until then a fall shows only that errors leave the window. Also Alertmanager's resolve_timeout. */
const calmMilliseconds = 5 * millisecondsPerMinute;
/** Metrics that were read this long before the rest say nothing about now. */
const outdatedMilliseconds = 15 * millisecondsPerMinute;
/** How far back "rising" and "falling" look. */
const trendMilliseconds = 5 * millisecondsPerMinute;

/** Level, trend, crossings and freshness of what the alert measures. */
export function readMetric(question: Question, facts: FactSource, scrape: ScrapeState): MetricSignal {
  const metric = alertMetricOf(question, facts);
  if (metric === undefined) return { state: 'unknown', claims: [] };
  const { result, samples } = metric;
  const seenUntil = Math.min(facts.now, result.until);
  if (facts.now - result.until > outdatedMilliseconds) {
    return signal(
      'unknown',
      metric,
      `The measurement was read only up to ${clockTime(result.until)}, so it cannot tell how it stands.`,
      'last read',
    );
  }
  const last = samples.at(-1);
  if (last === undefined) return absent(metric);
  const silence = seenUntil - last.at;
  const isFresh = silence <= silenceAllowed(metric);
  const standing =
    metric.kind === 'level' && isFresh && !filters(metric.result.expression) ? againstUsual(samples, question.alert?.startedAt) : undefined;
  if (standing !== undefined) return usualSignal(metric, last, standing);
  if (metric.kind === 'level' && (isFresh || filters(metric.result.expression)))
    return signal(
      'unknown',
      metric,
      `The measurement stands at ${spokenNumber(last.value)}${trendOf(samples)}, but its threshold is not known.`,
      'level',
      last,
    );
  if (isFresh) return freshSignal(metric, last, seenUntil, question.alert?.startedAt);
  if (metric.kind === 'presence') return silentPresence(metric, last, scrape, silence);
  return signal(
    'frozen',
    metric,
    `The measurement has had no sample for ${spokenDuration(silence)}; the last one, at ${clockTime(last.at)}, was ${spokenNumber(last.value)}.`,
    'last sample',
    last,
  );
}

/** An expression that compares yields no samples while it does not hold, so that their lack is no sign of a monitoring that broke. */
function filters(expression: string): boolean {
  return /[<>]|[=!]=/.test(expression.replace(/\{[^}]*\}|"(?:[^"\\]|\\.)*"/g, ''));
}

function silenceAllowed({ result }: AlertMetric): number {
  return Math.max(missingSteps * result.stepSeconds * millisecondsPerSecond, shortestSilenceMilliseconds);
}

function absent(metric: AlertMetric): MetricSignal {
  const says = 'The measurement has no series at all in the time that was read.';
  // Without samples, an expression that filters by itself has simply not been true.
  return signal(metric.kind === 'presence' ? 'unknown' : 'absent', metric, says, 'no series');
}

/** No sample of a filtering expression is its normal state, provided that the monitoring behind it works. */
function silentPresence(metric: AlertMetric, last: Sample, scrape: ScrapeState, silence: number): MetricSignal {
  const state = scrape !== 'up' ? 'unknown' : silence >= calmMilliseconds ? 'normal' : 'recovering';
  return signal(state, metric, `The alert's condition was last true at ${clockTime(last.at)}.`, 'last sample', last);
}

function freshSignal(metric: AlertMetric, last: Sample, seenUntil: Instant, startedAt: Instant | undefined): MetricSignal {
  if (last.isPast) return breaching(metric, last);
  const lastPast = metric.samples.findLast((sample) => sample.isPast);
  if (lastPast === undefined) return neverPast(metric, last, startedAt);
  const calmFor = seenUntil - lastPast.at;
  const highest = furthest(metric);
  const says =
    `The measurement was past ${spokenThreshold(metric)} until ${clockTime(lastPast.at)}, at most ${spokenNumber(highest.value)}; ` +
    `it stands at ${spokenNumber(last.value)} and has been back for ${spokenDuration(calmFor)}${crossingsOf(metric)}.`;
  return signal(calmFor >= calmMilliseconds ? 'normal' : 'recovering', metric, says, 'level', last);
}

/** Held against what was usual before the page, for want of a threshold. */
function usualSignal(metric: AlertMetric, last: Sample, { state, usual, furthest, lastAway }: AgainstUsual): MetricSignal {
  const calmFor = last.at - lastAway.at;
  const went = `The measurement left what was usual (${spokenNumber(usual)}) when the page began, as far as ${spokenNumber(furthest)}`;
  if (state === 'away') return signal('breaching', metric, `${went}, and stands at ${spokenNumber(last.value)}.`, 'level', last);
  const says = `${went}; it stands at ${spokenNumber(last.value)} and has been back for ${spokenDuration(calmFor)}.`;
  return signal(state === 'back' && calmFor >= calmMilliseconds ? 'normal' : 'recovering', metric, says, 'level', last);
}

function breaching(metric: AlertMetric, last: Sample): MetricSignal {
  const since = metric.samples.slice(metric.samples.findLastIndex((sample) => !sample.isPast) + 1)[0] ?? last;
  if (metric.kind === 'presence')
    return signal('breaching', metric, `The alert's condition has been true since ${clockTime(since.at)}.`, 'level', last);
  const before = median(metric.samples.filter((sample) => sample.at < since.at && !sample.isPast).map((sample) => sample.value));
  const usual = before === undefined ? '' : `, where ${spokenNumber(before)} was usual before`;
  const says = `The measurement stands at ${spokenNumber(last.value)}, past ${spokenThreshold(metric)} since ${clockTime(since.at)}${trendOf(metric.samples)}${usual}${crossingsOf(metric)}.`;
  return signal('breaching', metric, says, 'level', last);
}

function neverPast(metric: AlertMetric, last: Sample, startedAt: Instant | undefined): MetricSignal {
  const first = metric.samples[0] ?? last;
  const isContradiction = startedAt !== undefined && startedAt >= first.at && startedAt <= last.at;
  const says = `The measurement stands at ${spokenNumber(last.value)} and was never past ${spokenThreshold(metric)} since ${clockTime(first.at)}.`;
  const isLongEnough = last.at - first.at >= calmMilliseconds;
  return signal(isContradiction ? 'contradicts' : isLongEnough ? 'normal' : 'unknown', metric, says, 'level', last);
}

function furthest(metric: AlertMetric): Sample {
  const isLowBad = metric.comparison?.operator === '<' || metric.comparison?.operator === '<=';
  const past = metric.samples.filter((sample) => sample.isPast);
  return past.reduce((worst, sample) => ((isLowBad ? sample.value < worst.value : sample.value > worst.value) ? sample : worst));
}

function spokenThreshold({ comparison }: AlertMetric): string {
  return comparison === undefined ? 'its threshold' : `its threshold (${comparison.operator} ${spokenNumber(comparison.threshold)})`;
}

/** A tenth of the range that was seen is more than the wobble of a steady measurement. */
function trendOf(samples: readonly Sample[]): string {
  const last = samples.at(-1);
  const earlier = samples.findLast((sample) => last !== undefined && last.at - sample.at >= trendMilliseconds) ?? samples[0];
  if (last === undefined || earlier === undefined || earlier === last) return '';
  const sorted = samples.map((sample) => sample.value).toSorted((left, right) => left - right);
  const range = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  const difference = last.value - earlier.value;
  return Math.abs(difference) <= range / 10 ? ' and steady' : difference > 0 ? ' and rising' : ' and falling';
}

function crossingsOf({ samples }: AlertMetric): string {
  const crossings = samples.filter((sample, index) => sample.isPast && samples[index - 1]?.isPast === false).length;
  return crossings > 1 ? `, after ${crossings} crossings in the time that was read` : '';
}

function signal(state: MetricState, metric: AlertMetric, says: string, what: string, sample?: Sample): MetricSignal {
  const shows = sample === undefined ? what : `${what} ${spokenNumber(sample.value)} at ${clockTime(sample.at)}`;
  return { state, claims: [claim(says, citeMetric(metric.result, shows, sample?.at))] };
}
