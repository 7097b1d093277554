import { expect, test } from 'vitest';
import { slackTarget } from '../../delivery-targets/slack/slack-target.ts';
import { openPeer } from '../../delivery-targets/testing-peer.ts';
import type { Given, Peer } from '../../delivery-targets/testing-peer-server.ts';
import { webhookTarget } from '../../delivery-targets/webhook/webhook-target.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { Secret } from '../../domain/secret.ts';
import type { DeliveryTarget } from '../../ports/delivery-target.ts';
import { Moments } from '../act/testing-night.ts';
import { alertOf, incidentsIn, page, serverOf, type TestScene, testScene, testTarget, type TestServer } from './testing-server.contract.ts';

const untilTakenOver = 15_000;

/** Nobody can look, so that the only thing that is told is that the incident is there. */
function blindScene(target: DeliveryTarget): TestScene {
  const scene = testScene(undefined, [{ ...target, told: [] }]);
  scene.outage = { state: 'failed', attempted: 'asking the cluster', happened: 'it does not answer', whatToDo: 'wait' };
  return scene;
}

function chatAt(address: string, patienceMilliseconds?: number): DeliveryTarget {
  const settings = { kind: 'webhook', name: 'chat', takes: ['status'], signWith: undefined } as const;
  return webhookTarget({ ...settings, address: new Secret(address) }, patienceMilliseconds);
}

/** A server with one page, whose chat answers so, in turn; with the last of them ever after. */
async function paged(...answers: readonly Given[]) {
  const left = [...answers];
  const peer = await openPeer(() => (left.length > 1 ? left.shift() : left[0]) ?? { status: 204 });
  const scene = blindScene(chatAt(peer.address, 100));
  const server = serverOf(scene);
  await page(server, alertOf('CartErrors'));
  await server.workOff();
  return { peer, scene, server };
}

async function toldOf(server: TestServer): Promise<readonly string[]> {
  return (await incidentsIn(server)).flatMap(([, { deliveries }]) => deliveries.map(({ target, what }) => `${target}: ${what}`));
}

function keysAt({ asked }: Peer): readonly unknown[] {
  return asked.map(({ headers }) => headers['idempotency-key']);
}

/** After so many seconds the peer was asked so often. */
async function askedAfter(seconds: number, { scene, server, peer }: Awaited<ReturnType<typeof paged>>): Promise<number> {
  scene.time.leapTo(scene.time.now() + seconds * 1000);
  await server.workOff();
  return peer.asked.length;
}

const incident = 'chat: status: Incident: CartErrors is bad';

test('a side that refuses at first is asked again, twice as late each time, and told once', async () => {
  const night = await paged({ status: 503 }, 'lost', { status: 500 }, { status: 204 });
  expect(night.peer.asked).toHaveLength(1);
  expect([await askedAfter(0.999, night), await askedAfter(0.001, night)]).toEqual([1, 2]);
  expect([await askedAfter(1.999, night), await askedAfter(0.001, night)]).toEqual([2, 3]);
  expect(await toldOf(night.server)).toEqual([]);
  expect([await askedAfter(3.999, night), await askedAfter(0.001, night)]).toEqual([3, 4]);
  expect(await toldOf(night.server)).toEqual([incident]);
  expect(await askedAfter(3600, night)).toBe(4);
  expect(new Set(keysAt(night.peer)).size).toBe(1);
});

test('a side that asks for patience with 429 is left alone for as long as it says', async () => {
  const night = await paged({ status: 429, headers: { 'retry-after': '30' } }, { status: 204 });
  expect([await askedAfter(29.999, night), await askedAfter(0.001, night)]).toEqual([1, 2]);
  expect(await toldOf(night.server)).toEqual([incident]);
});

test('a side that does not answer keeps nobody else waiting, and is asked again', async () => {
  const night = await paged('silent', { status: 204 });
  expect(night.peer.asked).toHaveLength(1);
  await page(night.server, alertOf('CartLatency'));
  await night.server.workOff();
  expect(await incidentsIn(night.server)).toHaveLength(2);
  expect(await askedAfter(1, night)).toBe(3);
  expect(await toldOf(night.server)).toHaveLength(2);
});

