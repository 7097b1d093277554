import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJsonBody } from './json-body.ts';

test.each([
  ['{"a":[1,"x"]}', { a: [1, 'x'] }],
  ['"[[[["', '[[[['],
  [' ', undefined],
  ['"\\"[\\\\"', '"[\\'],
])('%s is read', (text, value) => {
  expect(readJsonBody(text)).toEqual({ state: 'read', value });
});

test('what is nested deeper than anybody means is refused before anything is built of it', () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  expect(readJsonBody(nested(64)).state).toBe('read');
  for (const text of [nested(65), nested(500_000), '{"a":'.repeat(65), '['.repeat(100_000)])
    expect(readJsonBody(text)).toEqual({ state: 'refused', happened: 'the JSON is nested deeper than 64 levels' });
});

test('what is no JSON is refused without quoting it', () => {
  for (const text of ['{', 'hunter2', '"unterminated', '\\', '"\\'])
    expect(readJsonBody(text)).toEqual({ state: 'refused', happened: 'the body is no valid JSON' });
});

test('it reads what JSON.parse reads, up to its depth', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      expect(readJsonBody(text)).toEqual({ state: 'read', value: JSON.parse(text) });
    }),
    { numRuns: 100 },
  );
});
