import { afterEach, expect, test } from 'vitest';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import { metadataOnly, withKeys } from './metadata-only.ts';
import {
  type ApiServer,
  type Asked,
  forbidden,
  type Given,
  kubeconfigFor,
  openForTest,
  startApiServer,
  status,
  testNow,
} from './testing.ts';

const servers: ApiServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const metadata = {
  name: 'db',
  namespace: 'shop',
  uid: 'u1',
  creationTimestamp: '2026-03-01T09:00:00Z',
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"PASSWORD":"aHVudGVyMg=="}}',
    'objectset.rio.cattle.io/applied': `H4sI${'x'.repeat(300)}`,
    team: 'payments',
  },
  managedFields: [
    {
      manager: 'kubectl-create',
      operation: 'Update',
      time: '2026-03-01T09:00:00Z',
      fieldsV1: { 'f:data': { '.': {}, 'f:PASSWORD': {}, 'f:ca.crt': {} }, 'f:type': {} },
    },
    { manager: 'kubectl-edit', operation: 'Update', time: '2026-03-01T09:55:00Z', fieldsV1: { 'f:data': { 'f:PASSWORD': {} } } },
  ],
};

/** Gives metadata to who asks for metadata, and everything to who asks for everything. */
function honest({ headers }: Asked): Given {
  return headers.accept === metadataOnly
    ? { body: { kind: 'PartialObjectMetadataList', metadata: {}, items: [{ metadata }] } }
    : { body: { kind: 'SecretList', metadata: {}, items: [{ metadata, data: { PASSWORD: 'aHVudGVyMg==' } }] } };
}

async function clusterWith(routes: { readonly [path: string]: (asked: Asked) => Given }, tap?: EvidenceTap) {
  const server = await startApiServer({ routes });
  servers.push(server);
  const opened = await openForTest({ kubeconfigPath: kubeconfigFor(server.url), ...(tap === undefined ? {} : { tap }) });
  return { ...opened, server };
}

test('Secrets and ConfigMaps are asked for by their metadata alone, on every page, in every namespace, after every refusal', async () => {
  const paged = (asked: Asked): Given => {
    if (asked.before === 0 && asked.query.has('continue'))
      return asked.path.includes('secrets') ? status(410, 'expired') : status(500, 'broken');
    return {
      body: { kind: 'PartialObjectMetadataList', metadata: asked.query.has('continue') ? {} : { continue: 'next' }, items: [{ metadata }] },
    };
  };
  const { read, server } = await clusterWith({
    '/api/v1/secrets': () => forbidden('secrets'),
    '/api/v1/namespaces': () => forbidden('namespaces'),
    '/api/v1/namespaces/default/secrets': paged,
    '/api/v1/configmaps': paged,
  });
  await Promise.all([read('secrets'), read('configmaps'), read('secrets', { namespaces: ['default'] })]);

  expect(server.violations).toEqual([]);
  expect(server.asked.filter((each) => /secrets|configmaps/.test(each)).length).toBeGreaterThan(6);
});

test('Key names come from those who wrote them; no value and no copy of one is kept', async () => {
  const { read } = await clusterWith({ '/api/v1/secrets': honest });
  const reading = await read('secrets');

  expect(reading).toMatchObject({
    state: 'read',
    at: testNow,
    value: [{ data: ['PASSWORD', 'ca.crt'], hasKnownKeys: true, metadata: { name: 'db', annotations: { team: 'payments' } } }],
  });
  expect(JSON.stringify(reading)).not.toMatch(/aHVudGVy|hunter2|H4sI/);
});

test('Recorders hear the keys, each with null', async () => {
  const heard: unknown[] = [];
  const { read } = await clusterWith(
    { '/api/v1/secrets': honest },
    { objects: (resource, objects) => heard.push([resource, ...objects]), log: () => undefined },
  );
  await read('secrets');

  expect(heard).toMatchObject([
    ['secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { PASSWORD: null, 'ca.crt': null } }],
  ]);
  expect(JSON.stringify(heard)).not.toMatch(/aHVudGVy|hunter2|H4sI/);
});

test('A server that sends whole Secrets all the same is not listened to', async () => {
  const { read } = await clusterWith({
    '/api/v1/secrets': () => ({ body: { kind: 'SecretList', metadata: {}, items: [{ metadata, data: { PASSWORD: 'aHVudGVyMg==' } }] } }),
  });

  expect(await read('secrets')).toEqual({
    state: 'unreadable',
    because: 'malformed',
    detail: 'listing secrets: the server sent whole objects although only metadata was asked for; nothing of them was kept',
  });
});

test('A server that cannot send metadata alone makes Secrets unsupported rather than readable', async () => {
  const { read, server } = await clusterWith({ '/api/v1/secrets': () => status(406, 'only application/json is supported') });

  expect(await read('secrets')).toMatchObject({ state: 'unreadable', because: 'unsupported' });
  expect(server.violations).toEqual([]);
});

test('Where no writer was recorded, the keys are not known', () => {
  expect(withKeys({ metadata: { name: 'old' } })).toMatchObject({ data: {}, hasKnownKeys: false });
  expect(withKeys({ metadata: { name: 'reset', managedFields: [{}] } })).toMatchObject({ data: {}, hasKnownKeys: false });
  expect(withKeys({ metadata: { name: 'empty', managedFields: [{ fieldsV1: { 'f:metadata': {} } }] } })).toMatchObject({
    data: {},
    hasKnownKeys: true,
  });
});

test('Keys that were applied as text count, and so do binary ones', () => {
  const fieldsV1 = { 'f:stringData': { 'f:TOKEN': {} }, 'f:binaryData': { 'f:logo.png': {} } };

  expect(withKeys({ metadata: { managedFields: [{ fieldsV1 }] } })).toMatchObject({
    data: { TOKEN: null },
    binaryData: { 'logo.png': null },
  });
});
