import { describe, expect, test } from 'vitest';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { planMark } from './plan-mark.ts';
import { ada, alertOf, incidentsIn, page, serverOf, testScene, testTarget, type TestScene } from './testing-server.contract.ts';

const outage = { state: 'failed', attempted: 'asking the cluster', happened: 'it does not answer', whatToDo: 'wait' } as const;

/** Nobody can look, so that incidents stay as the pages made them. */
function blindScene(...targets: Parameters<typeof testTarget>[0][]): TestScene {
  const scene = testScene(
    undefined,
    targets.map((of) => testTarget(of)),
  );
  scene.outage = outage;
  return scene;
}

function statesOf(scene: TestScene): readonly string[] {
  return scene.targets.flatMap(({ told }) => told.flatMap((each) => (each.kind === 'status' ? [each.state] : [])));
}

describe('pages of one cause', () => {
  test('are one incident, and what is told again is told once', async () => {
    const server = serverOf(blindScene());
    const fires = (pod: string, startedAt: number) =>
      alertOf('Crash', { labels: { alertname: 'Crash', namespace: 'shop', pod: `cart-5ffc94c6d7-${pod}` }, startedAt });
    for (const each of [fires('56png', 1), fires('56png', 1), fires('x2k9m', 2)]) await page(server, each);
    await server.workOff();
    const [[, incident] = [], ...others] = await incidentsIn(server);
    expect(others).toEqual([]);
    expect(incident?.pages.map(({ alert, state }) => [alert.name, state])).toEqual([['Crash', 'firing']]);
    expect(await server.store.pages.countWaiting()).toEqual({ state: 'counted', waiting: 0 });
  });

  test('are worked in the order in which they came in, whichever job comes first', async () => {
    const scene = blindScene();
    const server = serverOf(scene);
    await page(server, alertOf('CartErrors', { startedAt: 1 }));
    const end = await page(server, alertOf('CartErrors', { startedAt: 1, state: 'resolved' }));
    const { 'work-page': work } = server.hands.handlers;
    const job = { id: 'x', kind: 'work-page', key: end, payload: { page: end }, runAt: 0, mostTries: 9, tries: 1 };
    await work(job, new AbortController().signal);
    await server.workOff();
    const incidents = await incidentsIn(server);
    expect(incidents.map(([, { pages }]) => pages.map(({ state }) => state))).toEqual([['resolved']]);
  });

  test('an end of what nobody opened opens nothing', async () => {
    const server = serverOf(blindScene());
    const id = await page(server, alertOf('CartErrors', { state: 'resolved' }));
    await server.workOff();
    expect(await incidentsIn(server)).toEqual([]);
    expect(await server.incidents.findPage(id)).toEqual({ state: 'found' });
    expect(await server.store.pages.countWaiting()).toEqual({ state: 'counted', waiting: 0 });
  });

  test('who acknowledges in the pager is seen here, also of an incident that was never paged here', async () => {
    const server = serverOf(blindScene());
    const incident = { pagerDutyIncident: 'Q1', acknowledgedBy: 'Ada' };
    await page(server, alertOf('CartErrors'), { pagerDutyIncident: 'Q1' });
    await page(server, alertOf('CartErrors'), incident);
    await page(server, alertOf('CartLatency'), { ...incident, pagerDutyIncident: 'Q2' });
    await server.workOff();
    expect((await incidentsIn(server)).map(([, { acknowledged }]) => acknowledged?.by)).toEqual(['Ada', 'Ada']);
  });
});

describe('an incident that is worked', () => {
  test('is looked at once for all pages that came in before, and again for one that comes later', async () => {
    const scene = testScene();
    const server = serverOf(scene);
    const fires = (pod: string) =>
      page(server, alertOf('Crash', { labels: { alertname: 'Crash', namespace: 'shop', pod: `cart-5ffc94c6d7-${pod}` } }));
    for (const pod of ['56png', 'x2k9m', 'b7c4d']) await fires(pod);
    await server.workOff();
    expect([(await incidentsIn(server)).map(([, { pages }]) => pages.length), scene.looks]).toEqual([[2], 1]);
    await fires('zzzzz');
    await server.workOff();
    expect(scene.looks).toBe(2);
  });

  test('by a process that died is worked on as soon as its claim has run out', async () => {
    const scene = testScene();
    const server = serverOf(scene);
    scene.outage = outage;
    await page(server, alertOf('CartErrors'));
    await server.workOff();
    const id = (await incidentsIn(server)).map(([each]) => each).join();
    const now = scene.time.now();
    await server.store.incidents.lease(id, { holder: { name: 'dead', process: 'dead' }, now, until: now + 1500 });
    scene.outage = undefined;
    scene.time.advance(1000);
    expect(await server.workOff()).toBe(now + 1500);
    scene.time.advance(500);
    await server.workOff();
    expect((await server.incidents.read(id)).state).toBe('waiting-for-approval');
  });
});

