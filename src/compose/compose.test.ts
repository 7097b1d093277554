import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composition } from './compose.ts';

const pods = JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'cart', namespace: 'shop' } }] });

const well = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { nodeName: 'worker-1', containers: [{ name: 'app', image: 'shop/cart:1' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: { startedAt: '2026-03-01T02:30:00Z' } } }],
  },
});
const joined = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'worker-1', creationTimestamp: '2026-03-01T02:40:00Z' },
  status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: '2026-03-01T02:41:00Z' }] },
};

async function investigationOf(files: { readonly [name: string]: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-compose-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const options = { recording: folder, lookBackMilliseconds: 86_400_000, budgetSeconds: 60 };
  return composition.runInvestigation(options, { announce: () => undefined }, new AbortController().signal);
}

/** A recording of these files, and what it says could not be seen. */
async function blindSpotsIn(files: { readonly [name: string]: string }): Promise<readonly string[]> {
  const result = await investigationOf(files);
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

test.each([
  ['no change is known', [], 'I know of no change that could be it.'],
  ['nobody fails', [joined], 'I know of no failing replica that one of them could have touched.'],
])('where %s, no change is said to have missed the failing replicas', async (_, more, conclusion) => {
  const result = await investigationOf({ 'pods.json': well, 'more.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: more }) });

  const thoughts = result.state === 'failed' ? [] : result.investigation.thoughts;
  expect(thoughts.filter(({ phase }) => phase === 'what-changed').map((thought) => thought.conclusion)).toEqual([conclusion]);
});
