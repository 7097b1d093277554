import { expect, test } from 'vitest';
import { planMark } from './plan-mark.ts';
import { ada, alertOf, badNode, incidentsIn, page, serverOf, testScene, testTarget, type TestServer } from './testing-server.contract.ts';

async function only(server: TestServer) {
  const [[id, incident] = []] = await incidentsIn(server);
  if (id === undefined || incident === undefined) throw new Error('There is no incident.');
  return { id, incident };
}

async function stateOf(server: TestServer, id: string): Promise<string> {
  const read = await server.incidents.read(id);
  return read.state;
}

test.each([
  ['end', { beginsAt: Date.UTC(2026, 9, 24, 20, 47), due: '2026-10-25T08:00:00Z' }],
  ['beginning', { beginsAt: Date.UTC(2026, 2, 28, 21, 47), due: '2026-03-29T07:00:00Z' }],
] as const)('a night from the page to the reminder at nine in Berlin, over the %s of summer time', async (_of, night) => {
  const chat = testTarget();
  const scene = testScene({ ...badNode, beginsAt: night.beginsAt }, [chat]);
  const server = serverOf(scene);

  await page(server, alertOf('CartErrors'));
  await server.workOff();
  const { id, incident } = await only(server);
  expect(await stateOf(server, id)).toBe('waiting-for-approval');
  expect(incident.investigations.map(({ why }) => why)).toEqual(['first', 'diagnosis']);
  expect(scene.time.cluster.writes).toEqual([]);

  const [attempt] = incident.attempts;
  if (attempt === undefined) throw new Error('Nothing was chosen.');
  const answer = { attempt: 1, plan: planMark(attempt), answer: 'yes' } as const;
  expect(await server.incidents.answer(id, answer, ada)).toEqual({ state: 'done' });
  await server.workOff();
  expect(await stateOf(server, id)).toBe('gate-closed');
  expect(scene.time.cluster.writes[0]).toBe('PATCH /api/v1/nodes/node-3 /spec/unschedulable=true');

  // The alert is over, but the node is cordoned still.
  await page(server, alertOf('CartErrors', { state: 'resolved' }));
  await server.workOff();
  expect((await only(server)).incident.closed).toBeUndefined();

  expect(await server.incidents.undo(id, undefined, 'ada')).toEqual({ state: 'done' });
  await server.workOff();
  expect((await only(server)).incident.closed).toBeUndefined();
  scene.time.advance(5 * 60_000);
  await server.workOff();
  const { closed } = (await only(server)).incident;
  expect(closed?.followUps.filter(({ kind }) => kind === 'reminder')).toMatchObject([{ due: night.due }]);

  const due = Date.parse(night.due);
  expect(chat.told.map(({ kind }) => kind)).not.toContain('reminder');
  scene.time.leapTo(due - 1);
  await server.workOff();
  expect(chat.told.map(({ kind }) => kind)).not.toContain('reminder');
  scene.time.leapTo(due);
  await serverOf(scene, { name: 'the next one' }).workOff();
  await serverOf(scene, { name: 'one more' }).workOff();
  expect(chat.told.filter(({ kind }) => kind === 'reminder')).toHaveLength(1);
  expect(chat.told.flatMap((each) => (each.kind === 'status' ? [each.state] : []))).toEqual([
    'queued',
    'waiting-for-approval',
    'acting',
    'mitigated',
    'gate-closed',
    'closed',
  ]);
  const told = (await only(server)).incident.deliveries.map(({ what }) => what);
  expect(told).toEqual(chat.told.map(({ kind, title }) => `${kind}: ${title}`));
});
