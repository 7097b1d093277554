import { expect, test } from 'vitest';
import { firingAlerts } from '../../workflow/is-over.ts';
import { Moments } from '../act/testing-night.ts';
import { alertOf, incidentsIn, page, serverOf, testScene, type TestScene, type TestServer } from './testing-server.contract.ts';

const groups = 50;
const pagesOfGroup = 20;
const untilTakenOver = 15_000;

/** Of each cause: two replicas that fire, are told again and again, and end; in some the last word is that one fires. */
function storm(): readonly Parameters<typeof page>[1][] {
  return Array.from({ length: pagesOfGroup }, (_, round) =>
    Array.from({ length: groups }, (_each, group) => {
      const pod = `worker-${group}-5ffc94c6d7-${round % 2 === 0 ? '56png' : 'x2k9m'}`;
      const state = round % 4 < 2 || (group % 5 === 0 && round >= pagesOfGroup - 2) ? 'firing' : 'resolved';
      return alertOf('KubePodCrashLooping', {
        labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', pod },
        startedAt: Math.floor(round / 4) * 1000,
        state,
      });
    }),
  ).flat();
}

/** Takes pages in and works them, a second for every hundred, until the process is killed. Returns how many were acknowledged. */
async function bear(server: TestServer, scene: TestScene, alerts: readonly Parameters<typeof page>[1][]): Promise<number> {
  let accepted = 0;
  const living = async (): Promise<void> => {
    for (const alert of alerts) {
      await page(server, alert, { deliveryKey: JSON.stringify([alert.labels['pod'], alert.startedAt, alert.state]) });
      accepted += 1;
      if (accepted % 100 !== 0) continue;
      scene.time.advance(1000);
      await server.workOff(4);
    }
    await server.workOff(4);
  };
  await Promise.race([living(), server.death]);
  return accepted;
}

test('a storm of 1,000 pages from 50 causes, killed five times on the way: none lost, none worked twice', async () => {
  const scene = testScene();
  let rest = storm();
  expect(rest).toHaveLength(1000);
  for (const last of [150, 900, 1500, 2500, 4000]) {
    const server = serverOf(scene, { name: `killed at ${last}`, moments: new Moments(last) });
    // Whoever was not answered sends again.
    rest = rest.slice(await bear(server, scene, rest));
    scene.time.advance(untilTakenOver);
  }
  const survivor = serverOf(scene, { name: 'survivor' });
  await bear(survivor, scene, rest);
  scene.time.advance(untilTakenOver);
  await survivor.workOff();

  const incidents = await incidentsIn(survivor);
  expect(incidents).toHaveLength(groups);
  expect(await survivor.store.pages.countWaiting()).toEqual({ state: 'counted', waiting: 0 });
  for (const [, { cause, pages, investigations, attempts }] of incidents) {
    const told = [cause?.page, ...pages.map((each) => each.page)];
    expect(new Set(told).size).toBe(told.length);
    expect([investigations.length, attempts.length]).toEqual([2, 1]);
  }
  const firing = incidents.filter(([, incident]) => firingAlerts(incident).length > 0).length;
  expect(firing).toBe(groups / 5);
  expect(scene.time.cluster.writes).toEqual([]);
}, 60_000);
