import { clockTime, parseInstant, spokenDuration } from '../domain/instant.ts';
import type { Investigation, PhaseName, PublishedClaim, PublishedHypothesis, PublishedSubject } from '../domain/investigation.ts';
import { localTime } from '../domain/local-time.ts';

/** In the order in which they are gone through. Three carry the name of the heuristic behind them. */
export const phaseTitles: { readonly [Phase in PhaseName]: string } = {
  verify: 'Is it real?',
  scope: 'Blast radius: who fails, who does not?',
  'what-changed': 'What changed?',
  mitigate: 'Mitigate first',
  confirm: 'Did it work?',
  diagnose: 'Why?',
  repair: 'Is it whole again?',
  'write-up': 'Before it is forgotten',
};

export const alertVerdicts: { readonly [Verdict in Investigation['alert']['verdict']]: string } = {
  real: 'the alert is real',
  transient: 'the alert has passed',
  flapping: 'the alert flaps',
  stale: 'the alert is stale',
  'cannot-tell': 'cannot tell whether the alert is real',
  none: 'no alert was given',
};

export function spokenSubject(of: PublishedSubject): string {
  return of.namespace === undefined ? `${of.kind} ${of.name}` : `${of.kind} ${of.namespace}/${of.name}`;
}

/** Words in the sense of a forecast, with the figure: words alone are read differently by everybody. */
export function spokenConfidence(confidence: number): string {
  return `${confidenceWord(confidence)} (${spokenShare(confidence)})`;
}

/** Never "0 %" or "100 %": neither is ever known from evidence. */
export function spokenShare(share: number): string {
  const percent = Math.round(share * 100);
  if (percent < 1) return 'under 1 %';
  return percent > 99 ? 'over 99 %' : `${percent} %`;
}

function confidenceWord(confidence: number): string {
  if (confidence >= 0.95) return 'almost certain';
  if (confidence >= 0.8) return 'very likely';
  if (confidence >= 0.55) return 'likely';
  return confidence >= 0.3 ? 'possible' : 'unlikely';
}

/** "02:43:10 UTC" on the day of the investigation, "2026-09-07 09:12 UTC" on any other. What is no time stays as it was written. */
export function spokenMoment(at: string, now: string): string {
  const instant = parseInstant(at);
  if (instant === undefined) return at;
  const written = new Date(instant).toISOString();
  return written.slice(0, 10) === now.slice(0, 10) ? `${clockTime(instant)} UTC` : `${written.slice(0, 10)} ${written.slice(11, 16)} UTC`;
}

/** "2026-09-15 02:43:10 UTC", for what is read on other days. What is no time stays as it was written. */
export function spokenInstant(at: string): string {
  const instant = parseInstant(at);
  return instant === undefined ? at : `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** "2026-09-16 09:00 Europe/Berlin": when something is due, on the clocks of whoever is to do it. What is no time stays as it was written. */
export function spokenDue(due: string, timeZone = 'UTC'): string {
  const instant = parseInstant(due);
  if (instant === undefined) return due;
  const local = localTime(instant, timeZone);
  const written = new Date(local ?? instant).toISOString();
  return `${written.slice(0, 10)} ${written.slice(11, 16)} ${local === undefined ? 'UTC' : timeZone}`;
}

/** "4 min ago". Empty: either is no time, or it lies ahead. */
export function spokenAge(at: string, now: string): string {
  const [then, present] = [parseInstant(at), parseInstant(now)];
  return then === undefined || present === undefined || then > present ? '' : `${spokenDuration(present - then)} ago`;
}

/** What is held responsible: roots that are more likely than not, and always the first of an explained investigation. */
export function causesOf(investigation: Investigation): readonly PublishedHypothesis[] {
  if (investigation.outcome !== 'explained') return [];
  const roots = investigation.hypotheses.filter((each) => each.root);
  return roots.filter((each, index) => index === 0 || each.confidence >= 0.5);
}

/** Roots that were considered and are not held responsible. */
export function competitorsOf(investigation: Investigation): readonly PublishedHypothesis[] {
  const causes = causesOf(investigation);
  return investigation.hypotheses.filter((each) => each.root && !causes.includes(each));
}

/** What would make it surer: of the hypotheses first, then of the axes that may still separate. Each once. */
export function whatWouldSettle({ hypotheses, scope }: Investigation): readonly string[] {
  const open = scope.axes.filter((axis) => axis.verdict === 'suggestive' || axis.verdict === 'cannot-tell');
  return [...new Set([...hypotheses.flatMap((each) => each.wouldSettle), ...open.flatMap((axis) => axis.wouldSettle ?? [])])];
}

export interface Link {
  readonly says: string;
  /** Why it follows from the link before. Empty for the first link. */
  readonly because: readonly PublishedClaim[];
}

/** The steps of a cascade in a row, where each begins as the one before ended; several rows where it branches. */
export function chainsOf(cascade: PublishedHypothesis['cascade']): readonly (readonly Link[])[] {
  const chains: Link[][] = [];
  for (const { from, to, because } of cascade) {
    const continued = chains.find((chain) => chain.at(-1)?.says === from);
    if (continued === undefined)
      chains.push([
        { says: from, because: [] },
        { says: to, because },
      ]);
    else continued.push({ says: to, because });
  }
  return chains;
}

/** True: to be typed as it is, and so never to be broken over lines. */
export function isCommand(text: string): boolean {
  return /^(kubectl|ssh|curl|promtool|amtool|helm|(\.\/)?stanch) /.test(text);
}
