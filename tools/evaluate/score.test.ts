import { expect, test } from 'vitest';
import { exampleInvestigation } from '../../src/writing/example-investigation.ts';
import { readExpectation } from './expectation.ts';
import { judge, total } from './score.ts';

const node = { kind: 'Node', name: exampleInvestigation.hypotheses[0]?.subject.name ?? '' };
const mode = exampleInvestigation.hypotheses[0]?.failureMode ?? '';

test('a cause with the right name and subject at the top is right', () => {
  const expectation = {
    outcome: 'explained' as const,
    roots: [{ failureModes: [mode], subject: exampleInvestigation.hypotheses[0]?.subject }],
  };
  expect(judge('case', exampleInvestigation, expectation)).toMatchObject({
    isTopOne: true,
    isTopThree: true,
    isWrongAndConfident: false,
    isAbstained: false,
  });
});

test('the right name on the wrong subject is wrong, and with confidence it is the worst', () => {
  const expectation = { outcome: 'explained' as const, roots: [{ failureModes: [mode], subject: { kind: 'Node', name: 'another' } }] };
  expect(judge('case', exampleInvestigation, expectation)).toMatchObject({ isTopOne: false, isWrongAndConfident: true });
});

test('an alarm about a healthy cluster is a false one', () => {
  expect(judge('case', exampleInvestigation, { outcome: 'healthy', roots: [] })).toMatchObject({
    isTopOne: false,
    isFalseAlarm: true,
    isWrongAndConfident: true,
  });
});

test('groups count alike in the macro average, however many cases they have', () => {
  const right = {
    name: '',
    group: 'one',
    isTopOne: true,
    isTopThree: true,
    isAbstained: false,
    isFalseAlarm: false,
    isWrongAndConfident: false,
    beliefs: [{ confidence: 0.9, isTrue: true }],
    said: '',
  };
  const wrong = { ...right, group: 'two', isTopOne: false, beliefs: [{ confidence: 0.9, isTrue: false }] };
  const totals = total([right, right, right, wrong]);
  expect([totals.topOne, totals.macro, totals.brier.toFixed(4), totals.calibrationError.toFixed(4)]).toEqual([
    0.75,
    0.5,
    '0.2100',
    '0.1500',
  ]);
});

test('what an answer of ours held for improbable is no truth to be found again', () => {
  const roots = [
    { failureMode: 'a', confidence: 0.96 },
    { failureMode: 'b', confidence: 0.04 },
  ];
  expect(readExpectation({ answer: { outcome: 'explained', roots } })?.roots).toEqual([{ failureModes: ['a'], subject: undefined }]);
});

test('expectations are read in the short form of other people and in the whole form of ours', () => {
  const short = readExpectation({ outcome: 'explained', roots: [{ failureMode: ['a', 'b'], subject: node }] });
  const whole = readExpectation({ answer: { outcome: 'explained', roots: [{ failureMode: 'a', subject: node, confidence: 0.9 }] } });
  expect([short, whole, readExpectation({ outcome: 'perhaps' })]).toEqual([
    { outcome: 'explained', roots: [{ failureModes: ['a', 'b'], subject: node }] },
    { outcome: 'explained', roots: [{ failureModes: ['a'], subject: node }] },
    undefined,
  ]);
});
