import { type Compared, isWell, longestGapMilliseconds, type Side, sidesOf, wellSince } from '../domain/how-it-stands.ts';
import type { Judgement } from '../domain/incident-event.ts';
import { type Instant, millisecondsPerMinute, millisecondsPerSecond, spokenDuration } from '../domain/instant.ts';
import type { MeasuredErrors, Observation } from '../domain/observation.ts';
import { trendOf, whatImproved } from './observed-trend.ts';
import { worseThanBefore } from './worse-than-before.ts';

/** How long is waited for what. */
export interface Patience {
  /** It has to stay well for so long before it counts as confirmed. */
  readonly soakMilliseconds: number;
  /** After so long without being well it counts as no better. */
  readonly withinMilliseconds: number;
}

/** What is known of an attempt that has been carried out. */
export interface Progress extends Compared {
  /** Since it was applied, oldest first. */
  readonly observations: readonly Observation[];
}

/** `because`: in words, one side or reason each. */
export type ProgressJudgement =
  | { readonly state: 'waiting'; readonly because: readonly string[] }
  | { readonly state: 'judged'; readonly judgement: Judgement; readonly because: readonly string[] };

/**
 * Whether a mitigation helped. Replicas, the alert's measure and the alert have to be well together, for a while. What
 * cannot be read is never well, and what nobody asked for is left out and said to be.
 */
export function judgeProgress(progress: Progress, patience: Patience, now: Instant): ProgressJudgement {
  const last = progress.observations.at(-1);
  // After a restart a verdict would rest on what was seen long ago.
  if (last === undefined || last.at < progress.appliedAt || now - last.at > longestGapMilliseconds)
    return { state: 'waiting', because: ['Nobody has looked yet.'] };
  const sides = sidesOf(last, progress);
  if (sides.every(({ stands }) => stands === 'left-out'))
    return judged('cannot-tell', [...sides.map(({ says }) => says), 'nothing was named that could be watched']);
  const worse = worseThanBefore(progress);
  if (worse.length > 0) return judged('worse', worse);
  const since = wellSince(progress.observations, progress);
  return since === undefined ? notWell(progress, patience, now) : soaking(progress, last.at - since, patience);
}

function soaking(progress: Progress, heldMilliseconds: number, { soakMilliseconds }: Patience): ProgressJudgement {
  const sides = sidesNow(progress);
  if (heldMilliseconds >= soakMilliseconds)
    return judged('confirmed', [`it has held for ${spokenDuration(heldMilliseconds)}`, ...sides.map(({ says }) => says)]);
  const [held, wanted] = [heldMilliseconds, soakMilliseconds].map((each) => Math.round(each / millisecondsPerSecond));
  return { state: 'waiting', because: [...withTrend(sides, progress), `soaking ${held} of ${wanted} s`] };
}

function notWell(progress: Progress, patience: Patience, now: Instant): ProgressJudgement {
  const deadline = progress.appliedAt + timeAllowed(progress, patience);
  const taken = spokenDuration(now - progress.appliedAt);
  const sides = sidesNow(progress);
  const spoken = withTrend(sides, progress);
  if (now < deadline) return { state: 'waiting', because: [...spoken, `${taken} since the last change`] };
  const bad = sides.filter(({ stands }) => stands === 'not-well');
  const hope = reasonsToWait(sides, progress);
  if (hope !== undefined && now < deadline + extensionOf(patience))
    return { state: 'waiting', because: [...spoken, `given more time, as ${hope}`] };
  const everySide = sides.map(({ says }) => says);
  if (bad.length === 0 || isAlertAlone(sides))
    return judged('cannot-tell', [...everySide, `after ${taken} it can be called neither better nor worse`]);
  return judged('no-better', [...everySide, `not well within ${taken}`]);
}

/** Undefined: there is none. */
function reasonsToWait(sides: readonly Side[], progress: Progress): string | undefined {
  if (isWell(sides)) return 'every side was well when it could last be read';
  if (isAlertAlone(sides)) return 'all that is measured is well and only the alert still fires';
  const improved = whatImproved(progress);
  return improved.length === 0 ? undefined : improved.join(' and ');
}

/** An alert may keep firing for minutes after its condition has ended: that alone is no reason to take back what helped. */
function isAlertAlone(sides: readonly Side[]): boolean {
  const others = sides.filter(({ side, stands }) => side !== 'alert' && stands !== 'left-out');
  return others.length > 0 && others.every(({ stands }) => stands === 'well') && sides.some(({ stands }) => stands === 'not-well');
}

function judged(judgement: Judgement, because: readonly string[]): ProgressJudgement {
  return { state: 'judged', judgement, because };
}

/** The evaluation of a rule and the scrapes behind it lag by up to a minute. */
const evaluationMilliseconds = millisecondsPerMinute;

/** A rate over five minutes shows the errors of before for five minutes: until then it cannot be well, whatever was done. */
function timeAllowed(progress: Progress, { withinMilliseconds }: Patience): number {
  const looksBack = (measuredOf(progress)?.looksBackSeconds ?? 0) * millisecondsPerSecond;
  return Math.max(withinMilliseconds, looksBack === 0 ? 0 : looksBack + evaluationMilliseconds);
}

/** Once, and half of what was allowed: what comes back by itself slows down towards the end. */
function extensionOf({ withinMilliseconds }: Patience): number {
  return withinMilliseconds / 2;
}

function measuredOf({ observations, baseline }: Progress): MeasuredErrors | undefined {
  const measured = [...observations, baseline].find(({ errors }) => errors.state === 'seen')?.errors;
  return measured?.state === 'seen' ? measured : undefined;
}

/** A single look that fails does not make a side unreadable: the latest look at each side that is not too old. */
function sidesNow(progress: Progress): readonly Side[] {
  const last = progress.observations.at(-1);
  const looks = progress.observations
    .filter(({ at }) => at >= progress.appliedAt && last !== undefined && last.at - at <= longestGapMilliseconds)
    .map((each) => sidesOf(each, progress))
    .toReversed();
  return (['replicas', 'errors', 'alert'] as const).flatMap((name) => {
    const all = looks.flatMap((sides) => sides.filter(({ side }) => side === name));
    const side = all.find(({ stands }) => stands !== 'unreadable') ?? all[0];
    return side === undefined ? [] : [side];
  });
}

function withTrend(sides: readonly Side[], { observations }: Progress): readonly string[] {
  const trend = trendOf(observations);
  return sides.filter(({ stands }) => stands !== 'left-out').map(({ side, says }) => (side === 'errors' ? `${says}${trend}` : says));
}
