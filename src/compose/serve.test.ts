import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openServer } from './serve.ts';
import { pause } from './work.ts';
import type { ServedIncident } from '../engine/serve/served-incidents.ts';
import type { ServeEngine } from '../engine/serve/serve-engine.ts';
import type { ServeRequest } from '../surfaces/command-line/serving-composition.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-compose-serve-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recording = new URL('../../recordings/kube-proxy-rules-incomplete/the-seed', import.meta.url).pathname;
const request: ServeRequest = {
  source: { recording, lookBackMilliseconds: 86_400_000, budgetSeconds: 60 },
  settings: {
    database: `sqlite:${join(folder, 'stanch.db')}`,
    soakMilliseconds: 1000,
    withinMilliseconds: 1000,
    timeZone: 'Europe/Berlin',
  },
  listen: { host: '127.0.0.1', port: 0 },
};

/** Looks again whenever something was stored. */
async function whenInvestigated({ incidents }: ServeEngine, page: string): Promise<ServedIncident> {
  const patience = AbortSignal.timeout(60_000);
  for (;;) {
    const found = await incidents.findPage(page);
    const id = found.state === 'found' ? found.incident : undefined;
    const read = id === undefined ? undefined : await incidents.read(id);
    if (read !== undefined && 'incident' in read && read.state === 'needs-human' && read.incident.investigations.length === 2) return read;
    patience.throwIfAborted();
    await pause(50, patience);
  }
}

test('a page of the recorded incident is worked out with its plans and its cause before anybody looks', async () => {
  const logged: string[] = [];
  const opened = await openServer(request, { targets: [], log: (level, text) => void logged.push(`${level} ${text}`) });
  if (opened.state === 'failed') throw new Error(opened.happened);
  const { engine, store } = opened;
  const working = engine.start();
  try {
    const handed = await engine.incidents.open('payment-service 5xx rate > 5%');
    if (handed.state !== 'opened') throw new Error(handed.state);
    const found = await whenInvestigated(engine, handed.page);
    // Nobody can write to a recording, so that its plans are told and not offered.
    expect(found.incident.unfit.map(({ plan }) => plan.id)).toContain('cordon-node');
    expect(found.incident.investigations[1]?.investigation.hypotheses[0]?.failureMode).toBe('kube-proxy-rules-incomplete');
    expect(found.report).toContain('kube-proxy');
    // Nine in Berlin, as it will be when the incident is closed.
    const reminders = found.incident.investigations.map(
      (each) => each.investigation.followUps.find(({ kind }) => kind === 'reminder')?.due,
    );
    expect(reminders).toEqual(['2026-11-22T08:00:00Z', '2026-11-22T08:00:00Z']);
  } finally {
    await working.stop();
    await store.close();
  }
  expect(logged).toEqual([]);
}, 90_000);
