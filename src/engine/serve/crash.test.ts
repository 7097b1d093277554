import { expect, test } from 'vitest';
import type { Incident } from '../../domain/incident.ts';
import { Moments } from '../act/testing-night.ts';
import { planMark } from './plan-mark.ts';
import {
  ada,
  alertOf,
  incidentsIn,
  page,
  serverOf,
  type TestScene,
  testScene,
  type TestServer,
  testTarget,
} from './testing-server.contract.ts';

const untilTakenOver = 15_000;
const untilOver = 5 * 60_000;

/** What humans and the pager do in one night, each as soon as it can be done, by whatever process is there. */
async function night(server: TestServer, scene: TestScene): Promise<void> {
  await page(server, alertOf('CartErrors', { startedAt: 1 }), { deliveryKey: 'fires' });
  await server.workOff();
  const [[id, incident] = []] = await incidentsIn(server);
  const [attempt] = incident?.attempts ?? [];
  if (id === undefined || attempt === undefined) throw new Error('Nothing waits for an answer.');
  await server.incidents.answer(id, { attempt: 1, plan: planMark(attempt), answer: 'yes' }, ada);
  await server.workOff();
  await page(server, alertOf('CartErrors', { startedAt: 1, state: 'resolved' }), { deliveryKey: 'is over' });
  await server.incidents.undo(id, undefined, 'ada');
  await server.workOff();
  scene.time.advance(untilOver);
  await server.workOff();
}

function ending([, incident]: readonly [string, Incident]) {
  const { attempts, pages, closed } = incident;
  return {
    tried: attempts.map(({ plan, judgement, undoAsked }) => [plan.id, judgement?.is, undoAsked?.by]),
    pages: pages.map(({ state }) => state),
    isClosed: closed !== undefined,
  };
}

const done = { tried: [['cordon-node', 'confirmed', 'ada']], pages: ['resolved'], isClosed: true };

test('whenever the process dies, the next one brings the night to the same end, and nothing is done twice', async () => {
  const wrong: string[] = [];
  let last = Infinity;
  for (let step = 0; last > 0; step += 1) {
    const chat = testTarget();
    const scene = testScene(undefined, [chat]);
    const moments = new Moments(last);
    const killed = serverOf(scene, { name: 'killed', moments });
    await Promise.race([night(killed, scene), moments.death]);
    scene.time.advance(untilTakenOver);
    const next = serverOf(scene, { name: 'next' });
    await night(next, scene);
    const incidents = await incidentsIn(next);
    const told = chat.told.map(({ key }) => key);
    const { writes } = scene.time.cluster;
    const is = JSON.stringify([incidents.map(ending), new Set(writes).size === writes.length, new Set(told).size === told.length]);
    if (is !== JSON.stringify([[done], true, true])) wrong.push(`killed at ${last}: ${is}`);
    // Every eleventh moment, another one each time: all of them would take minutes.
    last = last === Infinity ? moments.passed : last - 11;
  }
  expect(wrong).toEqual([]);
}, 120_000);
