import type { Question } from '../domain/alert.ts';
import { type Claim, type Citation, claim, citeMetric } from '../domain/citation.ts';
import { clockTime, type Instant, millisecondsPerMinute } from '../domain/instant.ts';
import type { Onset } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { alertMetricOf, type AlertMetric, type Sample } from './alert/alert-metric.ts';
import { spokenNumber } from '../domain/spoken-number.ts';
import { findChangePoints } from './change-point.ts';
import type { FactSource } from './fact-source.ts';
import { firstFailureOf, type Sign } from './first-failure.ts';
import { median, robustSpread } from './statistics/median.ts';

/** Signs with a longer silence between them are two episodes: rules seldom wait longer than this before they fire. */
const episodeGapMilliseconds = 30 * millisecondsPerMinute;
/** Three spreads hold practically every sample of a steady level. */
const usualSpreads = 3;
/** Samples that make a usual level; with fewer the first crossing has to do. */
const fewestUsualSamples = 4;
const shownAtMost = 4;

/**
 * When it began: the earliest sign within the episode that the page is about. Signs are the first failure of each failing replica
 * and the sample at which the alert's measurement left its usual range. Undefined: there is no sign, not even a time in the page.
 */
export function findOnset(question: Question, facts: FactSource, failing: readonly Replica[]): Onset | undefined {
  const departure = departureOf(question, facts);
  const failures = failing.flatMap((replica) => firstFailureOf(replica, facts) ?? []);
  const signs = [...(departure === undefined ? [] : [departure]), ...failures].toSorted((left, right) => left.at - right.at);
  const { alert } = question;
  const [first, ...more] = chooseEpisode(episodesOf(signs), departure?.at ?? alert?.startedAt);
  if (first !== undefined) return { at: first.at, because: [claimOf(first), ...more.slice(0, shownAtMost - 1).map(claimOf)] };
  if (alert?.startedAt === undefined) return undefined;
  const citation: Citation = {
    of: { kind: 'alert', alert: alert.name },
    shows: `started ${clockTime(alert.startedAt)}`,
    at: alert.startedAt,
  };
  return {
    at: alert.startedAt,
    because: [claim(`The page says that it fires since ${clockTime(alert.startedAt)}; the trouble can be older than that.`, citation)],
  };
}

function claimOf({ says, citation }: Sign): Claim {
  return claim(says, citation);
}

type Episode = readonly Sign[];

function episodesOf(signs: readonly Sign[]): readonly Episode[] {
  const episodes: Sign[][] = [];
  for (const sign of signs) {
    const current = episodes.at(-1);
    const last = current?.at(-1);
    if (current !== undefined && last !== undefined && sign.at - last.at <= episodeGapMilliseconds) current.push(sign);
    else episodes.push([sign]);
  }
  return episodes;
}

/**
 * With an anchor (the measurement's departure, or the page's own time), the last episode that had begun by then, or else the
 * first one after it. Without one, the episode with most signs, the latest of equals: old noise is mostly alone.
 */
function chooseEpisode(episodes: readonly Episode[], anchor: Instant | undefined): Episode {
  if (anchor === undefined) return episodes.reduce((largest, episode) => (episode.length >= largest.length ? episode : largest), []);
  return episodes.findLast((episode) => (episode[0]?.at ?? 0) <= anchor) ?? episodes[0] ?? [];
}

/** Where the alert's measurement left its usual range for the breach that lasts, or lasted last. */
function departureOf(question: Question, facts: FactSource): Sign | undefined {
  const metric = question.alert === undefined ? undefined : alertMetricOf(question, facts);
  if (metric === undefined) return undefined;
  return metric.kind === 'level' ? shiftOf(metric) : crossingOf(metric);
}

/** Without a threshold, the last lasting shift of level. */
function shiftOf({ result, samples }: AlertMetric): Sign | undefined {
  const shift = findChangePoints(samples).at(-1);
  if (shift === undefined) return undefined;
  const says = `The alert's measurement moved from ${spokenNumber(shift.medianBefore)} to ${spokenNumber(shift.medianAfter)} at ${clockTime(shift.at)}.`;
  return {
    at: shift.at,
    says,
    citation: citeMetric(result, `level before ${spokenNumber(shift.medianBefore)}, after ${spokenNumber(shift.medianAfter)}`, shift.at),
  };
}

/**
 * The crossing itself comes late by as long as the measurement took to climb. From the crossing we walk back while samples lie
 * outside the usual range of what came before, on the bad side.
 */
function crossingOf({ result, samples, comparison, kind }: AlertMetric): Sign | undefined {
  const lastPast = samples.findLastIndex((sample) => sample.isPast);
  if (lastPast < 0) return undefined;
  const crossing = samples.slice(0, lastPast + 1).findLastIndex((sample) => !sample.isPast) + 1;
  // Past from the first sample on: it began before the time that was read, so nothing here dates it.
  const crossed = samples[crossing];
  if (crossed === undefined || crossing === 0) return undefined;
  const isLowBad = comparison?.operator === '<' || comparison?.operator === '<=';
  const start = kind === 'presence' ? crossing : walkBack(samples, crossing, isLowBad);
  const departed = samples[start] ?? crossed;
  const threshold = comparison === undefined ? '' : ` and was past ${spokenNumber(comparison.threshold)} at ${clockTime(crossed.at)}`;
  const says =
    departed === crossed
      ? `The alert's measurement crossed its threshold at ${clockTime(crossed.at)}, with ${spokenNumber(crossed.value)}.`
      : `The alert's measurement left its usual range at ${clockTime(departed.at)}${threshold}.`;
  return {
    at: departed.at,
    says,
    citation: citeMetric(result, `${spokenNumber(departed.value)} at ${clockTime(departed.at)}`, departed.at),
  };
}

function walkBack(samples: readonly Sample[], crossing: number, isLowBad: boolean): number {
  const usual = samples
    .slice(0, crossing)
    .filter((sample) => !sample.isPast)
    .map((sample) => sample.value);
  const middle = median(usual);
  const spread = robustSpread(usual);
  if (middle === undefined || spread === undefined || usual.length < fewestUsualSamples) return crossing;
  const crossedBy = Math.abs((samples[crossing]?.value ?? middle) - middle);
  // A level that never moved has no spread; a twentieth of the jump then stands for "moved at all".
  const band = Math.max(usualSpreads * spread, crossedBy / 20);
  let start = crossing;
  while (start > 0) {
    const earlier = samples[start - 1];
    const excess = earlier === undefined ? 0 : isLowBad ? middle - earlier.value : earlier.value - middle;
    if (earlier === undefined || earlier.isPast || excess <= band) break;
    start -= 1;
  }
  return start;
}
