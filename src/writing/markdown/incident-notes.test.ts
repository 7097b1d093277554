import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleInvestigation } from '../example-investigation.ts';
import { cannotTellInvestigation, healthyInvestigation, hostileInvestigation } from '../example-outcomes.ts';
import { writeIncidentNotes } from './incident-notes.ts';

describe('incident notes', () => {
  test.each([
    ['explained', exampleInvestigation],
    ['cannot-tell', cannotTellInvestigation],
    ['healthy', healthyInvestigation],
  ] as const)('of an investigation that ends %s read as they should', async (outcome, investigation) => {
    await expect(writeIncidentNotes(investigation)).toMatchFileSnapshot(`../golden/incident-notes-${outcome}.md`);
  });

  test('lead from every mark to a row of evidence', () => {
    const notes = writeIncidentNotes(exampleInvestigation);
    const marks = [...notes.matchAll(/\(#evidence-(\d+)\)/g)].map((match) => match[1]);
    const rows = [...notes.matchAll(/<a id="evidence-(\d+)"><\/a>/g)].map((match) => match[1]);

    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(marks)).toEqual(new Set(rows));
  });

  test('show hostile text as text', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '<script>',
        '`',
        '```',
        '|',
        '\n## owned\n',
        '[x](javascript:1)',
        '![y](http://z)',
        '\u001b[31m',
        '\\',
        '**',
        '\u202e',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const notes = writeIncidentNotes(hostileInvestigation(parts.join('')));
        const outsideBlocks = notes.replace(/^(`{3,})sh\n[\s\S]*?\n\1$/gm, 'block');
        const lines = outsideBlocks.split('\n');
        // Left to right, as a Markdown reader goes: an escape or a code span, whichever comes first.
        const outsideCode = outsideBlocks
          .replaceAll(/<code>[^<]*<\/code>/g, 'code')
          .replace(/\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, 'x');

        expect(notes).not.toMatch(/[\u001b\u202e]/);
        expect(lines.filter((line) => line.startsWith('## owned'))).toEqual([]);
        expect(outsideCode.replaceAll(/<a id="evidence-\d+"><\/a>/g, '').replaceAll(/\]\(#evidence-\d+\)/g, '')).not.toMatch(/<[a-z]|\]\(/);
      }),
      { numRuns: 100 },
    );
  });

  test('keep every row of a table as wide as its head', () => {
    const notes = writeIncidentNotes(hostileInvestigation('a|b\\|c`|`'));
    const cells = (line: string): number => line.replace(/\\./g, '').split('|').length;
    const lines = notes.split('\n');
    const rows = lines.flatMap((line, index) =>
      line.startsWith('|') && lines[index - 1]?.startsWith('|') === true ? [[cells(lines[index - 1] ?? ''), cells(line)]] : [],
    );

    expect(rows.length).toBeGreaterThan(8);
    for (const [above, here] of rows) expect(here).toBe(above);
  });
});
