import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { provenBy } from './proven-by.ts';

const fromTheLab = { madeBy: 'npm run lab -- record something' };

function folderOf(recordings: { readonly [name: string]: { readonly origin?: object; readonly expectation?: object } }): URL {
  const root = mkdtempSync(join(tmpdir(), 'stanch-proven-'));
  for (const [name, { origin, expectation }] of Object.entries(recordings)) {
    const folder = join(root, 'mode', name);
    mkdirSync(folder, { recursive: true });
    if (origin !== undefined) writeFileSync(join(folder, 'origin.json'), JSON.stringify(origin));
    if (expectation !== undefined) writeFileSync(join(folder, 'expectation.json'), JSON.stringify(expectation));
  }
  return pathToFileURL(`${root}/`);
}

function explainedBy(...failureModes: readonly string[]): object {
  return { answer: { outcome: 'explained', roots: failureModes.map((failureMode) => ({ failureMode })) } };
}

test('a failure mode is proven by a recording of the lab that ranks it first, and by nothing less', () => {
  const recordings = folderOf({
    proves: { origin: fromTheLab, expectation: explainedBy('first', 'second') },
    'proves-again': { origin: fromTheLab, expectation: explainedBy('first') },
    'written-by-a-program': { expectation: explainedBy('third') },
    'from-elsewhere': { origin: { madeBy: 'a colleague' }, expectation: explainedBy('fourth') },
    'only-possible': { origin: fromTheLab, expectation: { answer: { outcome: 'cannot-tell', roots: [{ failureMode: 'fifth' }] } } },
    unread: { origin: fromTheLab },
  });

  expect(provenBy(recordings)).toEqual(['first']);
});
