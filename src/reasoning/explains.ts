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
 * it says it brings about, and whatever blames its subject. Two that explain each other are cut at the weaker one, and
 * longer rounds where they hold the most believable: a cause that everything leads back to must not be lost.
 */
export function explanations(candidates: readonly Candidate[]): readonly (readonly number[])[] {
  const claims = candidates.map((effect, index) =>
    candidates.flatMap((cause, other) => (other !== index && canExplain(cause, effect) ? [other] : [])),
  );
  const cut = claims.map((causes, effect) =>
    causes.filter((cause) => !claims[cause]?.includes(effect) || isBeforeInDoubt(candidates[cause], candidates[effect], cause < effect)),
  );
  return withoutRounds(cut, candidates);
}

/** As long as some findings only explain one another in a round, the most believable of them becomes a root. */
function withoutRounds(explainedBy: readonly (readonly number[])[], candidates: readonly Candidate[]): readonly (readonly number[])[] {
  const open = explainedBy.map((causes) => [...causes]);
  for (;;) {
    const rooted = leadingBackToRoots(open);
    const [first] = open
      .flatMap((_causes, index) => (rooted.has(index) ? [] : [index]))
      .toSorted((left, right) => byBelief(candidates[left], candidates[right]));
    if (first === undefined) return open;
    open[first] = [];
  }
}

function leadingBackToRoots(explainedBy: readonly (readonly number[])[]): ReadonlySet<number> {
  const rooted = new Set(explainedBy.flatMap((causes, index) => (causes.length === 0 ? [index] : [])));
  for (const root of rooted)
    explainedBy.forEach((causes, effect) => {
      if (causes.includes(root)) rooted.add(effect);
    });
  return rooted;
}

function byBelief(left: Candidate | undefined, right: Candidate | undefined): number {
  if (left === undefined || right === undefined) return 0;
  return (
    strength[right.finding.weight] - strength[left.finding.weight] ||
    (left.finding.since ?? Number.MAX_SAFE_INTEGER) - (right.finding.since ?? Number.MAX_SAFE_INTEGER) ||
    left.mode.id.localeCompare(right.mode.id)
  );
}

function canExplain(cause: Candidate, effect: Candidate): boolean {
  // A guess explains nothing: a weak finding never demotes another.
  if (cause.mode.role === 'symptom' || cause.finding.weight === 'weak') return false;
  const isBlamed = blames(effect, cause);
  const isKnown = effect.mode.role === 'symptom' || cause.mode.explains.includes(effect.mode.id) || isBlamed;
  // What the evidence says plainly is not explained away by what is only suspected.
  const isExplainedAway =
    effect.mode.role === 'cause' && cause.finding.weight === 'suggestive' && strength[effect.finding.weight] > strength.suggestive;
  if (!isKnown || isExplainedAway || !isOrdered(cause.finding, effect.finding)) return false;
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
  const began = cause.mayHaveBegun ?? cause.since;
  return began === undefined || effect.since === undefined || began <= effect.since + orderSlackMilliseconds;
}

/** Share of the pods that suffer from the effect which the cause touches as well; for findings without pods, of their subjects. */
function coverage(cause: Finding, effect: Finding): number {
  const touched = new Set([cause.subject, ...cause.affects].map(subjectKey));
  const pods = effect.affects.filter((each) => each.kind === 'Pod');
  const suffering = pods.length > 0 ? pods : [effect.subject, ...effect.affects];
  return suffering.filter((each) => touched.has(subjectKey(each))).length / suffering.length;
}

const strength = { conclusive: 4, strong: 3, likely: 2, suggestive: 1, weak: 0 } as const;

function isBeforeInDoubt(cause: Candidate | undefined, effect: Candidate | undefined, isListedFirst: boolean): boolean {
  if (cause === undefined || effect === undefined) return false;
  const difference = strength[cause.finding.weight] - strength[effect.finding.weight];
  if (difference !== 0) return difference > 0;
  const order = (effect.finding.since ?? 0) - (cause.finding.since ?? 0);
  return order === 0 ? isListedFirst : order > 0;
}
