import { expect, test } from 'vitest';
import { outsideCode, plainOf } from './delivery-words.ts';

test('whoever does not read Markdown sees no marks of it, and commands as they are', () => {
  const block = ['```sh', "kubectl get pod 'it'\\''s' -o jsonpath='{\\.x}'", '```'].join('\n');
  expect(plainOf(`payment\\_service &amp;lt; \\[x\\] http\\://db\n${block}\n\`a\\_b\``)).toBe(
    `payment_service &lt; [x] http://db\n${block}\n\`a\\_b\``,
  );
});

test.each([
  ['a span', 'a `b` c', 'A `b` C'],
  ['a span with a fence inside', 'a ``b ` b`` c', 'A ``b ` b`` C'],
  ['a fence that is never closed', 'a `b c', 'A `B C'],
  ['fences that do not fit', 'a `b`` c', 'A `B`` C'],
])('%s is told apart from text', (_what, markdown, changed) => {
  expect(outsideCode(markdown, (text) => text.toUpperCase())).toBe(changed);
});
