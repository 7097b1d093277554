import { groupBy } from '../../domain/collection.ts';
import type { AlertFiring } from '../../domain/evidence.ts';
import { type Instant, millisecondsPerHour, millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';

/** Two may be one trouble that came back; three are a pattern. */
export const fewestFlaps = 3;
/** A firing that lasts longer is an incident that somebody could have worked on, not a flap. */
export const longestFlapMilliseconds = 15 * millisecondsPerMinute;
/** The span of one night shift: what fired the evening before is not tonight's flapping. */
export const flapWindowMilliseconds = 6 * millisecondsPerHour;

/** The short firings of one label set, where they make a pattern. Empty: it does not flap. */
export function flapsAmong(firings: readonly AlertFiring[], now: Instant): readonly AlertFiring[] {
  const flaps = firings.filter((firing) => isFlap(firing, now));
  const current = currentOf(firings);
  const outlastsFlaps = current !== undefined && now - current.startedAt > longestFlapMilliseconds;
  return flaps.length >= fewestFlaps && !outlastsFlaps ? flaps : [];
}

function isFlap({ startedAt, endedAt }: AlertFiring, now: Instant): boolean {
  return endedAt !== undefined && endedAt - startedAt <= longestFlapMilliseconds && now - endedAt <= flapWindowMilliseconds;
}

/** The latest, where it has no end: an earlier firing without one must have ended before the next began, even if nobody wrote down when. */
export function currentOf(firings: readonly AlertFiring[]): AlertFiring | undefined {
  const latest = firings.toSorted((left, right) => left.startedAt - right.startedAt).at(-1);
  return latest?.endedAt === undefined ? latest : undefined;
}

/** Each label set is an alert of its own: ten pods that fire once each do not flap. */
export function bySeries(firings: readonly AlertFiring[]): readonly (readonly AlertFiring[])[] {
  return [...groupBy(firings, labelKey).values()];
}

function labelKey(firing: AlertFiring): string {
  return Object.entries(firing.labels)
    .filter(([name]) => name !== 'alertstate')
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(',');
}

/** Where one cause stands, by the firings and ends that were heard of it. */
export interface Standing {
  readonly state: 'firing' | 'resolved' | 'flapping';
  /** Within the window. */
  readonly fired: number;
  readonly ended: number;
  /** Short firings that make the pattern. 0: there is none. */
  readonly flaps: number;
  /** When the last end was heard of. Undefined: none was. */
  readonly lastEndedAt: Instant | undefined;
  /** In a sentence. */
  readonly because: string;
}

/**
 * From firing to resolved with the last end, and to flapping where short firings come one after the other; back to firing where
 * one outlasts a flap, and to resolved where none came for the window. A sibling that fires steadily outweighs one that flaps.
 */
export function standingOf(firings: readonly AlertFiring[], now: Instant): Standing {
  const series = bySeries(firings);
  const flapping = series.map((each) => flapsAmong(each, now)).toSorted((one, other) => other.length - one.length)[0] ?? [];
  const isSteady = series.some((each) => currentOf(each) !== undefined && flapsAmong(each, now).length === 0);
  const state = isSteady ? 'firing' : flapping.length > 0 ? 'flapping' : 'resolved';
  const ends = firings.flatMap(({ endedAt }) => endedAt ?? []);
  const counts = {
    fired: firings.filter(({ startedAt }) => now - startedAt <= flapWindowMilliseconds).length,
    ended: ends.filter((endedAt) => now - endedAt <= flapWindowMilliseconds).length,
    flaps: state === 'flapping' ? flapping.length : 0,
  };
  return { state, ...counts, lastEndedAt: ends.length === 0 ? undefined : Math.max(...ends), because: spoken(state, counts) };
}

function spoken(state: Standing['state'], { fired, ended, flaps }: Pick<Standing, 'fired' | 'ended' | 'flaps'>): string {
  const window = spokenDuration(flapWindowMilliseconds);
  const counted = `It fired ${times(fired)} and ended ${times(ended)} in the last ${window}`;
  switch (state) {
    case 'firing':
      return `${counted}, and fires.`;
    case 'resolved':
      return `${counted}, and does not fire.`;
    case 'flapping':
      return `${counted}; ${flaps} firings lasted no longer than ${spokenDuration(longestFlapMilliseconds)} each: it flaps.`;
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
