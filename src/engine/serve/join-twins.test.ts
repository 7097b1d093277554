import { expect, test } from 'vitest';
import { exampleInvestigation } from '../../writing/example-investigation.ts';
import type { IncidentHappening } from '../../domain/incident-event.ts';
import { Digests } from './digests.ts';
import { joinTwins } from './join-twins.ts';
import { alertOf, incidentsIn, page, serverOf, testScene, type TestScene, type TestServer } from './testing-server.contract.ts';

const investigated: IncidentHappening = {
  kind: 'investigated',
  why: 'diagnosis',
  investigation: { ...exampleInvestigation, outcome: 'explained' },
};

/** Incidents of as many causes as the pages tell, each of which was found to have the same cause. */
async function twinsIn(scene: TestScene, server: TestServer, names: readonly string[]): Promise<readonly string[]> {
  scene.outage = { state: 'failed', attempted: 'asking the cluster', happened: 'it does not answer', whatToDo: 'wait' };
  for (const name of names) {
    await page(server, alertOf(name, { startedAt: 1 }));
    await server.workOff();
    scene.time.advance(1000);
  }
  const ids = (await incidentsIn(server)).map(([id]) => id);
  for (const id of ids) await server.store.incidents.append(id, 1, [{ at: scene.time.now(), by: 'stanch', ...investigated }]);
  return ids;
}

function joining(scene: TestScene, server: TestServer): Parameters<typeof joinTwins>[1] {
  return { store: server.store, clock: scene.time, digests: new Digests(), log: () => undefined };
}

test('incidents with the same cause are one from then on: the later ones are joined, and their pages count for the first', async () => {
  const scene = testScene();
  const server = serverOf(scene);
  const [first = '', second = '', third = ''] = await twinsIn(scene, server, ['CartErrors', 'CartLatency', 'CartSaturation']);
  await joinTwins(third, joining(scene, server));
  await joinTwins(second, joining(scene, server));
  await server.workOff();
  const joined = new Map(await incidentsIn(server));
  expect([first, second, third].map((id) => joined.get(id)?.joined?.incident)).toEqual([undefined, first, first]);
  expect(
    joined
      .get(first)
      ?.pages.map(({ alert }) => alert.name)
      .toSorted(),
  ).toEqual(['CartLatency', 'CartSaturation']);

  // The end of a joined one is told to the first.
  await page(server, alertOf('CartLatency', { startedAt: 1, state: 'resolved' }));
  await server.workOff();
  const after = new Map(await incidentsIn(server));
  expect(after.get(first)?.pages.at(-1)).toMatchObject({ alert: { name: 'CartLatency' }, state: 'resolved' });
  expect(after.get(second)?.pages).toEqual([]);
});

test('what was joined to an incident is not told as one that looked alike before', async () => {
  const scene = testScene();
  const server = serverOf(scene);
  const [first = '', second = ''] = await twinsIn(scene, server, ['CartErrors', 'CartLatency']);
  expect(await server.incidents.similar(first, 5)).toMatchObject([{ id: second }]);
  await joinTwins(second, joining(scene, server));
  expect(await server.incidents.similar(first, 5)).toEqual([]);
});

test('what is closed closes what was joined to it', async () => {
  const scene = testScene();
  const server = serverOf(scene);
  const [first = '', second = ''] = await twinsIn(scene, server, ['CartErrors', 'CartLatency']);
  await joinTwins(second, joining(scene, server));
  await server.workOff();
  scene.outage = undefined;
  for (const name of ['CartErrors', 'CartLatency']) await page(server, alertOf(name, { startedAt: 1, state: 'resolved' }));
  await server.workOff();
  scene.time.leapTo(scene.time.now() + 6 * 60_000);
  await server.workOff();
  const closed = new Map(await incidentsIn(server));
  expect([first, second].map((id) => closed.get(id)?.closed !== undefined)).toEqual([true, true]);
  expect(await server.incidents.similar(first, 5)).toEqual([]);
});

test('what is acted on is not joined: its changes have to be put back where they were made', async () => {
  const scene = testScene();
  const server = serverOf(scene);
  const [, second = ''] = await twinsIn(scene, server, ['CartErrors', 'CartLatency']);
  scene.outage = undefined;
  await server.workOff();
  const read = await server.store.incidents.read(second);
  const length = read.state === 'read' ? read.events.length : 0;
  const approval = { by: 'ada', how: 'human', at: scene.time.now() } as const;
  const approved: IncidentHappening = { kind: 'approved', attempt: 1, approval };
  await server.store.incidents.append(second, length, [
    { at: scene.time.now(), by: 'ada', ...approved },
    { at: scene.time.now(), by: 'stanch', ...investigated },
  ]);
  await joinTwins(second, joining(scene, server));
  expect((await incidentsIn(server)).map(([, { joined }]) => joined)).toEqual([undefined, undefined]);
});
