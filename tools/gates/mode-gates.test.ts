import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/catalogue/index.generated.ts';
import type { EvidenceKind, Snapshot } from '../../src/domain/evidence.ts';
import { snapshotOf } from '../../src/domain/example.ts';
import type { Example, FailureMode, Finding } from '../../src/domain/failure-mode.ts';
import { subjectKey } from '../../src/domain/subject.ts';
import { evidenceBehind, factsOf } from '../../src/reasoning/facts-of.ts';
import { recogniseFailureModes } from '../../src/reasoning/recognise-failure-modes.ts';
import { probabilityOf } from '../../src/reasoning/weights.ts';
import { removeEvidence, withoutKind } from './remove-evidence.ts';
import { addUnrelatedTrouble } from './unrelated-trouble.ts';

/** Every mode on its own examples, those that no recording shows as well. */
const modes = catalogue as unknown as readonly FailureMode[];

interface Tried {
  readonly mode: FailureMode;
  readonly example: Example;
}

function findingsIn({ mode, example }: Tried, snapshot: Snapshot): readonly Finding[] {
  const judged = example.given['judged-alert'];
  const [recognition] = recogniseFailureModes(
    catalogue.filter((each) => each === (mode as unknown)),
    factsOf(snapshot, judged === undefined ? {} : { judged }),
  );
  return recognition?.verdict === 'present' ? recognition.findings : [];
}

/** How sure it is of each subject. */
function beliefs(findings: readonly Finding[]): ReadonlyMap<string, number> {
  return new Map(findings.map((finding) => [subjectKey(finding.subject), probabilityOf[finding.weight]]));
}

function helpersOf({ helpedBy }: FailureMode): readonly EvidenceKind[] {
  return [...new Set(helpedBy.flatMap((kind) => [...evidenceBehind(kind).needs, ...evidenceBehind(kind).helpedBy]))];
}

const tried = modes.flatMap((mode) => mode.recognises.map((example) => ({ id: mode.id, story: example.story, mode, example })));

/** A finding may cite one of several signs, and the others have to be taken away as well. */
const rounds = 5;

function doesMove(one: Tried, finding: Finding, snapshot: Snapshot): boolean {
  let left = snapshot;
  let current: Finding | undefined = finding;
  for (let round = 0; round < rounds && current !== undefined; round += 1) {
    left = removeEvidence(
      left,
      current.because.flatMap((claim) => claim.citing).map((citation) => citation.of),
    );
    current = findingsIn(one, left).find((each) => subjectKey(each.subject) === subjectKey(finding.subject));
    if (current === undefined || probabilityOf[current.weight] < probabilityOf[finding.weight]) return true;
  }
  return false;
}

describe.each(tried)('$id: $story', (one) => {
  const snapshot = snapshotOf(one.example.given);
  const before = beliefs(findingsIn(one, snapshot));

  test('without the evidence that it cites it moves', () => {
    // Verdicts on the page rest on the page itself, which is no evidence that could be taken away.
    const resting = findingsIn(one, snapshot).filter((finding) => !finding.affects.some(({ kind }) => kind === 'Alert'));

    expect(resting.filter((finding) => !doesMove(one, finding, snapshot)).map(({ subject }) => subjectKey(subject))).toEqual([]);
  });

  test('unrelated trouble does not move it', () => {
    const after = findingsIn(one, addUnrelatedTrouble(snapshot)).filter(({ subject }) => subject.namespace !== 'zz-unrelated-team');

    expect([...beliefs(after)]).toEqual([...before]);
  });

  test('without what helps it is as sure at most, and of nobody else surer', () => {
    const surest = Math.max(0, ...before.values());
    const wrong = helpersOf(one.mode)
      .filter((kind) => snapshot.readings[kind]?.state === 'read')
      .flatMap((kind) =>
        [...beliefs(findingsIn(one, withoutKind(snapshot, kind)))]
          .filter(([subject, belief]) => belief > (before.get(subject) ?? surest))
          .map(([subject, belief]) => `without ${kind}: ${subject} ${belief}`),
      );

    expect(wrong).toEqual([]);
  });
});