test('what flaps stays one incident until it has been quiet, and is told of once', async () => {
  const scene = testScene(undefined, [testTarget()]);
  const server = serverOf(scene);
  for (let flap = 0; flap < 6; flap += 1) {
    const startedAt = scene.time.now();
    await page(server, alertOf('CartErrors', { startedAt }));
    await server.workOff();
    scene.time.leapTo(startedAt + 2 * millisecondsPerMinute);
    await page(server, alertOf('CartErrors', { startedAt, state: 'resolved' }));
    // Three are a pattern: from then on even ten minutes of quiet are no end.
    scene.time.leapTo(startedAt + (flap < 3 ? 4 : 12) * millisecondsPerMinute);
    await server.workOff();
  }
  expect((await incidentsIn(server)).map(([, { closed }]) => closed)).toEqual([undefined]);
  expect(statesOf(scene).filter((state) => state === 'queued')).toHaveLength(1);
  scene.time.leapTo(scene.time.now() + 6 * millisecondsPerMinute);
  await server.workOff();
  expect((await incidentsIn(server)).map(([, { closed }]) => closed !== undefined)).toEqual([true]);
});

test('an alert that flapped a while ago opens an incident all the same, and nobody is told of that alone', async () => {
  const scene = testScene(undefined, [testTarget()]);
  const server = serverOf(scene);
  const fire = async (): Promise<void> => {
    const startedAt = scene.time.now();
    await page(server, alertOf('CartErrors', { startedAt }));
    await server.workOff();
    scene.time.leapTo(startedAt + millisecondsPerMinute);
    await page(server, alertOf('CartErrors', { startedAt, state: 'resolved' }));
    await server.workOff();
    scene.time.leapTo(startedAt + 3 * millisecondsPerMinute);
  };
  for (let flap = 0; flap < 3; flap += 1) await fire();
  scene.time.leapTo(scene.time.now() + 20 * millisecondsPerMinute);
  await server.workOff();
  await fire();
  expect((await incidentsIn(server)).map(([, { closed }]) => closed !== undefined)).toEqual([true, false]);
  expect(statesOf(scene)).toEqual(['queued', 'waiting-for-approval', 'closed', 'waiting-for-approval']);
});

describe('an answer', () => {
  test('is refused for another plan, and after it was given', async () => {
    const server = serverOf(testScene());
    await page(server, alertOf('CartErrors'));
    await server.workOff();
    const [[id, incident] = []] = await incidentsIn(server);
    const [attempt] = incident?.attempts ?? [];
    if (id === undefined || attempt === undefined) throw new Error('Nothing waits for an answer.');
    const plan = planMark(attempt);
    expect(await server.incidents.answer(id, { attempt: 1, plan: 'another', answer: 'yes' }, ada)).toMatchObject({ state: 'refused' });
    expect(await server.incidents.answer(id, { attempt: 2, plan, answer: 'yes' }, ada)).toMatchObject({ state: 'refused' });
    expect(await server.incidents.answer('nothing', { attempt: 1, plan, answer: 'yes' }, ada)).toEqual({ state: 'missing' });
    expect(await server.incidents.answer(id, { attempt: 1, plan, answer: 'no', because: 'too risky' }, ada)).toEqual({ state: 'done' });
    await server.workOff();
    expect(await server.incidents.answer(id, { attempt: 1, plan, answer: 'yes' }, ada)).toMatchObject({ state: 'refused' });
    expect((await server.incidents.read(id)).state).toBe('needs-human');
  });
});

test('a cluster that cannot be reached is tried again, and the incident says why nothing happens', async () => {
  const scene = blindScene();
  const server = serverOf(scene);
  await page(server, alertOf('CartErrors'));
  await server.workOff();
  const id = (await incidentsIn(server)).map(([each]) => each).join();
  expect(await server.incidents.read(id)).toMatchObject({ state: 'queued', because: 'asking the cluster: it does not answer. wait' });
  scene.outage = undefined;
  scene.time.advance(1000);
  await server.workOff();
  expect(await server.incidents.read(id)).toMatchObject({ state: 'waiting-for-approval' });
});
