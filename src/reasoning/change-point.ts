import type { MetricPoint } from '../domain/evidence.ts';
import type { Instant } from '../domain/instant.ts';
import { mannWhitneyTwoSided } from './statistics/mann-whitney.ts';
import { median } from './statistics/median.ts';

/** A time at which a measurement moved to another level and stayed there. */
export interface ChangePoint {
  /** The first sample of the new level. */
  readonly at: Instant;
  readonly medianBefore: number;
  readonly medianAfter: number;
  /** Probability that samples of one level in random order would separate as well at any place. */
  readonly pValue: number;
}

/**
 * Neighbouring samples of a metric resemble each other (a rate looks back over minutes), so chance separates them more often
 * than the test assumes: one in a hundred instead of the customary one in twenty.
 */
const significance = 0.01;
/** One sample on its own is a spike, not a level. */
const fewestOnASide = 2;

/**
 * All shifts of level, oldest first. At each step the place where the ranks before and after differ most, as in Pettitt,
 * Applied Statistics 28 (1979), but standardised so that a shift near the end is found as well as one in the middle, then both
 * sides again. Ranks, not values: no spike, however high, makes a shift. Points must be oldest first; others than finite are dropped.
 */
export function findChangePoints(points: readonly MetricPoint[]): readonly ChangePoint[] {
  return shiftsWithin(points.filter((point) => Number.isFinite(point.value)));
}

function shiftsWithin(points: readonly MetricPoint[]): readonly ChangePoint[] {
  const place = likeliestPlace(points.map((point) => point.value));
  const first = place === undefined ? undefined : points[place.at];
  if (place === undefined || first === undefined) return [];
  const placesTried = points.length - 2 * fewestOnASide + 1;
  const pValue = Math.min(1, placesTried * mannWhitneyTwoSided(place.winsBefore, place.at, points.length - place.at));
  if (pValue > significance) return [];
  const before = points.slice(0, place.at);
  const after = points.slice(place.at);
  const shift: ChangePoint = { at: first.at, medianBefore: middle(before), medianAfter: middle(after), pValue };
  return [...shiftsWithin(before), shift, ...shiftsWithin(after)];
}

function middle(points: readonly MetricPoint[]): number {
  return median(points.map((point) => point.value)) ?? 0;
}

interface Place {
  /** Index of the first sample of the later part. */
  readonly at: number;
  /** Mann and Whitney's count for the earlier part. */
  readonly winsBefore: number;
}

/** Where the standardised rank difference is largest; the earliest of equals. Undefined: too few samples, or all are equal. */
function likeliestPlace(values: readonly number[]): Place | undefined {
  const ranks = midRanks(values);
  const total = values.length;
  let best: (Place & { readonly difference: number }) | undefined;
  let rankSum = 0;
  for (const [index, rank] of ranks.entries()) {
    const before = index;
    const after = total - before;
    if (before >= fewestOnASide && after >= fewestOnASide) {
      const winsBefore = rankSum - (before * (before + 1)) / 2;
      const difference = Math.abs(winsBefore - (before * after) / 2) / Math.sqrt((before * after * (total + 1)) / 12);
      if (difference > (best?.difference ?? 0)) best = { at: before, winsBefore, difference };
    }
    rankSum += rank;
  }
  return best;
}

/** Ranks from 1; equal values share the mean of the ranks that they take up. */
function midRanks(values: readonly number[]): readonly number[] {
  const order = values.map((value, place) => ({ value, place })).toSorted((left, right) => left.value - right.value);
  const ranks = values.map(() => 0);
  let start = 0;
  while (start < order.length) {
    let end = start;
    while (end + 1 < order.length && order[end + 1]?.value === order[start]?.value) end += 1;
    for (const { place } of order.slice(start, end + 1)) ranks[place] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return ranks;
}
