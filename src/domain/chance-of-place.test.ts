import { expect, test } from 'vitest';
import { chanceOfOnePlace } from './chance-of-place.ts';

const oneOfThree = { failing: 1, members: 3, membersThere: 1 };

test('one replica of each of four workloads on the same of three nodes is no chance; of two workloads it may be', () => {
  expect(chanceOfOnePlace([oneOfThree, oneOfThree, oneOfThree, oneOfThree], 3)).toBeCloseTo(3 / 81);
  expect(chanceOfOnePlace([oneOfThree, oneOfThree], 3)).toBeCloseTo(1 / 3);
});

test('half of one workload on a node that holds only these is told as exactly as by drawing', () => {
  expect(chanceOfOnePlace([{ failing: 2, members: 4, membersThere: 2 }], 2)).toBeCloseTo(2 / 6);
  expect(chanceOfOnePlace([{ failing: 1, members: 1, membersThere: 1 }], 5)).toBe(1);
});
