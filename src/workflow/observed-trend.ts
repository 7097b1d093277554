import type { Compared } from '../domain/how-it-stands.ts';
import { millisecondsPerMinute } from '../domain/instant.ts';
import type { MeasuredErrors, Observation, ReplicaCounts } from '../domain/observation.ts';

interface Watched extends Compared {
  readonly observations: readonly Observation[];
}

/** Replicas start and rates move within a minute; what has not moved for that long has stopped moving. */
const trendMilliseconds = millisecondsPerMinute;
/** A rate of few requests wobbles by as much as this. */
const steadyShare = 0.1;
/** A quarter less is more than the wobble of a rate over a minute. */
const clearShare = 0.25;

/** ", falling" or ", rising". Empty: neither, or too little was seen. */
export function trendOf(observations: readonly Observation[]): string {
  const [earlier, last] = recentPair(observations, errorsOf);
  if (earlier === undefined || last === undefined || earlier === last) return '';
  if (last.value < earlier.value * (1 - steadyShare)) return ', falling';
  return last.value > earlier.value * (1 + steadyShare) ? ', rising' : '';
}

/** What is clearly better than before anything was touched, and still getting better. Empty: nothing. */
export function whatImproved({ observations, baseline }: Watched): readonly string[] {
  const [earlier, last] = recentPair(observations, errorsOf);
  const before = errorsOf(baseline);
  const isMeasureBetter =
    last !== undefined &&
    earlier !== undefined &&
    before !== undefined &&
    isBetter(last, before, clearShare) &&
    isBetter(last, earlier, steadyShare);
  return [
    ...(isMeasureBetter ? ["the alert's measure is clearly better than before and still improving"] : []),
    ...replicasImproved(observations, baseline),
  ];
}

function replicasImproved(observations: readonly Observation[], baseline: Observation): readonly string[] {
  const [earlier, last] = recentPair(observations, replicasOf);
  const before = replicasOf(baseline);
  if (earlier === undefined || last === undefined || before === undefined) return [];
  const isFewer = last.failing < before.failing && (last.failing < earlier.failing || last.healthy > earlier.healthy);
  return isFewer ? [`${before.failing - last.failing} of ${before.failing} failing replicas have recovered and more follow`] : [];
}

function isBetter(one: MeasuredErrors, other: MeasuredErrors, share: number): boolean {
  return one.worse === 'lower' ? one.value > other.value * (1 + share) : one.value < other.value * (1 - share);
}

/** The first and the last that were seen within the time that a trend needs. */
function recentPair<Seen>(
  observations: readonly Observation[],
  of: (observation: Observation) => Seen | undefined,
): readonly [Seen | undefined, Seen | undefined] {
  const end = observations.at(-1)?.at ?? 0;
  const recent = observations.filter(({ at }) => end - at <= trendMilliseconds).flatMap((each) => of(each) ?? []);
  return [recent[0], recent.at(-1)];
}

export function errorsOf({ errors }: Observation): MeasuredErrors | undefined {
  return errors.state === 'seen' ? errors : undefined;
}

export function replicasOf({ replicas }: Observation): ReplicaCounts | undefined {
  return replicas.state === 'seen' ? replicas : undefined;
}
