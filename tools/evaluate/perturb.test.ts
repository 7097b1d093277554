import { expect, test } from 'vitest';
import { readJson, recordingsFolder, replay } from '../gates/replay.ts';
import { readExpectation } from './expectation.ts';
import { type Case, perturb } from './perturb.ts';

const seedName = 'kube-proxy-rules-incomplete/the-seed';

async function caseOf(name: string): Promise<Case> {
  const expectation = readExpectation(readJson(`${recordingsFolder}${name}/expectation.json`));
  if (expectation === undefined) throw new Error(`${name} has no expectation`);
  const { snapshot, question } = await replay(name);
  return { snapshot, question, expectation };
}

function podsOf({ snapshot }: Case): readonly string[] {
  const { pods } = snapshot.readings;
  return pods?.state === 'read' ? pods.value.map((pod) => pod.metadata.name) : [];
}

test('a variation has other names everywhere, more replicas, a stranger’s trouble, or less evidence', async () => {
  const original = await caseOf(seedName);
  const [renamed, more, noisy, less] = [0, 1, 2, 3].map((number) => perturb(original, number)?.altered ?? original);

  expect(JSON.stringify(renamed)).not.toContain('payment-service');
  expect(podsOf(more ?? original).length).toBeGreaterThan(podsOf(original).length);
  expect(podsOf(noisy ?? original).length).toBe(podsOf(original).length + 2);
  const unread = Object.values(less?.snapshot.readings ?? {}).filter((reading) => reading.state === 'unreadable').length;
  expect(unread).toBe(Object.values(original.snapshot.readings).filter((reading) => reading.state === 'unreadable').length + 1);
});

test('the same number gives the same variation', async () => {
  const original = await caseOf(seedName);

  expect(perturb(original, 4)).toEqual(perturb(original, 4));
});

test('a healthy cluster that is asked about as a whole is not called healthy beside a stranger’s trouble, and so is no such case', async () => {
  const kindsOf = async (name: string) => {
    const original = await caseOf(name);
    return [0, 1, 2, 3].flatMap((number) => perturb(original, number)?.kind ?? []);
  };

  expect(await kindsOf('healthy/watchdog')).not.toContain('noise');
  expect(await kindsOf(seedName)).toContain('noise');
});