test('a side that was away for half a day is told all the same', async () => {
  const night = await paged({ status: 503 });
  for (let minute = 0; minute < 12 * 60; minute += 5) {
    night.scene.time.leapTo(night.scene.time.now() + 5 * millisecondsPerMinute);
    await night.server.workOff();
  }
  expect(night.peer.asked.length).toBeGreaterThan(100);
  expect(await night.server.store.jobs.count('deliver')).toMatchObject({ waiting: 1, failed: 0 });
});

test('what trying again cannot mend is given up at once, and the log says why', async () => {
  const night = await paged({ status: 404 });
  expect(await askedAfter(3600, night)).toBe(1);
  expect(night.scene.log.filter((line) => line.startsWith('error'))).toEqual([
    expect.stringContaining('was given up: chat: it answered 404: nothing takes deliveries there'),
  ]);
});

test('a page cannot mark up what others are told of it', async () => {
  const night = await paged({ status: 204 });
  const id = (await incidentsIn(night.server)).map(([each]) => each).join();
  const words = { title: 'x', text: '<img src=x> [click](http://evil)\n- an item\n  $ ls `x`' };
  const payload = { target: 'chat', key: 'k', incident: id, kind: 'status', ...words } as const;
  const job = { id: 'x', kind: 'deliver', key: 'k', payload, runAt: 0, mostTries: 9, tries: 1 };
  await night.server.hands.handlers.deliver(job, new AbortController().signal);

  expect(JSON.parse(night.peer.asked.at(-1)?.body ?? '')).toMatchObject({
    text: '\\<img src=x\\> \\[click\\](http\\://evil)\n\n- an item\n  `` ls `x` ``',
  });
});

test('a delivery that is recorded is not made again, whoever asks for it', async () => {
  const night = await paged({ status: 204 });
  const id = (await incidentsIn(night.server)).map(([each]) => each).join();
  const key = decodeURI(String(keysAt(night.peer)[0]));
  const payload = { target: 'chat', key, incident: id, kind: 'status', title: 'again', text: 'again' } as const;
  const job = { id: 'x', kind: 'deliver', key: 'again', payload, runAt: 0, mostTries: 9, tries: 1 };
  const { deliver } = night.server.hands.handlers;
  expect(await deliver(job, new AbortController().signal)).toEqual({ state: 'done' });
  expect(night.peer.asked).toHaveLength(1);
});

test('Slack knows no keys: whenever the process dies, a message comes once, and twice only where it died before it could record it', async () => {
  const times: number[] = [];
  let last = Infinity;
  for (let step = 0; last > 0; step += 1) {
    const peer = await openPeer(() => ({ status: 200, body: 'ok' }));
    const address = new Secret(`${peer.address}/services/T0/B0/abcdef`);
    const scene = blindScene(slackTarget({ kind: 'slack', name: 'chat', takes: ['status'], address }));
    const moments = new Moments(last);
    const killed = serverOf(scene, { name: 'killed', moments });
    const night = async (server: TestServer): Promise<void> => {
      await page(server, alertOf('CartErrors'), { deliveryKey: 'fires' });
      await server.workOff();
    };
    await Promise.race([night(killed), moments.death]);
    scene.time.advance(untilTakenOver);
    const next = serverOf(scene, { name: 'next' });
    await night(next);
    expect(await toldOf(next)).toEqual([incident]);
    times.push(peer.asked.length);
    expect(new Set(peer.asked.map(({ body }) => body)).size).toBe(1);
    last = last === Infinity ? moments.passed : last - 1;
  }
  expect([Math.min(...times), Math.max(...times)]).toEqual([1, 2]);
  expect(times.filter((each) => each === 2).length).toBeLessThanOrEqual(2);
});

test('a target that knows the key says so, and it is recorded as told', async () => {
  const target = testTarget({ takes: ['status'] }, [{ state: 'known', link: 'https://chat.example.com/1' }]);
  const scene = blindScene(target);
  const server = serverOf(scene);
  await page(server, alertOf('CartErrors'));
  await server.workOff();
  const deliveries = (await incidentsIn(server)).flatMap(([, each]) => each.deliveries);
  expect(deliveries).toMatchObject([{ target: 'chat', what: 'status: Incident: CartErrors is bad' }]);
});
