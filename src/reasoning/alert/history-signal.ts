import type { Alert } from '../../domain/alert.ts';
import { type Claim, type Citation, claim, claimFromAll, citeList } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import type { AlertFiring } from '../../domain/evidence.ts';
import { clockTime, type Instant, millisecondsPerHour, millisecondsPerMinute, spokenDuration } from '../../domain/instant.ts';
import type { FactSource } from '../fact-source.ts';
import type { HistoryState } from './decide-verdict.ts';
import { isFiringOf } from '../../domain/same-alert.ts';

export interface HistorySignal {
  readonly state: HistoryState;
  readonly claims: readonly Claim[];
}

/** Two may be one trouble that came back; three are a pattern. */
const fewestFlaps = 3;
/** A firing that lasts longer is an incident that somebody could have worked on, not a flap. */
const longestFlapMilliseconds = 15 * millisecondsPerMinute;
/** The span of one night shift: what fired the evening before is not tonight's flapping. */
const flapWindowMilliseconds = 6 * millisecondsPerHour;

/** Is this the first fire tonight, or does it come and go? */
export function readHistory(alert: Alert, facts: FactSource): HistorySignal {
  const history = facts.get('alert-history');
  if (history === undefined) return { state: 'unknown', claims: [] };
  const ours = history.filter((firing) => isFiringOf(alert, firing));
  if (ours.length === 0) {
    const shows = `no firing of "${alert.name}" among ${history.length} recorded`;
    return { state: 'silent', claims: [claim('The alert history does not know this alert.', citeList('alert-history', undefined, shows))] };
  }
  // Each label set is an alert of its own: ten pods that fire once each do not flap.
  const episodes = [...groupBy(ours, labelKey).values()].map((firings) => episodeOf(firings, facts.now));
  return (
    episodes.toSorted((left, right) => precedence.indexOf(left.state) - precedence.indexOf(right.state))[0] ?? {
      state: 'silent',
      claims: [],
    }
  );
}

/** A steady firing outweighs a flapping sibling, which outweighs one that ended. */
const precedence: readonly HistoryState[] = ['first', 'again', 'flapping', 'ended', 'silent', 'unknown'];

function labelKey(firing: AlertFiring): string {
  return Object.entries(firing.labels)
    .filter(([name]) => name !== 'alertstate')
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(',');
}

function episodeOf(unordered: readonly AlertFiring[], now: Instant): HistorySignal {
  const firings = unordered.toSorted((left, right) => left.startedAt - right.startedAt);
  // An earlier firing without an end must have ended before the next began, even if nobody wrote down when.
  const latest = firings.at(-1);
  const current = latest?.endedAt === undefined ? latest : undefined;
  const flaps = firings.filter((firing) => isFlap(firing, now));
  const outlastsFlaps = current !== undefined && now - current.startedAt > longestFlapMilliseconds;
  if (flaps.length >= fewestFlaps && !outlastsFlaps) return flapping(flaps, current);
  if (current !== undefined)
    return firingNow(
      current,
      firings.filter((firing) => firing !== current),
    );
  return ended(firings);
}

function isFlap(firing: AlertFiring, now: Instant): boolean {
  const { startedAt, endedAt } = firing;
  return endedAt !== undefined && endedAt - startedAt <= longestFlapMilliseconds && now - endedAt <= flapWindowMilliseconds;
}

function flapping(flaps: readonly AlertFiring[], current: AlertFiring | undefined): HistorySignal {
  const longest = Math.max(...flaps.map((flap) => (flap.endedAt ?? flap.startedAt) - flap.startedAt));
  const says =
    `It fired and ended ${flaps.length} times in the last ${spokenDuration(flapWindowMilliseconds)}, never for longer than ${spokenDuration(longest)}` +
    `${current === undefined ? '.' : `, and fires again since ${clockTime(current.startedAt)}.`}`;
  return { state: 'flapping', claims: present(claimFromAll(says, [...flaps, ...(current === undefined ? [] : [current])].map(cite))) };
}

function firingNow(current: AlertFiring, earlier: readonly AlertFiring[]): HistorySignal {
  if (earlier.length === 0) {
    return {
      state: 'first',
      claims: [claim(`It fires since ${clockTime(current.startedAt)}, for the first time in the recorded history.`, cite(current))],
    };
  }
  const says = `It fires since ${clockTime(current.startedAt)}; before that it fired ${earlier.length} time${earlier.length === 1 ? '' : 's'} in the recorded history.`;
  return { state: 'again', claims: [claim(says, cite(current), ...earlier.slice(-fewestFlaps).map(cite))] };
}

function ended(firings: readonly AlertFiring[]): HistorySignal {
  const last = firings.at(-1);
  return last?.endedAt === undefined
    ? { state: 'silent', claims: [] }
    : { state: 'ended', claims: [claim(`It last fired from ${clockTime(last.startedAt)} to ${clockTime(last.endedAt)}.`, cite(last))] };
}

function cite(firing: AlertFiring): Citation {
  const until = firing.endedAt === undefined ? 'still firing' : `until ${clockTime(firing.endedAt)}`;
  return {
    of: { kind: 'alert', alert: firing.alert },
    shows: `firing from ${clockTime(firing.startedAt)}, ${until}`,
    at: firing.startedAt,
  };
}

function present<Item>(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}
