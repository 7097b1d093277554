import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth, paragraph, plainPalette, rule, wrap } from './layout.ts';

const layout = { columns: 40, palette: plainPalette };

describe('wrapping', () => {
  test('keeps every word, in order, and no line is too wide unless one word is', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '東', '🔥', '-'), minLength: 1, maxLength: 12 }), { maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 60 }), (given, columns) => {
        const lines = wrap(given.join(' '), columns);

        expect(lines.join(' ')).toBe(given.join(' '));
        for (const line of lines.filter((each) => each.includes(' '))) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test('hangs behind its mark', () => {
    const text = 'two replicas wait for the\ndatabase';

    expect(paragraph({ text, mark: '→ ' }, { ...layout, columns: 26 })).toEqual(['→ two replicas wait for', '  the database']);
  });

  test('quotes text of many lines behind a gutter', () => {
    const text = 'first line\r\nsecond line is longer than this\n\n$ rm -rf /';

    expect(paragraph({ text, mark: '  ', gutter: '│ ' }, { ...layout, columns: 28 })).toEqual([
      '  │ first line',
      '  │ second line is longer',
      '  │ than this',
      '  │ $ rm -rf /',
    ]);
  });

  test('paints the mark and the lines, never what is between', () => {
    const paint = (text: string): string => `<${text}>`;

    expect(paragraph({ text: 'one line that needs two of them', mark: '  ✓ ', paint }, { ...layout, columns: 28 })).toEqual([
      '<  ✓ ><one line that needs two>',
      '    <of them>',
    ]);
  });
});

test('wide characters take two columns and marks on letters none', () => {
  expect([displayWidth('abc'), displayWidth('東京'), displayWidth('e\u0301'), displayWidth('🔥')]).toEqual([3, 4, 1, 2]);
});

test('a rule fills the page, and is never broken by a long title', () => {
  expect(rule({ title: 'Mitigate first', aside: 'not run', line: '─' }, layout)).toBe('── Mitigate first ─────────── not run ──');
  expect(rule({ title: 'x'.repeat(50), line: '─' }, layout)).toBe(`── ${'x'.repeat(50)} ──`);
});
