import { expect, test } from 'vitest';
import { catalogue } from '../catalogue/index.generated.ts';
import { snapshotOf } from '../domain/example.ts';
import type { GuardedSituation, GuardRailExample } from '../domain/guard-rail.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import { assess } from '../reasoning/assess.ts';
import { diagnose } from '../reasoning/diagnose.ts';
import { guardedSituation } from '../reasoning/guard-deeds.ts';
import { planMitigations } from '../reasoning/plan-mitigations.ts';
import { guardRails } from './index.generated.ts';

function situationOf(example: GuardRailExample): GuardedSituation {
  const nobodyAsked = { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined };
  const assessment = assess({ ...nobodyAsked, lookBackMilliseconds: 3_600_000 }, snapshotOf(example.given));
  const { hypotheses } = diagnose(assessment, catalogue);
  return guardedSituation(assessment, { hypotheses, plans: planMitigations(mitigations, assessment, hypotheses) });
}

const warnings = guardRails.flatMap((rail) => rail.warns.map((example) => ({ rail, example, name: `${rail.id} warns: ${example.story}` })));
const silences = guardRails.flatMap((rail) =>
  rail.staysQuiet.map((example) => ({ rail, example, name: `${rail.id} stays quiet: ${example.story}` })),
);

test.each(warnings)('$name', ({ rail, example }) => {
  expect(rail.check(example.intended, situationOf(example))).toEqual(expect.stringMatching(/\w+ .+[.\w]$/));
  expect(rail.judges).toContain(example.intended.deed.kind);
});

test.each(silences)('$name', ({ rail, example }) => {
  expect(rail.check(example.intended, situationOf(example))).toBeUndefined();
});

test('every guard rail shows a warning for each kind of deed that it judges', () => {
  const unshown = guardRails.flatMap((rail) => {
    const shown = new Set(rail.warns.map((example) => example.intended.deed.kind));
    return rail.judges.filter((kind) => !shown.has(kind)).map((kind) => `${rail.id}: ${kind}`);
  });
  expect(unshown).toEqual([]);
});
