import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startPeer } from '../../src/delivery-targets/testing-peer-server.ts';
import { openSqliteServerStore } from '../../src/stores/sqlite/sqlite-server-store.ts';
import { openScene, pagerDutySecret, type ServerScene, workLeft } from './server-scene.ts';
import { until } from './served-process.ts';
import { outcomeOf } from './storm-outcome.ts';

let scene: ServerScene | undefined;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await scene?.close();
  for (const close of closing.splice(0)) await close();
});

/** Keeps the notes of one incident, as PagerDuty's REST API does. `isSilent`: what is written is kept, and never answered. */
async function openPagerDuty() {
  const notes: string[] = [];
  const state = { isSilent: false };
  const { address, close } = await startPeer(({ method, body }) => {
    if (method === 'GET') return { status: 200, body: { notes: notes.map((content) => ({ content })) } };
    notes.push((JSON.parse(body) as { readonly note: { readonly content: string } }).note.content);
    return state.isSilent ? 'silent' : { status: 201, body: { note: {} } };
  });
  closing.push(close);
  return { notes, state, address };
}

async function sendEvent(address: string, event: object): Promise<number> {
  const body = JSON.stringify({ event });
  const signature = `v1=${createHmac('sha256', pagerDutySecret).update(body).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-pagerduty-signature': signature };
  return (await fetch(`${address}/webhooks/pagerduty`, { method: 'POST', headers, body })).status;
}

test('killed while it is told: PagerDuty has each note once, any other side hears the same key again; who acknowledges there is seen here', async () => {
  const pager = await openPagerDuty();
  scene = await openScene(
    `  - { kind: pagerduty, name: pager, address: '${pager.address}', token: { environment: PAGERDUTY_TOKEN }, from: oncall@example.com }\n`,
  );
  const { peer } = scene;
  const path = join(scene.folder, 'stanch.db');
  const wish = { database: `sqlite:${path}`, flags: await scene.wayToCluster() };
  const first = await scene.start(wish);
  pager.state.isSilent = true;
  peer.fallSilent();
  const data = { id: 'PGR0VU2', title: 'Cart errors' };
  expect(await sendEvent(first.address, { id: '01A', event_type: 'incident.triggered', data })).toBe(202);
  await until('both sides being told', 30, () => {
    const seen = [pager.notes.length, peer.told.size];
    return Promise.resolve({ isSo: seen.every((count) => count > 0), seen });
  });
  await first.kill();
  const toldBefore = [...peer.told.keys()];
  const notesBefore = pager.notes.length;
  pager.state.isSilent = false;
  peer.speakAgain();

  const next = await scene.start(wish);
  const acknowledgement = { id: '01B', event_type: 'incident.acknowledged', agent: { summary: 'Ada Lovelace' }, data };
  expect(await sendEvent(next.address, acknowledgement)).toBe(202);
  await until('all being told', 60, async () => {
    const seen = await workLeft(next.address);
    return { isSo: seen !== undefined && Object.keys(seen).length === 0, seen };
  });
  expect([await next.stop(), next.errors]).toEqual([0, []]);

  const opened = openSqliteServerStore(path);
  if (opened.state === 'failed') throw new Error(opened.happened);
  const { incidents, twice } = await outcomeOf(opened.store, new Set());
  await opened.store.close();
  expect(incidents.map(({ acknowledged }) => acknowledged?.by)).toEqual(['Ada Lovelace']);
  expect(twice).toEqual([]);
  const titles = pager.notes.map((note) => note.split('\n')[0]);
  expect([titles.length, new Set(titles)]).toEqual([
    2,
    new Set(['Incident: Cart errors', 'cordon-node of Node node-3 waits for your approval']),
  ]);
  expect(notesBefore).toBeGreaterThan(0);
  expect(toldBefore.map((key) => peer.told.get(key))).toEqual(toldBefore.map(() => 2));
  expect(peer.told.size).toBe(2);
});
