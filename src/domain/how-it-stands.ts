import { type Instant, millisecondsPerSecond } from './instant.ts';
import type { MeasuredErrors, Observation, ReplicaCounts, Unseen } from './observation.ts';
import { spokenNumber } from './spoken-number.ts';

/** One side of an observation, judged by itself. left-out: nobody asked for it. */
export interface Side {
  readonly side: 'replicas' | 'errors' | 'alert';
  readonly stands: 'well' | 'not-well' | 'unreadable' | 'left-out';
  /** In a few words: "2 of 4 replicas Ready". */
  readonly says: string;
}

export interface Compared {
  /** When the last change was carried out. A sample from before it says nothing about its effect. */
  readonly appliedAt: Instant;
  /** How things were before anything was touched. */
  readonly baseline: Observation;
}

/** Every side of what was observed. Unreadable is never well. */
export function sidesOf({ at, replicas, errors, alert }: Observation, compared: Compared): readonly Side[] {
  return [
    replicas.state === 'seen' ? replicaSide(replicas, compared.baseline) : unseen('replicas', replicas, 'the replicas'),
    errors.state === 'seen' ? errorSide(errors, at, compared.appliedAt) : unseen('errors', errors, "the alert's measure"),
    !('detail' in alert)
      ? { side: 'alert', stands: alert.state === 'quiet' ? 'well' : 'not-well', says: `the alert is ${alert.state}` }
      : unseen('alert', alert, "the alert's state"),
  ];
}

/** True: at least one side was asked for, and every side that was asked for is seen and good. */
export function isWell(sides: readonly Side[]): boolean {
  const asked = sides.filter(({ stands }) => stands !== 'left-out');
  return asked.length > 0 && asked.every(({ stands }) => stands === 'well');
}

function unseen(side: Side['side'], { state, detail }: Unseen, what: string): Side {
  return state === 'not-asked-for'
    ? { side, stands: 'left-out', says: `${what}: not watched (${detail})` }
    : { side, stands: 'unreadable', says: `${what}: could not be read (${detail})` };
}

/** Where nobody says how many are wanted, as many as were healthy before must be, and at least one: an empty list is not health. */
function replicaSide(counts: ReplicaCounts, { replicas: before }: Observation): Side {
  const { failing, healthy, undecided, wanted } = counts;
  const needed = wanted ?? Math.max(1, before.state === 'seen' ? before.healthy : 1);
  const all = wanted ?? failing + healthy + undecided;
  const doubts = [
    ...(failing === 0 ? [] : [`${failing} failing`]),
    ...(undecided === 0 ? [] : [`${undecided} starting`]),
    ...(wanted === 0 ? ['none is wanted'] : []),
  ];
  const isGood = failing === 0 && undecided === 0 && healthy >= needed && wanted !== 0;
  const says = `${healthy} of ${all} replicas Ready${doubts.length === 0 ? '' : `, ${doubts.join(', ')}`}`;
  return { side: 'replicas', stands: isGood ? 'well' : 'not-well', says };
}

/** One or two scrapes are missed at any restart; a sample older than this shows what was, not what is. */
const missedSamples = 4;
const oldestSampleMilliseconds = 60 * millisecondsPerSecond;

function errorSide(errors: MeasuredErrors, at: Instant, appliedAt: Instant): Side {
  const age = at - errors.sampledAt;
  const allowed = Math.max(oldestSampleMilliseconds, missedSamples * (errors.everySeconds ?? 0) * millisecondsPerSecond);
  const value = spokenMeasure(errors);
  if (age > allowed)
    return {
      side: 'errors',
      stands: 'unreadable',
      says: `the alert's measure: ${value}, but that sample is ${Math.round(age / millisecondsPerSecond)} s old`,
    };
  const isBefore = errors.sampledAt < appliedAt;
  const says = errors.isEmpty === true ? "the alert's measure has nothing left to count" : `the alert's measure at ${value}`;
  if (errors.isBad) return { side: 'errors', stands: 'not-well', says: `${says}${spokenThreshold(errors)}` };
  return { side: 'errors', stands: isBefore ? 'not-well' : 'well', says: isBefore ? `${says}, sampled before the change` : says };
}

/** "3.1 %" for a share, a plain number for anything else. */
export function spokenMeasure({ value, unit }: Pick<MeasuredErrors, 'value' | 'unit'>): string {
  if (unit === undefined) return spokenNumber(value);
  const percent = unit === 'share' ? value * 100 : value;
  return `${percent !== 0 && Math.abs(percent) < 0.1 ? spokenNumber(percent) : Number(percent.toFixed(1))} %`;
}

/** " (bad above 5 %)". Empty: no number to compare with. */
export function spokenThreshold({ threshold, unit, worse }: MeasuredErrors): string {
  if (threshold === undefined) return '';
  return ` (bad ${worse === 'lower' ? 'below' : 'above'} ${spokenMeasure({ value: threshold, ...(unit === undefined ? {} : { unit }) })})`;
}

/** One look takes up to twenty seconds and is followed by a pause; between two that lie further apart nobody looked. */
export const longestGapMilliseconds = 30 * millisecondsPerSecond;

/**
 * Since when it has been well without a break, up to the latest observation. Observations oldest first. A gap in which
 * nobody looked is a break. Undefined: the latest is not well.
 */
export function wellSince(observations: readonly Observation[], compared: Compared): Instant | undefined {
  let since: Instant | undefined;
  let last: Instant | undefined;
  for (const observation of observations) {
    const { at } = observation;
    const isUnbroken = last !== undefined && at - last <= longestGapMilliseconds;
    if (at < compared.appliedAt || !isWell(sidesOf(observation, compared))) since = undefined;
    else if (since === undefined || !isUnbroken) since = at;
    last = at;
  }
  return since;
}
