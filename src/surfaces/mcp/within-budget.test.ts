import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withinBudget } from './within-budget.ts';

test('what fits stays whole', () => {
  expect(withinBudget({ a: ['x', 1] })).toEqual({ text: JSON.stringify({ a: ['x', 1] }, undefined, 1), isCut: false });
});

test('long lists and texts say what they left out, and stay JSON', () => {
  const { text, isCut } = withinBudget({ list: Array.from({ length: 5000 }, (_, index) => `entry ${index}`), words: 'x'.repeat(50_000) });
  const read = JSON.parse(text) as { readonly list: readonly string[]; readonly words: string };

  expect([isCut, read.list.at(0), read.list.at(-1)]).toEqual([true, 'entry 0', '… 4900 more']);
  expect(read.words).toMatch(/^x{4000}… \(46000 more characters\)$/);
});

test('a list in disguise is shortened as well', () => {
  const evidence = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`node/${index}`, { excerpt: 'x'.repeat(100) }]));

  expect(JSON.parse(withinBudget({ evidence }).text)).toMatchObject({ evidence: { 'node/0': {}, '…': expect.stringMatching(/more$/) } });
});

test('whatever it is given, an answer stays under four thousand tokens', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`field ${index}`, Array.from({ length: 50 }, () => 'y'.repeat(900))]),
  );

  expect(withinBudget(wide).text.length).toBeLessThanOrEqual(16_000);
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 3000 }), (value, times) => {
      expect(withinBudget(Array.from({ length: times }, () => value)).text.length).toBeLessThanOrEqual(16_000);
    }),
    { numRuns: 30 },
  );
});
