import { expect, test } from 'vitest';
import type { Question } from '../../src/domain/alert.ts';
import { catalogue } from '../../src/catalogue/index.generated.ts';
import type { EvidenceKind, Snapshot } from '../../src/domain/evidence.ts';
import type { FailureMode } from '../../src/domain/failure-mode.ts';
import type { Hypothesis } from '../../src/domain/reasoned.ts';
import { subjectKey } from '../../src/domain/subject.ts';
import { evidenceBehind } from '../../src/reasoning/facts-of.ts';
import { answerThreshold } from '../../src/reasoning/weights.ts';
import { hypothesesIn, recordingNames, replay, rootsIn } from './replay.ts';
import { removeEvidence, withoutKind } from './remove-evidence.ts';
import { addUnrelatedTrouble } from './unrelated-trouble.ts';

const names = recordingNames();
const modes = catalogue as unknown as readonly FailureMode[];

function nameOf(root: Hypothesis): string {
  return `${root.failureMode} ${subjectKey(root.subject)}`;
}

/** Verdicts on the page rest on the page itself, which is no evidence that could be taken away. */
function isAnswer(root: Hypothesis): boolean {
  return root.confidence >= answerThreshold && !root.finding.affects.some((each) => each.kind === 'Alert');
}

/** Whoever is told an answer with this confidence acts on it; below it, what is left may speak for another cause of the same trouble. */
const confident = 0.8;

/** A finding cites a few of many replicas that say the same, so what it cites next is taken away as well. */
const rounds = 5;

function doesMove(root: Hypothesis, snapshot: Snapshot, question: Question): boolean {
  let left = snapshot;
  let current: Hypothesis | undefined = root;
  for (let round = 0; round < rounds && current !== undefined; round += 1) {
    left = removeEvidence(
      left,
      current.finding.because.flatMap((claim) => claim.citing).map((citation) => citation.of),
    );
    current = rootsIn(left, question).find((each) => nameOf(each) === nameOf(root));
    if (current === undefined || current.confidence < root.confidence) return true;
  }
  return false;
}

test.each(names)('mutation: %s: without the evidence that an answer cites, the answer moves', async (name) => {
  const { snapshot, question } = await replay(name);
  const unmoved = rootsIn(snapshot, question)
    .filter(isAnswer)
    .filter((root) => !doesMove(root, snapshot, question));
  expect(unmoved.map(nameOf)).toEqual([]);
});

test.each(names)('noise: %s: unrelated trouble does not move the answers', async (name) => {
  const { snapshot, question } = await replay(name);
  const before = rootsIn(snapshot, question)
    .filter(isAnswer)
    .map((root) => `${nameOf(root)} ${root.confidence}`);
  const after = rootsIn(addUnrelatedTrouble(snapshot), question)
    .filter((root) => root.subject.namespace !== 'zz-unrelated-team')
    .filter(isAnswer)
    .map((root) => `${nameOf(root)} ${root.confidence}`);
  expect(after).toEqual(before);
});

/**
 * True: it was named before, be it as a consequence; or its failure mode was, of somebody nearer to the cause, and what is
 * left is told without much confidence.
 */
function isSaidBefore(root: Hypothesis, before: Hypothesis): boolean {
  return (
    nameOf(root) === nameOf(before) ||
    (root.failureMode === before.failureMode && (root.confidence < confident || root.confidence < before.confidence))
  );
}

/** Kinds that help the mode of an answer; removing what it needs takes the mode out altogether, and is no question here. */
function helpersOf(root: Hypothesis): readonly EvidenceKind[] {
  const mode = modes.find(({ id }) => id === root.failureMode);
  if (mode === undefined) throw new Error(`There is no failure mode ${root.failureMode}.`);
  return [...new Set(mode.helpedBy.flatMap((kind) => [...evidenceBehind(kind).needs, ...evidenceBehind(kind).helpedBy]))];
}

test.each(names)('help: %s: without the evidence that helps, an answer is as sure at most, and none is invented', async (name) => {
  const { snapshot, question } = await replay(name);
  const before = hypothesesIn(snapshot, question);
  const answers = before.filter((each) => each.isRoot && isAnswer(each));
  const wrong = [...new Set(answers.flatMap(helpersOf))]
    .filter((kind) => snapshot.readings[kind]?.state === 'read')
    .flatMap((kind) => {
      const after = rootsIn(withoutKind(snapshot, kind), question).filter(isAnswer);
      const surer = answers.filter((root) => after.some((each) => nameOf(each) === nameOf(root) && each.confidence > root.confidence));
      const invented = after.filter((root) => !before.some((each) => isSaidBefore(root, each)));
      return [
        ...surer.map((root) => `without ${kind} it is surer of ${nameOf(root)}`),
        ...invented.map((root) => `without ${kind} it answers ${nameOf(root)} ${root.confidence}`),
      ];
    });
  expect(wrong).toEqual([]);
});
