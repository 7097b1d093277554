import type { AnyFailureMode, FailureMode, Finding } from '../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../domain/instant.ts';
import { subjectKey } from '../domain/subject.ts';

export interface Candidate {
  readonly mode: FailureMode;
  readonly finding: Finding;
}

/** Times of conditions and restarts lag behind what they report; a cause may look this much younger than its effect. */
const orderSlackMilliseconds = 5 * millisecondsPerMinute;
/** A cause that touches less than half of what suffers is not its explanation. */
const requiredCoverage = 0.5;

export function candidate(mode: AnyFailureMode, finding: Finding): Candidate {
  return { mode: mode as unknown as FailureMode, finding };
}

/**
 * For each candidate the indexes of those that explain it. A cause explains a symptom of what it affects, the modes that
 * it says it brings about, and whatever blames its subject. Two that explain each other are cut at the weaker one.
 */
export function explanations(candidates: readonly Candidate[]): readonly (readonly number[])[] {
  const claims = candidates.map((effect, index) => candidates.flatMap((cause, other) => (other !== index && canExplain(cause, effect) ? [other] : [])));
  return claims.map((causes, effect) =>
    causes.filter((cause) => !claims[cause]?.includes(effect) || isBeforeInDoubt(candidates[cause], candidates[effect], cause < effect)),
  );
}

function canExplain(cause: Candidate, effect: Candidate): boolean {
  // A guess explains nothing: a weak finding never demotes another.
  if (cause.mode.role === 'symptom' || cause.finding.weight === 'weak') return false;
  const isBlamed = blames(effect, cause);
  const isKnown = effect.mode.role === 'symptom' || cause.mode.explains.includes(effect.mode.id) || isBlamed;
  if (!isKnown || !isOrdered(cause.finding, effect.finding)) return false;
  // What is wrong with the subject itself explains its symptoms, whichever pods the two were seen in.
  const isOwnSymptom = effect.mode.role === 'symptom' && subjectKey(cause.finding.subject) === subjectKey(effect.finding.subject);
  return isBlamed || isOwnSymptom || coverage(cause.finding, effect.finding) >= requiredCoverage;
}

/** True where the effect points at the cause's subject or at something that the cause affects. */
function blames(effect: Candidate, cause: Candidate): boolean {
  const blamed = (effect.finding.blames ?? []).map(subjectKey);
  if (blamed.length === 0) return false;
  const own = [cause.finding.subject, ...cause.finding.affects].map(subjectKey);
  return blamed.some((key) => own.includes(key));
}

function isOrdered(cause: Finding, effect: Finding): boolean {
  return cause.since === undefined || effect.since === undefined || cause.since <= effect.since + orderSlackMilliseconds;
}

/** Share of the pods that suffer from the effect which the cause touches as well; for findings without pods, of their subjects. */
function coverage(cause: Finding, effect: Finding): number {
  const touched = new Set([cause.subject, ...cause.affects].map(subjectKey));
  const pods = effect.affects.filter((each) => each.kind === 'Pod');
  const suffering = pods.length > 0 ? pods : [effect.subject, ...effect.affects];
  return suffering.filter((each) => touched.has(subjectKey(each))).length / suffering.length;
}

const strength = { conclusive: 3, strong: 2, suggestive: 1, weak: 0 } as const;

function isBeforeInDoubt(cause: Candidate | undefined, effect: Candidate | undefined, isListedFirst: boolean): boolean {
  if (cause === undefined || effect === undefined) return false;
  const difference = strength[cause.finding.weight] - strength[effect.finding.weight];
  if (difference !== 0) return difference > 0;
  const order = (effect.finding.since ?? 0) - (cause.finding.since ?? 0);
  return order === 0 ? isListedFirst : order > 0;
}
