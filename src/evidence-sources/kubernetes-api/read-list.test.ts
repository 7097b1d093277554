import { afterEach, expect, test } from 'vitest';
import { openCluster } from './open-cluster.ts';
import {
  type ApiServer,
  type Asked,
  forbidden,
  type Given,
  kubeconfigFor,
  listOf,
  openForTest,
  podsNamed,
  startApiServer,
  status,
  testNow,
} from './testing.ts';

const servers: ApiServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function clusterWith(routes: { readonly [path: string]: (asked: Asked) => Given }, limits: Parameters<typeof openForTest>[1] = {}) {
  const server = await startApiServer({ routes });
  servers.push(server);
  const opened = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) }, limits);
  return { ...opened, server };
}

function names(reading: {
  readonly state: string;
  readonly value?: readonly { readonly metadata: { readonly name: string } }[];
}): readonly string[] {
  return (reading.value ?? []).map((object) => object.metadata.name);
}

const five = listOf(podsNamed('a', 'b', 'c', 'd', 'e'));

test('A list is read page by page without pinning a resourceVersion, and keeps its order', async () => {
  const { read, server, source } = await clusterWith({ '/api/v1/pods': five }, { objectsPerPage: 2 });
  const reading = await read('pods');

  expect(reading).toMatchObject({ state: 'read', at: testNow, gaps: [] });
  expect(names(reading)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(server.asked).toEqual(['/api/v1/pods?limit=2', '/api/v1/pods?limit=2&continue=2', '/api/v1/pods?limit=2&continue=4']);
  expect([server.violations, source.cost().requests]).toEqual([[], 3]);
});

test('An empty list was read, whether the server writes [] or null', async () => {
  const { read } = await clusterWith({ '/api/v1/pods': listOf([]), '/api/v1/nodes': () => ({ body: { metadata: {}, items: null } }) });

  expect(await read('pods')).toEqual({ state: 'read', at: testNow, value: [], gaps: [] });
  expect(await read('nodes')).toEqual({ state: 'read', at: testNow, value: [], gaps: [] });
});

test('A list that expires half way (410) is begun again once, and holds nothing twice', async () => {
  const { read, server } = await clusterWith(
    {
      '/api/v1/pods': (asked) =>
        asked.query.get('continue') === '2' && asked.before === 0 ? status(410, 'The provided continue parameter is too old') : five(asked),
    },
    { objectsPerPage: 2 },
  );
  const reading = await read('pods');

  expect([names(reading), reading]).toMatchObject([['a', 'b', 'c', 'd', 'e'], { gaps: [] }]);
  expect(server.asked.filter((each) => each === '/api/v1/pods?limit=2')).toHaveLength(2);
});

test('A list that keeps expiring is read as far as it goes, with a gap', async () => {
  const { read } = await clusterWith(
    {
      '/api/v1/pods': (asked) =>
        asked.query.get('continue') === '2' ? status(410, 'The provided continue parameter is too old') : five(asked),
    },
    { objectsPerPage: 2 },
  );
  const reading = await read('pods');

  expect(names(reading)).toEqual(['a', 'b']);
  expect(reading).toMatchObject({
    gaps: [
      {
        what: 'pods after the first 2',
        because: 'timed-out',
        detail: 'listing pods: the server answered 410: The provided continue parameter is too old',
      },
    ],
  });
});

test('429 is waited for as long as Retry-After says, and not longer than the limit', async () => {
  const answers = [
    status(429, 'Too many requests', { 'retry-after': '3' }),
    status(429, 'Too many requests', { 'retry-after': '900' }),
    status(429, 'Too many requests'),
  ];
  const { read, pauses } = await clusterWith({ '/api/v1/pods': (asked) => answers[asked.before] ?? five(asked) });

  expect(names(await read('pods'))).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(pauses).toEqual([3000, 15_000, 1000]);
});

test('500 is asked again after growing pauses; a server that stays broken makes the list unreadable', async () => {
  const { read, pauses, server } = await clusterWith({
    '/api/v1/pods': () => status(500, 'etcdserver: leader changed'),
    '/api/v1/nodes': (asked) => (asked.before < 2 ? status(503, 'starting') : listOf(podsNamed('n'))(asked)),
  });

  expect(await read('pods')).toEqual({
    state: 'unreadable',
    because: 'unreachable',
    detail: 'listing pods: the server answered 500: etcdserver: leader changed',
  });
  expect(pauses).toEqual([250, 500, 1000]);
  expect(names(await read('nodes'))).toEqual(['n']);
  expect(server.asked.filter((each) => each.startsWith('/api/v1/pods'))).toHaveLength(4);
});

test('A connection that breaks in the middle of a list is tried again', async () => {
  const { read } = await clusterWith(
    {
      '/api/v1/pods': (asked) =>
        asked.query.get('continue') === '2' && asked.before === 0 ? { breaksOff: '{"items":[{"metadata"' } : five(asked),
    },
    { objectsPerPage: 2 },
  );
  const reading = await read('pods');

  expect([names(reading), reading]).toMatchObject([['a', 'b', 'c', 'd', 'e'], { gaps: [] }]);
});

test('A connection that breaks every time leaves what was read and a gap, never an empty success', async () => {
  const breaking = (asked: Asked): Given => (asked.query.has('continue') ? { breaksOff: '{"items":[{"metadata"' } : five(asked));
  const { read } = await clusterWith(
    { '/api/v1/pods': breaking, '/api/v1/nodes': () => ({ breaksOff: '{"items":[' }) },
    { objectsPerPage: 2 },
  );
  const reading = await read('pods');

  expect(names(reading)).toEqual(['a', 'b']);
  expect(reading).toMatchObject({ gaps: [{ what: 'pods after the first 2', because: 'unreachable' }] });
  expect(await read('nodes')).toMatchObject({ state: 'unreadable', because: 'unreachable' });
});

test.each([
  ['before', 'no answer came in time'],
  ['half way', 'the answer stopped half way'],
] as const)('A server that falls silent %s the answer does not hold us up', async (hangs, detail) => {
  const { read } = await clusterWith(
    { '/api/v1/pods': () => ({ hangs }) },
    { answerMilliseconds: 60, silenceMilliseconds: 60, attempts: 1 },
  );

  expect(await read('pods')).toEqual({ state: 'unreadable', because: 'timed-out', detail: `listing pods: ${detail}` });
});

test('Nothing is waited for past the budget', async () => {
  const { source, server } = await clusterWith({ '/api/v1/pods': () => ({ hangs: 'half way' }) });
  const kinds = ['pods', 'pods', 'pods', 'pods', 'pods', 'pods'] as const;
  const signal = AbortSignal.timeout(80);
  const readings = await Promise.all(kinds.map((kind) => source.read({ kind, namespaces: [], from: 0, until: 0, why: 'test' }, signal)));

  expect(readings).toEqual(
    kinds.map(() => ({
      state: 'unreadable',
      because: 'timed-out',
      detail: 'listing pods: the time for the investigation was used up before it was answered',
    })),
  );
  expect(server.asked).toHaveLength(4);
});

test('The budget also ends a pause', async () => {
  const server = await startApiServer({ routes: { '/api/v1/pods': () => status(429, 'later', { 'retry-after': '10' }) } });
  servers.push(server);
  const opened = openCluster({ kubeconfigPath: kubeconfigFor(server.url), clock: { now: () => testNow }, environment: {} });
  const reading =
    opened.state === 'opened'
      ? await opened.source.read({ kind: 'pods', namespaces: [], from: 0, until: 0, why: 'test' }, AbortSignal.timeout(80))
      : opened;

  expect(reading).toMatchObject({ state: 'unreadable', because: 'timed-out' });
});

test.each([
  [
    'no JSON',
    () => ({ body: '<html>502 from a proxy</html>' }),
    'listing pods: the answer is no JSON; it begins with "<html>502 from a proxy</html>"',
  ],
  ['no list', () => ({ body: { hello: 'world' } }), 'listing pods: the answer is no list'],
  [
    'the same empty page for ever',
    () => ({ body: { metadata: { continue: 'x' }, items: [] } }),
    'listing pods: the server keeps sending the same empty page',
  ],
] as const)('An answer that is %s makes the list malformed', async (_what, route, detail) => {
  const { read } = await clusterWith({ '/api/v1/pods': route });
  const reading = await read('pods');

  expect('detail' in reading ? reading.detail : reading.gaps[0]?.detail).toBe(detail);
  expect('because' in reading ? reading.because : reading.gaps[0]?.because).toBe('malformed');
});

test('A page that is too large is asked for in smaller ones', async () => {
  const large = listOf(podsNamed('a', 'b', 'c', 'd', 'e').map((pod) => ({ ...(pod as object), padding: 'x'.repeat(400) })));
  const { read, server } = await clusterWith({ '/api/v1/pods': large }, { objectsPerPage: 50, answerBytes: 2000 });

  expect(names(await read('pods'))).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(server.asked.slice(0, 3)).toEqual(['/api/v1/pods?limit=50', '/api/v1/pods?limit=5', '/api/v1/pods?limit=1']);
});

test('A single object beyond the limit makes a gap and ends the list', async () => {
  const { read } = await clusterWith(
    { '/api/v1/pods': () => ({ body: { items: [{ metadata: { name: 'x'.repeat(3000) } }] } }) },
    { objectsPerPage: 50, answerBytes: 2000 },
  );

  expect(await read('pods')).toEqual({
    state: 'unreadable',
    because: 'malformed',
    detail: 'listing pods: the answer is larger than 2 KiB, even for a single object',
  });
});

test('An answer that came compressed is read, and one that would burst is not', async () => {
  const server = await startApiServer({
    routes: { '/api/v1/pods': five, '/api/v1/nodes': () => ({ body: { items: [{ metadata: { name: 'x'.repeat(100_000) } }] } }) },
  });
  servers.push(server);
  // Not 127.0.0.1, where nothing would be compressed.
  const { read, source } = await openForTest(
    { kubeconfigPath: kubeconfigFor(server.url.replace('127.0.0.1', '0.0.0.0')) },
    { answerBytes: 50_000 },
  );

  expect(names(await read('pods'))).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await read('nodes')).toMatchObject({ state: 'unreadable', because: 'malformed' });
  expect(source.cost().bytes).toBeLessThan(2000);
});

