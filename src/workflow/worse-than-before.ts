import { type Compared, longestGapMilliseconds, spokenMeasure, spokenThreshold } from '../domain/how-it-stands.ts';
import { millisecondsPerMinute, millisecondsPerSecond } from '../domain/instant.ts';
import type { Observation } from '../domain/observation.ts';
import { errorsOf, replicasOf } from './observed-trend.ts';

/** A pod has thirty seconds to end by default: until then replicas come and go because of the change itself. */
const evictionMilliseconds = 30 * millisecondsPerSecond;
/** A measure that names no range is read from the present alone; its rule and its scrapes lag by up to a minute. */
const shortestWindowMilliseconds = millisecondsPerMinute;
/**
 * A container that falls twice while a change passes over its node, once and once more as it starts, is started again after ten
 * seconds, and Ready some seconds later. Whether users suffer meanwhile is told by the alert's measure, and sooner.
 */
const failingForMilliseconds = 30 * millisecondsPerSecond;
/** Two samples of a measure lie so far apart; and where no replica is left that serves, no longer is waited. */
const worseForMilliseconds = 15 * millisecondsPerSecond;
const fewestLooks = 2;
/** A rate over a minute of few requests wobbles by a fifth. */
const clearlyWorse = 1.25;

/** In what it is worse than before anything was touched, seen again and again. Empty: in nothing. */
export function worseThanBefore({
  observations,
  baseline,
  appliedAt,
}: Compared & { readonly observations: readonly Observation[] }): readonly string[] {
  const before = { replicas: replicasOf(baseline), errors: errorsOf(baseline) };
  const settled = observations.filter(({ at }) => at - appliedAt >= evictionMilliseconds);
  const looksBack = (before.errors?.looksBackSeconds ?? 0) * millisecondsPerSecond;
  const filled = observations.filter(({ at }) => at - appliedAt >= Math.max(looksBack, shortestWindowMilliseconds));
  const moreFail = (each: Observation): boolean => {
    const count = replicasOf(each)?.failing;
    return before.replicas !== undefined && count !== undefined && count > before.replicas.failing;
  };
  const nobodyServes = (each: Observation): boolean => moreFail(each) && replicasOf(each)?.healthy === 0;
  const failing = lasting(settled, failingForMilliseconds, moreFail) || lasting(settled, worseForMilliseconds, nobodyServes);
  const measured = lasting(filled, worseForMilliseconds, (each) => before.errors !== undefined && isWorse(each, before.errors));
  const [now, then] = [observations.at(-1), before];
  const count = now === undefined ? undefined : replicasOf(now)?.failing;
  const errors = now === undefined ? undefined : errorsOf(now);
  return [
    ...(failing && then.replicas !== undefined ? [`${count ?? 0} replicas fail, where ${then.replicas.failing} did before`] : []),
    ...(measured && errors !== undefined && then.errors !== undefined
      ? [
          `the alert's measure is at ${spokenMeasure(errors)}${spokenThreshold(errors)}, where it was at ${spokenMeasure(then.errors)} before`,
        ]
      : []),
  ];
}

/** Clearly on the wrong side of both what it was and what the alert allows. */
function isWorse(observation: Observation, before: { readonly value: number }): boolean {
  const errors = errorsOf(observation);
  if (errors?.threshold === undefined || !errors.isBad) return false;
  const { value, threshold, worse } = errors;
  return worse === 'lower'
    ? value * clearlyWorse < Math.min(before.value, threshold)
    : value > Math.max(before.value, threshold) * clearlyWorse;
}

/** True of every look at the end, for long enough that it is no blip. A look that saw nothing, or a gap, ends the row. */
function lasting(observations: readonly Observation[], forMilliseconds: number, is: (observation: Observation) => boolean): boolean {
  const row: Observation[] = [];
  for (const each of observations.toReversed()) {
    const later = row.at(-1);
    if (!is(each) || (later !== undefined && later.at - each.at > longestGapMilliseconds)) break;
    row.push(each);
  }
  const [last, first] = [row[0], row.at(-1)];
  return row.length >= fewestLooks && last !== undefined && first !== undefined && last.at - first.at >= forMilliseconds;
}
