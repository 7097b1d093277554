import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
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
  temporaryFolder,
  testNow,
} from './testing.ts';

const servers: ApiServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverWith(routes: { readonly [path: string]: (asked: Asked) => Given }, isAllowed = true): Promise<ApiServer> {
  const server = await startApiServer({ routes, isAllowed: () => isAllowed });
  servers.push(server);
  return server;
}

const refusal = 'the server answered 403: pods is forbidden: User "jane" cannot list resource "pods"';
const clock = { now: () => testNow };

describe('a list that the cluster refuses as a whole', () => {
  test('is read in the namespaces that may be read; the others are one gap', async () => {
    const server = await serverWith({
      '/api/v1/pods': () => forbidden('pods'),
      '/api/v1/namespaces': listOf(['billing', 'search', 'shop'].map((name) => ({ metadata: { name } }))),
      '/api/v1/namespaces/shop/pods': listOf(podsNamed('cart')),
      '/api/v1/namespaces/billing/pods': () => forbidden('pods'),
      '/api/v1/namespaces/search/pods': () => forbidden('pods'),
    });
    const { read } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url, { context: { namespace: 'shop' } }) });
    const reading = await read('pods');

    expect(reading).toMatchObject({ state: 'read', value: [{ metadata: { name: 'cart' } }] });
    expect(reading.state === 'read' && reading.gaps).toEqual([
      {
        what: 'pods in namespaces billing, search',
        because: 'forbidden',
        detail: `listing pods: ${refusal}`,
        namespaces: ['billing', 'search'],
      },
    ]);
  });

  test('is read in the context’s namespace where no other can be known, and only there counts as whole', async () => {
    const server = await serverWith({
      '/api/v1/pods': () => forbidden('pods'),
      '/api/v1/namespaces': () => forbidden('namespaces'),
      '/api/v1/namespaces/shop/pods': listOf([]),
    });
    const { read } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url, { context: { namespace: 'shop' } }) });

    expect(await read('pods')).toEqual({
      state: 'read',
      at: testNow,
      value: [],
      gaps: [
        {
          what: 'pods outside namespace shop',
          because: 'forbidden',
          detail: `${refusal}; namespaces were read one by one instead`,
          exceptNamespaces: ['shop'],
        },
      ],
    });
  });

  test('is unreadable where no namespace may be read either', async () => {
    const server = await serverWith({
      '/api/v1/pods': () => forbidden('pods'),
      '/api/v1/namespaces': () => forbidden('namespaces'),
      '/api/v1/namespaces/default/pods': () => forbidden('pods'),
    });
    const { read } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });

    expect(await read('pods')).toEqual({ state: 'unreadable', because: 'forbidden', detail: `listing pods: ${refusal}` });
  });

  test('is not looked for one by one where the kind is cluster-wide', async () => {
    const server = await serverWith({ '/api/v1/nodes': () => forbidden('nodes') });
    const { read } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });

    expect(await read('nodes')).toMatchObject({ state: 'unreadable', because: 'forbidden' });
    expect(server.asked).toEqual(['/api/v1/nodes?limit=500']);
  });

  test('is asked for in so many namespaces only; the rest is a gap that names them', async () => {
    const server = await serverWith({
      '/api/v1/pods': () => forbidden('pods'),
      '/api/v1/namespaces': listOf(['a', 'b', 'c'].map((name) => ({ metadata: { name } }))),
      ...Object.fromEntries(['a', 'b', 'c'].map((name) => [`/api/v1/namespaces/${name}/pods`, listOf([])])),
    });
    const { read } = await openForTest(
      { kubeconfigPath: kubeconfigFor(server.url, { context: { namespace: 'a' } }) },
      { namespacesTried: 2 },
    );

    expect(await read('pods')).toMatchObject({
      state: 'read',
      gaps: [{ what: 'pods in namespace c', because: 'forbidden', namespaces: ['c'] }],
    });
  });

  test('half of the lists refused leaves the other half readable', async () => {
    const server = await serverWith({
      '/api/v1/pods': listOf(podsNamed('cart')),
      '/api/v1/nodes': () => forbidden('nodes'),
      '/api/v1/services': listOf([]),
    });
    const { read } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });
    const readings = await Promise.all([read('pods'), read('nodes'), read('services')]);

    expect(readings.map((reading) => reading.state)).toEqual(['read', 'unreadable', 'read']);
  });
});

test('Only the namespaces that are asked for are read; one that cannot be read is a gap', async () => {
  const server = await serverWith({
    '/api/v1/namespaces/shop/pods': listOf(podsNamed('cart')),
    '/api/v1/namespaces/billing/pods': () => status(500, 'broken'),
  });
  const { read } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });

  expect(await read('pods', { namespaces: ['shop', 'billing'] })).toMatchObject({
    state: 'read',
    value: [{ metadata: { name: 'cart' } }],
    gaps: [
      {
        what: 'pods in namespace billing',
        because: 'unreachable',
        detail: 'listing pods: the server answered 500: broken',
        namespaces: ['billing'],
      },
    ],
  });
  expect(server.asked.every((each) => each.startsWith('/api/v1/namespaces/'))).toBe(true);
});

