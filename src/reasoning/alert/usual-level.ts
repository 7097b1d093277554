import { type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import { median } from '../statistics/median.ts';
import type { Sample } from './alert-metric.ts';

/** Rules wait some minutes before they fire, and rates look back as far: until then before the page all was as usual. */
const leadMilliseconds = 15 * millisecondsPerMinute;
/** Fewer samples do not show what is usual. */
const fewestSamples = 5;
/** What leaves its usual range by less than this many times its own wobble may be chance. */
const clearTimes = 3;
/** Back within a tenth of how far it went. */
const backShare = 0.1;

export interface AgainstUsual {
  readonly state: 'away' | 'back' | 'between';
  readonly usual: number;
  /** How far it went: the value that lay furthest from the usual one. */
  readonly furthest: number;
  /** The last sample that was not back. */
  readonly lastAway: Sample;
}

/**
 * Where no threshold is known, the page tells when one was passed: how the measurement stands to what was usual before it.
 * Undefined: too little was seen before the page, or nothing left its usual range about when the page began.
 */
export function againstUsual(samples: readonly Sample[], startedAt: Instant | undefined): AgainstUsual | undefined {
  if (startedAt === undefined) return undefined;
  const before = samples.filter((sample) => sample.at < startedAt - leadMilliseconds).map((sample) => sample.value);
  const usual = median(before);
  const since = samples.filter((sample) => sample.at >= startedAt - leadMilliseconds);
  const last = since.at(-1);
  if (usual === undefined || before.length < fewestSamples || last === undefined) return undefined;
  const distance = (value: number): number => Math.abs(value - usual);
  const wobble = Math.max(...before.map(distance));
  const furthest = since.reduce((far, { value }) => (distance(value) > distance(far) ? value : far), last.value);
  const reach = distance(furthest);
  const isAway = ({ value }: Sample): boolean => distance(value) >= reach / 2;
  const isBack = ({ value }: Sample): boolean => distance(value) <= Math.max(wobble, reach * backShare);
  const lastAway = since.findLast((sample) => !isBack(sample));
  const leftInTime = since.some((sample) => sample.at <= startedAt + millisecondsPerMinute && isAway(sample));
  if (reach === 0 || reach < clearTimes * wobble || !leftInTime || lastAway === undefined) return undefined;
  return { state: isAway(last) ? 'away' : isBack(last) ? 'back' : 'between', usual, furthest, lastAway };
}
