import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code, codeBlock, codeInCell, prose, table } from './markdown-safe.ts';

const nasty = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('`', '``', '|', '\\', '<b>', '[x](http://y)', '**', '\n', '\u001b[31m', '|--|', '![', '&lt;'),
    ),
  )
  .map((parts) => parts.join(''));

/** Removes every escaped character, as a Markdown reader does before it looks for markup. */
const unescaped = (text: string): string => text.replace(/\\[!-/:-@[-`{-~]/g, 'x');

describe('prose', () => {
  test('holds no markup, whatever it was made from', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(unescaped(prose(text))).not.toMatch(/[`*_[\]<>|~$\n\u001b]|:\/\/|^[-+=#]/);
      }),
    );
  });

  test.each([
    ['a tag', '<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)\\>'],
    ['a link', '[click](javascript:alert(1))', '\\[click\\](javascript:alert(1))'],
    ['an address', 'see http://evil.example and www.evil.example', 'see http\\://evil.example and www\\.evil.example'],
    ['a heading', '# owned', '\\# owned'],
    ['a list', '1. first', '1\\. first'],
    ['an entity', '&lt;b&gt; R&D', '&amp;lt;b&amp;gt; R&D'],
    ['a table cell', 'a | b', 'a \\| b'],
    ['several lines', 'a\n\n## b', 'a ## b'],
  ])('shows %s as it was written', (_what, raw, safe) => {
    expect(prose(raw)).toBe(safe);
  });
});

describe('code', () => {
  test('cannot be left from inside', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const span = codeInCell(text);
        if (span === '' || span.startsWith('<code>')) return;
        const fence = /^`+/.exec(span)?.[0] ?? '';
        const inside = span.slice(fence.length, -fence.length);

        expect(span.endsWith(fence)).toBe(true);
        expect(inside.match(/`+/g) ?? []).not.toContain(fence);
        expect(inside).not.toMatch(/[\n\u001b]|(?<!\\)\|/);
      }),
    );
  });

  test('shows a pipe as it is, in a table too', () => {
    expect(code('grep "a\\|b" | wc')).toBe('`grep "a\\|b" | wc`');
    expect(codeInCell('grep a|b')).toBe('`grep a\\|b`');
    expect(codeInCell('grep "a\\|b"')).toBe('<code>grep &#34;a&#92;&#124;b&#34;</code>');
  });

  test('in a block has a fence of its own length', () => {
    expect(codeBlock(['echo ```', 'ls\n```'])).toEqual(['````sh', 'echo ```', 'ls ```', '````']);
    expect(codeBlock([])).toEqual([]);
  });
});

test('a table without rows is no table', () => {
  expect(table(['a'], [])).toEqual([]);
  expect(table(['a', 'b'], [['1', '2']])).toEqual(['| a | b |', '| --- | --- |', '| 1 | 2 |']);
});
