import { commandToChange, commandToSee } from '../../domain/kubectl-commands.ts';
import { type Attempt, type Incident, standingChanges } from '../../domain/incident.ts';
import type { LooseEnd } from '../../domain/loose-end.ts';
import type { Proof } from '../../domain/proof.ts';
import { spokenSubject } from '../../domain/subject.ts';
import { asSentence, judgementWords, resultWords, spokenBaseline, spokenSides } from '../acting-words.ts';
import { clause, code, codeBlock, codeInCell, lineBlock, prose, sentence, table } from './markdown-safe.ts';

/** What was tried, in order, with what came of it and how it is put back. */
export function writeAttempts({ attempts, unfit, withoutPlan }: Incident): readonly string[] {
  return [
    ...attempts.flatMap((attempt, index) => [...(index === 0 ? [] : ['']), ...writeAttempt(attempt)]),
    ...unfit.flatMap(({ plan, because }) => [
      '',
      `Passed over: ${prose(plan.id)}, ${prose(spokenSubject(plan.subject))}: ${sentence(because)}`,
    ]),
    ...withoutPlan.flatMap(({ because }) => ['', `No plan was left: ${sentence(because)}`]),
  ];
}

function writeAttempt(attempt: Attempt): readonly string[] {
  const { number, plan, purpose, evidencePath, unsaved, declined, judgement, undoAsked, observations, appliedAt, chosenAt } = attempt;
  const last = observations.at(-1);
  const compared = { appliedAt: appliedAt ?? chosenAt, baseline: attempt.baseline };
  return [
    `### Attempt ${number}: ${prose(plan.id)}, ${prose(spokenSubject(plan.subject))}`,
    '',
    `${purpose === 'repair' ? 'To repair' : 'To stop the bleeding'}. ${sentence(plan.why.says)}`,
    '',
    `- Before: ${prose(asSentence(spokenBaseline(attempt)))}`,
    ...(last === undefined ? [] : [`- Last seen: ${prose(asSentence(spokenSides(last, compared)))}`]),
    ...(evidencePath === undefined ? [] : [`- Evidence saved first: ${code(evidencePath)}`]),
    ...unsaved.map(
      ({ pod, because, isOnlyTrace }) =>
        `- Not saved${isOnlyTrace ? ', and the only trace' : ''}: the logs of ${prose(spokenSubject(pod))}: ${sentence(because)}`,
    ),
    ...(declined === undefined ? [] : [`- Not carried out: ${sentence(declined.because)}`]),
    ...(judgement === undefined ? [] : [`- ${judgementWords[judgement.is]} ${prose(asSentence(judgement.because))}`]),
    ...(undoAsked === undefined ? [] : [`- Put back, because ${sentence(undoAsked.because)}`]),
    '',
    ...table(['Change', 'Done', 'Put back'], rowsOf(attempt)),
    ...(plan.undo.length === 0 || standingChanges(attempt).length === 0
      ? []
      : ['', putBackWhen(attempt), '', ...codeBlock(plan.undo.map(commandToChange))]),
    ...writePullRequest(attempt),
  ];
}

function putBackWhen({ plan }: Attempt): string {
  return plan.undoWhen === undefined ? 'To put it back:' : `To put it back, once ${clause(plan.undoWhen)}:`;
}

/** What the repository that owns the workload should say, or the next delivery takes the change back. */
function writePullRequest({ plan: { pullRequest }, appliedAt }: Attempt): readonly string[] {
  if (pullRequest === undefined || appliedAt === undefined) return [];
  return [
    '',
    `To make it permanent, a pull request: **${prose(pullRequest.title)}**`,
    '',
    ...pullRequest.body
      .split(/\n+/)
      .flatMap((line) => [`> ${prose(line)}`, '>'])
      .slice(0, -1),
    '',
    ...lineBlock('yaml', pullRequest.patch.trimEnd().split('\n')),
  ];
}

function rowsOf({ plan, done, undone }: Attempt): readonly (readonly string[])[] {
  return plan.changes.map((change, index) => [
    codeInCell(commandToChange(change)),
    words(done[index]?.result?.state, done[index]?.begun),
    words(undone[index]?.result?.state, undone[index]?.begun),
  ]);
}

function words(state: keyof typeof resultWords | undefined, begun = 0): string {
  if (state !== undefined) return resultWords[state];
  return begun === 0 ? '' : 'begun; its end is not known';
}

const marks = { yes: '✓', no: '✗', 'cannot-tell': '? cannot tell:' } as const;

/** The gate as it was checked last: each proof, and what it rests on. */
export function writeGate({ attempts }: Incident): readonly string[] {
  return attempts.flatMap(({ number, proofs, plan }) =>
    proofs === undefined
      ? []
      : [`For attempt ${number}, ${prose(spokenSubject(plan.subject))}:`, '', ...proofs.all.flatMap(writeProof), ''],
  );
}

function writeProof({ claim, holds, because, wouldSettle }: Proof): readonly string[] {
  return [
    `- ${marks[holds]} ${sentence(claim)}`,
    ...because.map((each) => `  - ${prose(each.says)} ${code(commandToSee(each.citing[0].of))}`),
    ...(wouldSettle === undefined ? [] : [`  - What would tell: ${prose(wouldSettle)}`]),
  ];
}

const states = { closed: 'closed', carried: 'kept on purpose', open: '**open**' } as const;

export function writeLooseEnds(looseEnds: readonly LooseEnd[]): readonly string[] {
  return table(
    ['What', 'State', 'To close it'],
    looseEnds.map(({ says, state, command }) => [prose(says), states[state], command === undefined ? '' : codeInCell(command)]),
  );
}
