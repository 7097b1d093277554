import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composition } from './compose.ts';

const pods = JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'cart', namespace: 'shop' } }] });

/** A recording of these files, and what it says could not be seen. */
async function blindSpotsIn(files: { readonly [name: string]: string }): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-compose-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const options = { recording: folder, lookBackMilliseconds: 1000, budgetSeconds: 60 };
  const result = await composition.runInvestigation(options, { announce: () => undefined }, new AbortController().signal);
  return result.state === 'failed' ? [result.happened] : result.investigation.blindSpots.map((spot) => `${spot.what}: ${spot.why}`);
}

test('a page that was saved and cannot be read is told as one, not as if nobody had been paged', async () => {
  const cut = await blindSpotsIn({ 'pods.json': pods, 'alert.json': '{"alerts": [' });

  expect(cut).toContain('the saved alert: malformed: it is not valid JSON: it ends too early');
});

test('a file that nobody can read is told once, although it may have held many kinds', async () => {
  const spots = await blindSpotsIn({ 'pods.json': pods, 'other.json': `${'['.repeat(1000)}${']'.repeat(1000)}` });

  expect(spots.filter((spot) => spot.startsWith('the file other.json'))).toEqual([
    'the file other.json: malformed: it is nested more than 200 levels deep',
  ]);
});
