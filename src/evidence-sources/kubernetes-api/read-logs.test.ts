import { afterEach, expect, test } from 'vitest';
import type { LogRequest } from '../../ports/evidence-source.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import { type ApiServer, type Asked, type Given, kubeconfigFor, openForTest, startApiServer, status, testNow } from './testing.ts';

const servers: ApiServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function clusterWith(route: (asked: Asked) => Given, limits: Parameters<typeof openForTest>[1] = {}, tap?: EvidenceTap) {
  const server = await startApiServer({ routes: { '/api/v1/namespaces/shop/pods/cart-1/log': route } });
  servers.push(server);
  const opened = await openForTest({ kubeconfigPath: kubeconfigFor(server.url), ...(tap === undefined ? {} : { tap }) }, limits);
  return { ...opened, server, readLog: (more: Partial<LogRequest> = {}) => opened.read('container-logs', { logs: [{ ...log, ...more }] }) };
}

const log: LogRequest = { namespace: 'shop', pod: 'cart-1', container: 'app', isPrevious: false, tailLines: 50 };
const { tailLines: _asked, ...identity } = log;

test('A log is asked for by its tail with times, and read line by line', async () => {
  const { readLog, server } = await clusterWith(() => ({
    body: '2026-03-01T09:59:58.123456789Z starting\n2026-03-01T09:59:59Z FATAL: no database\n',
  }));

  expect(await readLog({ isPrevious: true })).toEqual({
    state: 'read',
    at: testNow,
    gaps: [],
    value: [
      {
        ...identity,
        isPrevious: true,
        lines: [
          { at: Date.parse('2026-03-01T09:59:58.123Z'), text: 'starting' },
          { at: Date.parse('2026-03-01T09:59:59Z'), text: 'FATAL: no database' },
        ],
      },
    ],
  });
  expect(server.asked).toEqual([
    '/api/v1/namespaces/shop/pods/cart-1/log?container=app&tailLines=50&timestamps=true&limitBytes=1048576&previous=true',
  ]);
});

test('Escape sequences and secrets do not get through', async () => {
  const escape = String.fromCharCode(27);
  const { readLog } = await clusterWith(() => ({
    body: [
      `2026-03-01T09:59:58Z ${escape}[31mred${escape}[0m ${escape}]0;title${String.fromCharCode(7)}bell`,
      '2026-03-01T09:59:58Z connecting to postgres://cart:hunter2@db:5432/cart',
      '2026-03-01T09:59:58Z DB_PASSWORD=hunter2',
      '2026-03-01T09:59:58Z -----BEGIN RSA PRIVATE KEY-----',
      '2026-03-01T09:59:58Z MIIEowIBAAKCAQEAhunter2hunter2hunter2',
      '2026-03-01T09:59:58Z -----END RSA PRIVATE KEY-----',
      '',
    ].join('\n'),
  }));
  const reading = await readLog();
  const text = reading.state === 'read' ? (reading.value[0]?.lines.map((line) => line.text).join('\n') ?? '') : '';

  expect(text).toContain('red bell');
  expect(text).not.toMatch(/hunter2|MIIE/);
  expect(text.includes(escape)).toBe(false);
});

test.each([
  ['previous terminated container "app" in pod "cart-1" not found'],
  ['container "app" in pod "cart-1" is waiting to start: ContainerCreating'],
  ['container "app" in pod "cart-1" is waiting to start: trying and failing to pull image'],
])('A log that does not exist is an empty one: %s', async (message) => {
  const { readLog } = await clusterWith(() => status(400, message));

  expect(await readLog()).toEqual({ state: 'read', at: testNow, value: [{ ...identity, lines: [] }], gaps: [] });
});

test('The log of a pod that is on no node yet is empty', async () => {
  const { readLog } = await clusterWith(() => ({ status: 204, body: '' }));

  expect(await readLog()).toMatchObject({ state: 'read', value: [{ lines: [] }], gaps: [] });
});

test('A log that the runtime has lost is empty, with a gap, and its apology is no line of the container', async () => {
  const { readLog } = await clusterWith(() => ({ body: 'unable to retrieve container logs for containerd://4f5e' }));

  expect(await readLog()).toMatchObject({
    state: 'read',
    value: [{ lines: [] }],
    gaps: [{ what: 'log of container app of pod shop/cart-1', because: 'unreachable', namespaces: ['shop'] }],
  });
});

