import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue } from '../../src/catalogue/index.generated.ts';
import { replay } from '../gates/replay.ts';

const page = new URL('../../docs/conditions.md', import.meta.url);
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('(../recordings/'))
  .map((line) => ({
    condition: line.split('|')[1]?.trim() ?? '',
    modes: linksIn(line, /\]\(failure-modes\/([^)]+)\.md\)/g),
    recordings: linksIn(line, /\]\(\.\.\/recordings\/([^)]+)\)/g),
  }));

function linksIn(line: string, pattern: RegExp): readonly string[] {
  return [...line.matchAll(pattern)].map((match) => match[1] ?? '');
}

test('every failure mode and every recording that the page of conditions leads to is there', () => {
  const ids = new Set(catalogue.map(({ id }) => id));
  const modes = rows.flatMap((row) => row.modes);

  expect(modes.length).toBeGreaterThan(20);
  expect(modes.filter((id) => !ids.has(id))).toEqual([]);
  expect(rows.flatMap((row) => row.recordings).filter((name) => !existsSync(new URL(`../recordings/${name}`, page)))).toEqual([]);
});

test.each(rows.flatMap(({ condition, modes, recordings }) => recordings.map((recording) => ({ condition, modes, recording }))))(
  '$condition: $recording',
  async ({ modes, recording }) => {
    const { outcome, hypotheses } = (await replay(recording)).investigation;
    const named = hypotheses.map(({ failureMode }) => failureMode);

    if (modes.length === 0) expect([outcome, named]).toEqual(['healthy', []]);
    else expect(named.filter((each) => modes.includes(each)).length, `it names ${named.join(', ')}`).toBeGreaterThan(0);
  },
);
