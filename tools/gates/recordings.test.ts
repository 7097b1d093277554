import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf } from './answer.ts';
import { readJson, recordingNames, recordingsFolder, replay } from './replay.ts';

const names = recordingNames();

test('there are recordings to test', () => {
  expect(names.length).toBeGreaterThanOrEqual(10);
});

test.each(names)('%s gets the answer that was read and agreed on', async (name) => {
  const path = join(recordingsFolder, name, 'expectation.json');
  expect(existsSync(path), `${path} is missing`).toBe(true);
  const { investigation } = await replay(name);
  expect(JSON.parse(JSON.stringify(answerOf(investigation)))).toEqual((readJson(path) as { readonly answer: unknown }).answer);
});

test.each(names)('%s gives the same answer twice, byte for byte', async (name) => {
  const [first, second] = await Promise.all([replay(name), replay(name)]);
  expect(JSON.stringify(first.investigation)).toBe(JSON.stringify(second.investigation));
});

test.each(names)('%s: every claim cites evidence that is there', async (name) => {
  const { investigation } = await replay(name);
  const claims = [
    ...investigation.alert.because,
    ...(investigation.onset?.because ?? []),
    ...investigation.changes.flatMap((change) => change.because),
    ...investigation.hypotheses.flatMap((each) => [
      ...each.because,
      ...each.against,
      ...each.contributing,
      ...each.cascade.flatMap((step) => step.because),
    ]),
    ...investigation.mitigations.flatMap((plan) => plan.because),
  ];
  expect(
    claims.filter((claim) => claim.citing.length === 0 || claim.citing.some((id) => investigation.evidence[id] === undefined)),
  ).toEqual([]);
});
