import { expect, test } from 'vitest';
import { exampleChoice, exampleIncident, examplePlan, exampleScaleOut } from '../../domain/example-incident.ts';
import type { Attempt } from '../../domain/incident.ts';
import { planMark } from './plan-mark.ts';

const attempt = attemptOf();

test('the same plan has the same mark, in whatever order a database gives its keys back', () => {
  const { plan } = attempt;
  const turned = Object.fromEntries(Object.entries(plan).toReversed()) as unknown as Attempt['plan'];

  expect(planMark(attempt)).toMatch(/^[0-9a-f]{16}$/);
  expect(planMark({ ...attempt, plan: turned })).toBe(planMark(attempt));
});

test('what is masked where it is shown is not part of it', () => {
  const masked = attempt.prepared.map((each) => ({ ...each, write: { kind: 'delete' } as const }));

  expect(planMark({ ...attempt, prepared: masked })).toBe(planMark(attempt));
});

test('another plan, another attempt and another object have other marks', () => {
  const [first, ...more] = attempt.prepared;
  const elsewhere = first === undefined ? [] : [{ ...first, object: { ...first.object, uid: 'another' } }, ...more];
  const others = [
    { ...attempt, plan: exampleScaleOut },
    { ...attempt, number: 2 },
    { ...attempt, prepared: elsewhere },
  ];

  expect(new Set([attempt, ...others].map(planMark)).size).toBe(4);
});

function attemptOf(): Attempt {
  const [made] = exampleIncident(exampleChoice(1, examplePlan())).attempts;
  if (made === undefined) throw new Error('The example has an attempt.');
  return made;
}