test('Requests are few at a time', async () => {
  let atOnce = 0;
  let most = 0;
  const counting = (asked: Asked): Given => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    queueMicrotask(() => {
      atOnce -= 1;
    });
    return five(asked);
  };
  const { read, server } = await clusterWith({ '/api/v1/pods': counting }, { requestsAtOnce: 2 });
  await Promise.all(Array.from({ length: 12 }, () => read('pods')));

  expect([server.connections() <= 2, most <= 2, server.asked.length]).toEqual([true, true, 12]);
});

test('Later versions of an API are tried where the preferred one is not served, and none at all is unsupported', async () => {
  const { read, server } = await clusterWith({ '/apis/autoscaling/v1/horizontalpodautoscalers': listOf(podsNamed('scaler')) });

  expect(names(await read('horizontalpodautoscalers'))).toEqual(['scaler']);
  expect(await read('httproutes')).toEqual({
    state: 'unreadable',
    because: 'unsupported',
    detail: 'listing httproutes: the server does not have httproutes.gateway.networking.k8s.io',
  });
  expect(server.asked[0]).toBe('/apis/autoscaling/v2/horizontalpodautoscalers?limit=500');
});

test('What the Kubernetes API does not hold is not configured here', async () => {
  const { read } = await clusterWith({});

  expect(await read('metrics')).toEqual({
    state: 'unreadable',
    because: 'not-configured',
    detail: 'the Kubernetes API does not tell metrics',
  });
});