describe('identifying a cluster', () => {
  test('tells its name, its version and what time it is', async () => {
    const server = await serverWith({});
    const { source } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });

    expect(await source.identify(AbortSignal.timeout(1000))).toEqual({
      state: 'reached',
      now: testNow,
      cluster: { source: 'live', name: 'shop-cluster', version: 'v1.34.1' },
    });
  });

  test('does without a version where the cluster hides it', async () => {
    const server = await serverWith({ '/version': () => status(403, 'hidden') });
    const { source } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });

    expect(await source.identify(AbortSignal.timeout(1000))).toMatchObject({ state: 'reached', cluster: { version: undefined } });
  });

  test('says that credentials have expired and who must log in again', async () => {
    const server = await serverWith({}, false);
    const { source } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });

    expect(await source.identify(AbortSignal.timeout(1000))).toEqual({
      state: 'failed',
      attempted: `asking ${server.url}/version (context "night")`,
      happened: 'the server does not accept the credentials: they are wrong or have expired (401)',
      whatToDo: 'log in again as "jane"; "kubectl --context night version" shows the same',
    });
  });

  test('says that nobody is there', async () => {
    const server = await startApiServer({ routes: {} });
    await server.close();
    const { source, pauses } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });
    const identity = await source.identify(AbortSignal.timeout(1000));

    expect(identity).toMatchObject({
      state: 'failed',
      attempted: `asking ${server.url}/version (context "night")`,
      whatToDo: 'check the network, a VPN and the server’s address, or investigate a saved bundle with --recording',
    });
    expect(identity.state === 'failed' && identity.happened).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
    expect(pauses).toHaveLength(1);
  });

  test('says that what answers is no API server', async () => {
    const server = await serverWith({ '/version': () => ({ body: { hello: 'world' } }) });
    const { source } = await openForTest({ kubeconfigPath: kubeconfigFor(server.url) });

    expect(await source.identify(AbortSignal.timeout(1000))).toMatchObject({
      state: 'failed',
      happened: 'the answer is not one of a Kubernetes API server',
    });
  });

  test('says that what answers does not even speak HTTP', async () => {
    const other = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const address = other.address();
    const { source } = await openForTest({
      kubeconfigPath: kubeconfigFor(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`),
    });

    expect(await source.identify(AbortSignal.timeout(1000))).toMatchObject({ state: 'failed' });
    other.close();
  });
});

describe('choosing a cluster', () => {
  test('fails without a kubeconfig, in one sentence that says where it was looked for', () => {
    const home = temporaryFolder();

    expect(openCluster({ clock, environment: { HOME: home } })).toEqual({
      state: 'failed',
      attempted: `looking for a kubeconfig at ${home}/.kube/config`,
      happened: 'there is none',
      whatToDo: 'set KUBECONFIG or pass --kubeconfig, or investigate a saved bundle with --recording',
    });
  });

  test('fails with the contexts that there are where the wanted one is missing', () => {
    expect(openCluster({ clock, environment: {}, kubeconfigPath: kubeconfigFor('http://127.0.0.1:1'), context: 'day' })).toEqual({
      state: 'failed',
      attempted: 'using the context "day"',
      happened: 'the kubeconfig has no such context',
      whatToDo: 'pass --context with one of: night',
    });
  });

  test.each([
    ['not even YAML: [', 'state'],
    ['just words', 'it holds no map'],
    ['{"apiVersion":"v1","kind":"Config","current-context":""}', 'no current context is set'],
    [
      '{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"gone","user":"u"}}]}',
      'the kubeconfig does not hold its cluster "gone"',
    ],
    [
      '{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"c","user":"u"}}],"clusters":[{"name":"c","cluster":{"server":"nonsense"}}]}',
      'the server "nonsense" is no address',
    ],
    [
      '{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"c","user":"u"}}],"clusters":[{"name":"c","cluster":{"server":"https://c.example","proxy-url":"ftp://proxy"}}]}',
      'only http, https and socks5 proxies are spoken to',
    ],
  ])('fails with one sentence for the kubeconfig %j', (content, happened) => {
    const path = join(temporaryFolder(), 'config');
    writeFileSync(path, content);
    const opened = openCluster({ clock, environment: { KUBECONFIG: path } });

    expect(opened.state).toBe('failed');
    expect(JSON.stringify(opened)).toContain(
      happened === 'state' ? `reading the kubeconfig ${path}` : JSON.stringify(happened).slice(1, -1),
    );
  });

  test.each([
    ['users:\n- name: u\n  user:\n    token: hush-hush-0247\n   bad: [\n', 'it is no valid YAML at line 5, column 4'],
    ['users:\n- name: u\n  user:\n    password: *hush-hush-0247\n', 'it is no valid YAML at line 4, column 16'],
  ])('says where the kubeconfig %j is broken, and quotes nothing of it', (content, happened) => {
    const path = join(temporaryFolder(), 'config');
    writeFileSync(path, content);

    expect(openCluster({ clock, environment: {}, kubeconfigPath: path })).toEqual({
      state: 'failed',
      attempted: `reading the kubeconfig ${path}`,
      happened,
      whatToDo: 'repair the file, or name another one with --kubeconfig',
    });
  });

  test('says that the kubeconfig is a directory', () => {
    expect(openCluster({ clock, environment: {}, kubeconfigPath: temporaryFolder() })).toMatchObject({ happened: 'it is a directory' });
  });

  test('merges several kubeconfigs as kubectl does: missing files are passed over, the first one wins', async () => {
    const server = await serverWith({});
    const first = kubeconfigFor(server.url);
    const second = kubeconfigFor('http://127.0.0.1:1');
    const opened = await openForTest({ environment: { KUBECONFIG: `/does/not/exist:${first}:${second}` } });

    expect(await opened.source.identify(AbortSignal.timeout(1000))).toMatchObject({ state: 'reached' });
  });
});
