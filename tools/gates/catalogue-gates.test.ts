import { expect, test } from 'vitest';
import type { Question } from '../../src/domain/alert.ts';
import type { Snapshot } from '../../src/domain/evidence.ts';
import type { Hypothesis } from '../../src/domain/reasoned.ts';
import { subjectKey } from '../../src/domain/subject.ts';
import { answerThreshold } from '../../src/reasoning/weights.ts';
import { recordingNames, replay, rootsIn } from './replay.ts';
import { removeEvidence } from './remove-evidence.ts';
import { addUnrelatedTrouble } from './unrelated-trouble.ts';

const names = recordingNames();

function nameOf(root: Hypothesis): string {
  return `${root.failureMode} ${subjectKey(root.subject)}`;
}

/** Verdicts on the page rest on the page itself, which is no evidence that could be taken away. */
function isAnswer(root: Hypothesis): boolean {
  return root.confidence >= answerThreshold && !root.finding.affects.some((each) => each.kind === 'Alert');
}

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