test('Objects keep what rules need and share it among replicas, whatever page they come on', async () => {
  const replica = (name: string): unknown => ({
    metadata: {
      name,
      namespace: 'shop',
      ownerReferences: [{ kind: 'ReplicaSet', name: 'cart-1', uid: 'u1', controller: true }],
      managedFields: [{ manager: 'x' }],
    },
    spec: {
      nodeName: 'worker-1',
      containers: [{ name: 'app', image: 'registry.example/cart:1', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }],
    },
  });
  const { read } = await clusterWith({ '/api/v1/pods': listOf([replica('a'), replica('b')]) }, { objectsPerPage: 1 });
  const reading = await read('pods');
  const [first, second] = reading.state === 'read' ? reading.value : [];

  expect(first?.spec.containers[0]?.image).toBe('registry.example/cart:1');
  expect(second?.spec).toBe(first?.spec);
  expect(JSON.stringify(reading)).not.toContain('hunter2');
});

test('A 403 in the middle of a list is a gap, and not a reason to look elsewhere', async () => {
  const { read, server } = await clusterWith(
    { '/api/v1/pods': (asked) => (asked.query.has('continue') ? forbidden('pods') : five(asked)) },
    { objectsPerPage: 2 },
  );

  expect(await read('pods')).toMatchObject({ state: 'read', gaps: [{ what: 'pods after the first 2', because: 'forbidden' }] });
  expect(server.asked.some((each) => each.includes('/namespaces/'))).toBe(false);
});
