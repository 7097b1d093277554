import type { Alert } from '../../domain/alert.ts';
import { type Claim, type Citation, claim, claimFromAll, citeList } from '../../domain/citation.ts';
import type { AlertFiring } from '../../domain/evidence.ts';
import { clockTime, type Instant, spokenDuration } from '../../domain/instant.ts';
import type { FactSource } from '../fact-source.ts';
import type { HistoryState } from './decide-verdict.ts';
import { isFiringOf } from '../../domain/same-alert.ts';
import { bySeries, currentOf, fewestFlaps, flapsAmong, flapWindowMilliseconds } from './flapping.ts';

export interface HistorySignal {
  readonly state: HistoryState;
  readonly claims: readonly Claim[];
}

/** Is this the first fire tonight, or does it come and go? */
export function readHistory(alert: Alert, facts: FactSource): HistorySignal {
  const history = facts.get('alert-history');
  if (history === undefined) return { state: 'unknown', claims: [] };
  const ours = history.filter((firing) => isFiringOf(alert, firing));
  if (ours.length === 0) {
    const shows = `no firing of "${alert.name}" among ${history.length} recorded`;
    return { state: 'silent', claims: [claim('The alert history does not know this alert.', citeList('alert-history', undefined, shows))] };
  }
  const episodes = bySeries(ours).map((firings) => episodeOf(firings, facts.now));
  return (
    episodes.toSorted((left, right) => precedence.indexOf(left.state) - precedence.indexOf(right.state))[0] ?? {
      state: 'silent',
      claims: [],
    }
  );
}

/** A steady firing outweighs a flapping sibling, which outweighs one that ended. */
const precedence: readonly HistoryState[] = ['first', 'again', 'flapping', 'ended', 'silent', 'unknown'];

function episodeOf(unordered: readonly AlertFiring[], now: Instant): HistorySignal {
  const firings = unordered.toSorted((left, right) => left.startedAt - right.startedAt);
  const current = currentOf(firings);
  const flaps = flapsAmong(firings, now);
  if (flaps.length > 0) return flapping(flaps, current);
  if (current !== undefined)
    return firingNow(
      current,
      firings.filter((firing) => firing !== current),
    );
  return ended(firings);
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