test('A program that prints the same words is heard', async () => {
  const { readLog } = await clusterWith(() => ({ body: '2026-03-01T09:59:58Z unable to retrieve container logs for x\n' }));

  expect(await readLog()).toMatchObject({ value: [{ lines: [{ text: 'unable to retrieve container logs for x' }] }], gaps: [] });
});

test('Logs that are refused, gone or out of reach are gaps beside those that were read', async () => {
  const server = await startApiServer({
    routes: {
      '/api/v1/namespaces/shop/pods/cart-1/log': () => ({ body: '2026-03-01T09:59:58Z hello\n' }),
      '/api/v1/namespaces/shop/pods/cart-2/log': () => status(403, 'pods "cart-2" is forbidden'),
      '/api/v1/namespaces/shop/pods/cart-3/log': () =>
        status(500, 'Get "https://10.0.0.9:10250/containerLogs/shop/cart-3/app": dial tcp 10.0.0.9:10250: connect: connection refused'),
    },
  });
  servers.push(server);
  const { read } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });
  const reading = await read('container-logs', { logs: ['cart-1', 'cart-2', 'cart-3', 'cart-4'].map((pod) => ({ ...log, pod })) });

  expect(reading).toMatchObject({
    state: 'read',
    value: [{ pod: 'cart-1', lines: [{ text: 'hello' }] }],
    gaps: [
      { what: 'log of container app of pod shop/cart-2', because: 'forbidden' },
      { what: 'log of container app of pod shop/cart-3', because: 'unreachable' },
      { what: 'log of container app of pod shop/cart-4', because: 'unsupported' },
    ],
  });
  // A kubelet that refuses is asked twice, not four times: each attempt may take half a minute.
  expect(server.asked.filter((each) => each.includes('cart-3'))).toHaveLength(2);
});

test('A lost node, of which the API server says nothing, is waited for briefly and asked once', async () => {
  const { readLog, server } = await clusterWith(() => ({ hangs: 'before' }), { logMilliseconds: 60, answerMilliseconds: 60_000 });

  expect(await readLog()).toMatchObject({ state: 'unreadable', because: 'timed-out' });
  expect(server.asked).toHaveLength(1);
});

test('Where no log at all can be read, that is said instead of an empty list', async () => {
  const { readLog } = await clusterWith(() => status(403, 'no'));

  expect(await readLog()).toEqual({
    state: 'unreadable',
    because: 'forbidden',
    detail: 'log of container app of pod shop/cart-1: the server answered 403: no',
  });
});

test('A tail that does not fit is asked for in fewer lines, because the server cuts off its end', async () => {
  const lines = Array.from({ length: 40 }, (_line, number) => `2026-03-01T09:59:58Z line ${number}\n`);
  const cutting = ({ query }: Asked): Given => ({
    body: lines
      .slice(-Number(query.get('tailLines')))
      .join('')
      .slice(0, Number(query.get('limitBytes'))),
  });
  const { readLog } = await clusterWith(cutting, { logBytes: 400 });
  const reading = await readLog({ tailLines: 40 });

  expect(reading.state === 'read' && reading.value[0]?.lines.at(-1)?.text).toBe('line 39');
});

test('A server that ignores limitBytes does not fill the memory', async () => {
  const { readLog } = await clusterWith(() => ({ body: 'x'.repeat(10_000) }), { logBytes: 400 });

  expect(await readLog()).toMatchObject({ state: 'unreadable', because: 'malformed' });
});

test('Recorders hear the log as the server gave it', async () => {
  const heard: unknown[] = [];
  const { readLog } = await clusterWith(
    () => ({ body: '2026-03-01T09:59:58Z hello\n' }),
    {},
    { objects: () => undefined, log: (of, text) => heard.push([of, text]) },
  );
  await readLog();

  expect(heard).toEqual([[identity, '2026-03-01T09:59:58Z hello\n']]);
});

test('Names never leave their place in the path', async () => {
  const { read, server } = await clusterWith(() => ({ body: '' }));
  await read('container-logs', { logs: [{ ...log, namespace: '../../secrets', pod: 'a/b?c' }] });

  expect(server.asked[0]).toMatch(/^\/api\/v1\/namespaces\/..%2F..%2Fsecrets\/pods\/a%2Fb%3Fc\/log\?/);
});
