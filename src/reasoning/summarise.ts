import { spokenInstant } from '../domain/instant.ts';
import { isBlocked, type Mitigation, type MitigationPlan } from '../domain/mitigation.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import { spokenSubject, subjectKey } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import { type Diagnosis, doubtOf, isAnswer, isAboutThePage, isOldElsewhere } from './diagnose.ts';
import { replicasInReach, spokenReach } from './reach.ts';
import { counted } from './think-aloud/thought.ts';
import { sufferersOf } from './trace-cascade.ts';

export interface Summarised {
  readonly assessment: Assessment;
  readonly diagnosis: Diagnosis;
  readonly plans: readonly MitigationPlan[];
  readonly mitigations: readonly Mitigation[];
}

/** One sentence that answers the page: who fails since when, because of what, and what to do first. */
export function summarise(of: Summarised): string {
  switch (of.diagnosis.outcome) {
    case 'healthy':
      return healthy(of);
    case 'explained':
      return explained(of);
    case 'cannot-tell':
      return cannotTell(of);
  }
}

function explained({ assessment, diagnosis, plans, mitigations }: Summarised): string {
  const answers = diagnosis.hypotheses.filter(isAnswer);
  const [best] = answers;
  if (best === undefined) return 'Trouble was found.';
  const { target, failing } = assessment.scope;
  const others = answers.slice(1, 3).map(named);
  if (target === undefined || failing.length === 0) return `${best.title}: ${spokenSubject(best.subject)}${besides(others)}.`;
  const who = whoFails(assessment);
  if (sufferersOf(best, diagnosis.hypotheses, assessment).length === 0)
    return `${who}, and the evidence does not tell why; independent of it: ${[named(best), ...others].join('; ')}.`;
  const why = subjectKey(best.subject) === subjectKey(target) ? lowerFirst(best.title) : named(best);
  const first = plans.find((plan) => !isBlocked(plan));
  const remedy = first === undefined ? undefined : mitigations.find((each) => each.id === first.id)?.title;
  return `${who}, because ${why}${besides(others)}${remedy === undefined ? '' : `; do this first: ${lowerFirst(remedy)}`}.`;
}

function besides(others: readonly string[]): string {
  return others.length === 0 ? '' : `; independent of it: ${others.join('; ')}`;
}

function named(each: Hypothesis): string {
  return `${lowerFirst(each.title)} (${spokenSubject(each.subject)})`;
}

/** "Deployment shop/cart has been failing since 02:43:06 (2 of 4 replicas)" */
export function whoFails({ scope, onset, snapshot }: Assessment): string {
  const { target, failing, healthy: well, undecided } = scope;
  const since = onset === undefined ? 'is failing' : `has been failing since ${spokenInstant(onset.at, snapshot.takenAt)}`;
  const whom = target?.kind === 'Node' ? 'What runs on ' : '';
  return `${whom}${target === undefined ? 'Somebody' : spokenSubject(target)} ${since} (${failing.length} of ${counted(failing.length + well.length + undecided.length, 'replica')})`;
}

function cannotTell({ assessment, diagnosis }: Summarised): string {
  const { scope, question, judgement } = assessment;
  const doubt = doubtOf(assessment);
  const [look] = [
    ...diagnosis.hypotheses.filter((each) => each.isRoot).flatMap((each) => each.wouldSettle),
    ...(judgement.wouldSettle ?? []),
  ];
  const toSettle = look === undefined ? '' : `; what would tell: ${look.replace(/\.$/, '')}`;
  const aside = besides(
    diagnosis.hypotheses
      .filter((each) => isAnswer(each) && isOldElsewhere(each, assessment))
      .slice(0, 2)
      .map(named),
  );
  if (scope.failing.length > 0) return `${whoFails(assessment)}, and the evidence does not tell why${toSettle}.`;
  if (doubt !== undefined) return doubt;
  if (judgement.verdict === 'real')
    return `The page is real, but nobody whom it names is seen failing${spokenReach(question)}, and the evidence does not tell why${toSettle}${aside}.`;
  return question.alert === undefined
    ? `Somebody fails, and the evidence does not tell why${toSettle}.`
    : `It cannot be told whether the page is real${toSettle}${aside}.`;
}

function healthy({ assessment, diagnosis }: Summarised): string {
  const { facts, question } = assessment;
  const passed = diagnosis.hypotheses.find((each) => isAnswer(each) && isAboutThePage(each));
  if (passed !== undefined) return `Nothing is left to do: ${lowerFirst(passed.title)}.`;
  const replicas = facts.get('replicas');
  const inReach = new Set(replicas === undefined ? [] : replicasInReach(question, replicas));
  const elsewhere = (replicas?.failing ?? []).filter((each) => !inReach.has(each)).length;
  const aside = elsewhere === 0 ? '' : `; elsewhere ${counted(elsewhere, 'replica')} ${elsewhere === 1 ? 'fails' : 'fail'}`;
  return `Nothing is wrong${spokenReach(question)} that the evidence shows${aside}.`;
}

/** For the middle of a sentence. Names and abbreviations keep their capitals. */
export function lowerFirst(text: string): string {
  return /^[A-Z]([a-z]| )/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
