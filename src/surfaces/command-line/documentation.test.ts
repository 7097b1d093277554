import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { composition } from '../../compose/compose.ts';
import { plainPalette } from '../../writing/layout.ts';
import { nothingTold, tell } from '../../writing/text/tell.ts';
import type { Announcer } from './looking.ts';
import { parseCommandLine } from './parse-command-line.ts';

const root = new URL('../../../', import.meta.url);
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function read(page: string): string {
  return readFileSync(new URL(page, root), 'utf8');
}

/** Every call of the program in blocks of code and in spans of code, as the words that a shell would hand over. */
function calls(page: string): readonly (readonly string[])[] {
  const blocks = [...page.matchAll(/^```(?:sh|console|text)\n([\s\S]*?)^```/gm)].flatMap((match) => (match[1] ?? '').split('\n'));
  const spans = [...page.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return [...blocks, ...spans]
    .flatMap((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/\s#.*$/, '')
        .split(/\s+[|>]\s+|\s+&&\s+/),
    )
    .map(wordsOf)
    .filter(([program]) => program === 'stanch' || program === './stanch')
    .map((words) => words.slice(1));
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}

describe('what the pages tell people to type can be typed', () => {
  test.each(pages)('in %s', (page) => {
    const refused = calls(read(page))
      // "DIR|TAR.GZ" and "…" stand for what a reader fills in, and a lone name of the program is no call.
      .filter((words) => words.length > 0 && !words.some((word) => /…|\|/.test(word)))
      // A command alone may be named without what it needs.
      .map((words) => (words.length === 1 ? [...words, '--help'] : words))
      .map((words) => ({ words, parsed: parseCommandLine({ arguments: words, version: '0.0.0', columns: 100 }) }))
      .filter(({ parsed }) => parsed.state === 'failed');

    expect(refused).toEqual([]);
  });

  test('and the README has some', () => {
    expect(calls(read('README.md')).length).toBeGreaterThan(10);
  });
});

test('the incident on the first screen of the README is what the program really prints, shortened', async () => {
  const options = { ...composition.demonstration(), lookBackMilliseconds: 86_400_000, budgetSeconds: 60 };
  const printed: string[] = [];
  let told = nothingTold;
  const announce: Announcer['announce'] = (happening) => {
    if (happening.kind === 'progress' || happening.kind === 'notice') return;
    const telling = tell(happening, told, { columns: 84, palette: plainPalette });
    told = telling.told;
    printed.push(...telling.lines);
  };
  await composition.runInvestigation(options, { announce }, new AbortController().signal);
  const [, shown = ''] = /^```text\n\$ \.\/stanch demo\n([\s\S]*?)^```/m.exec(read('README.md')) ?? [];
  const lines = shown
    .split('\n')
    .slice(1)
    .filter((line) => line !== '' && line !== '…');
  let after = -1;
  const missing = lines.filter((line) => {
    const found = printed.indexOf(line, after + 1);
    after = found === -1 ? after : found;
    return found === -1;
  });

  expect(lines.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});

test('every link of the README leads to a file', () => {
  const links = [...read('README.md').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? '');

  for (const link of links)
    expect(() => readFileSync(new URL(link.endsWith('/') ? `${link}0001-node-24-through-a-launcher.md` : link, root))).not.toThrow();
});
