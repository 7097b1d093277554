import { expect, test } from 'vitest';
import { snapshotOf } from '../domain/example.ts';
import type { GuardRailExample } from '../domain/guard-rail.ts';
import type { Situation } from '../domain/mitigation.ts';
import { assess } from '../reasoning/assess.ts';
import { guardRails } from './index.generated.ts';

function situationOf(example: GuardRailExample): Situation {
  const assessment = assess(
    { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 3_600_000 },
    snapshotOf(example.given),
  );
  return { scope: assessment.scope, blastRadius: assessment.radius, changes: assessment.changes, hypotheses: [] };
}

const warnings = guardRails.flatMap((rail) => rail.warns.map((example) => ({ rail, example, name: `${rail.id} warns: ${example.story}` })));
const silences = guardRails.flatMap((rail) =>
  rail.staysQuiet.map((example) => ({ rail, example, name: `${rail.id} stays quiet: ${example.story}` })),
);

test.each(warnings)('$name', ({ rail, example }) => {
  expect(rail.check(example.intended, situationOf(example))).toEqual(expect.stringMatching(/\w+ .+[.\w]$/));
});

test.each(silences)('$name', ({ rail, example }) => {
  expect(rail.check(example.intended, situationOf(example))).toBeUndefined();
});
