import type { Citation, Claim } from '../../domain/citation.ts';
import type { MitigationPlan } from '../../domain/mitigation.ts';
import type { Hypothesis } from '../../domain/reasoned.ts';
import { spokenSubject } from '../../domain/subject.ts';
import type { Assessment } from '../assess.ts';
import { type Diagnosis, doubtOf } from '../diagnose.ts';
import { commandToSee } from '../../domain/kubectl-commands.ts';
import { answerThreshold } from '../weights.ts';
import { facts, listed, type Thought } from './thought.ts';

/** Now: why? The leading causes claim by claim, then what was considered and what could not be told. */
export function thinkAboutCause(assessment: Assessment, diagnosis: Diagnosis): readonly Thought[] {
  const roots = diagnosis.hypotheses.filter((each) => each.isRoot);
  const answers = roots.filter((each) => each.confidence >= answerThreshold).slice(0, 3);
  const rivals = roots.filter((each) => !answers.includes(each)).slice(0, 3);
  const thoughts = answers.flatMap(thinkAboutAnswer);
  if (diagnosis.outcome === 'cannot-tell') return [...thoughts, ...rivals.map(thinkAboutRival), cannotTell(assessment, diagnosis, rivals)];
  if (diagnosis.outcome === 'healthy') return [...thoughts, nothingWrong(assessment)];
  return [...thoughts, ...rivals.map(thinkAboutRival)];
}

function thinkAboutAnswer(hypothesis: Hypothesis): readonly Thought[] {
  const [first, ...more] = hypothesis.finding.because;
  const contributing = hypothesis.finding.contributing ?? [];
  const told = `${spokenConfidence(hypothesis.confidence)} (${hypothesis.confidence.toFixed(2)}).`;
  return [
    thoughtOn(
      `Why? ${hypothesis.title} (${spokenSubject(hypothesis.subject)})?`,
      [first],
      more.length === 0 ? told : 'It points there. One sign is not enough.',
    ),
    ...(more.length === 0 ? [] : [thoughtOn('What else speaks for it?', more, told)]),
    ...(contributing.length === 0
      ? []
      : [
          thoughtOn(
            'And what made it possible?',
            contributing,
            'That did not break it tonight, but without it nothing would have broken. It belongs into the ticket.',
          ),
        ]),
  ].flat();
}

/** All claims in one breath, with the command for the first. */
function thoughtOn(question: string, claims: readonly Claim[], conclusion: string): readonly Thought[] {
  const [first] = claims;
  if (first === undefined) return [];
  return [
    {
      phase: 'diagnose',
      question,
      command: commandToSee(first.citing[0].of),
      saw: facts(claims.map((each) => each.says)),
      conclusion,
      citing: claims.flatMap((each) => each.citing),
    },
  ];
}

/** Words for a probability, so that nobody reads a decimal at night. */
export function spokenConfidence(confidence: number): string {
  if (confidence >= 0.9) return 'That is it, as far as evidence can say';
  if (confidence >= 0.75) return 'Very likely';
  if (confidence >= answerThreshold) return 'More likely than anything else';
  return confidence >= 0.3 ? 'Possible' : 'Unlikely';
}

function thinkAboutRival(hypothesis: Hypothesis): Thought {
  const against = hypothesis.finding.against ?? [];
  const [first] = hypothesis.finding.because;
  return {
    phase: 'diagnose',
    question: `Could it be ${hypothesis.title} (${spokenSubject(hypothesis.subject)})?`,
    command: commandToSee(first.citing[0].of),
    saw: facts([first.says, ...against.map((each) => `Against it: ${each.says}`)]),
    conclusion: `${spokenConfidence(hypothesis.confidence)} (${hypothesis.confidence.toFixed(2)}).${hypothesis.wouldSettle[0] === undefined ? '' : ` What would settle it: ${hypothesis.wouldSettle[0]}`}`,
    citing: [first, ...against].flatMap((each) => each.citing),
  };
}

function cannotTell(assessment: Assessment, diagnosis: Diagnosis, rivals: readonly Hypothesis[]): Thought {
  const doubt = assessment.scope.failing.length > 0 || rivals.length > 0 ? undefined : doubtOf(assessment);
  const settle = [...new Set(rivals.flatMap((each) => each.wouldSettle))];
  // Only what some rule asked for and did not get: most blind spots have nothing to do with this case.
  const looks =
    settle.length > 0
      ? settle
      : diagnosis.blindSpots.filter((spot) => spot.why.includes('cannot tell about')).map((spot) => `${spot.what} (${spot.toSeeIt}).`);
  const citing: readonly Citation[] = rivals.flatMap((each) => each.finding.because[0].citing.slice(0, 1));
  return {
    phase: 'diagnose',
    question: 'What is the cause?',
    command: citing[0] === undefined ? 'kubectl get events -A --sort-by=.lastTimestamp' : commandToSee(citing[0].of),
    saw:
      rivals.length === 0
        ? (doubt ?? 'Nothing in the evidence names a cause.')
        : `Left standing: ${listed(rivals.map((each) => each.title))}.`,
    conclusion: looks.length === 0 ? 'I cannot tell.' : `I cannot tell. What would tell: ${looks.slice(0, 3).join(' ')}`,
    citing,
  };
}

function nothingWrong({ facts }: Assessment): Thought {
  const count = facts.get('replicas')?.all.length ?? 0;
  return {
    phase: 'diagnose',
    question: 'Is anything wrong at all?',
    command: 'kubectl get pods -A',
    saw: `${count} pods read; none of them fails.`,
    conclusion: 'Nothing is wrong that the evidence shows. Old restarts, finished Jobs and old warnings are only history.',
    citing: [],
  };
}

/** What must hold before things are put back. */
export function thinkAboutRepair(plans: readonly MitigationPlan[]): readonly Thought[] {
  return plans
    .filter((plan) => plan.undoWhen !== undefined)
    .slice(0, 1)
    .map((plan) => ({
      phase: 'repair',
      question: `When may ${spokenSubject(plan.subject)} go back to normal?`,
      command: "kubectl get endpointslices -A -o json | jq '[.items[] | select(any(.endpoints[]?; .conditions.ready != false))] | length'",
      saw: 'Ready says nothing about it; this is what must be shown first.',
      conclusion: `Only when ${plan.undoWhen ?? ''}`,
      citing: plan.why.citing,
    }));
}
