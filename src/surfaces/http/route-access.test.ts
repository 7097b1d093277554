import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../engine/operations/index.generated.ts';
import type { OpenIdProvider } from '../../ports/open-id-provider.ts';
import { apiPrefix } from './operation-routes.ts';
import { type Answered, type Asking, incidentId, startTestingHttp, type TestingHttp, tokens, webhookSecrets } from './testing-http.ts';

/** Who comes, in the order of the columns below. */
const columns = [
  'nobody',
  'a token that there is none of',
  'the secret of another webhook',
  'view',
  'operate',
  'administer',
  'another site, with the session of an administrator',
] as const;
type Column = (typeof columns)[number];

const everybody = (status: number): readonly number[] => columns.map(() => status);
const refused = everybody(401);
const onlyGood = [200, 401, 401, 200, 200, 200];

/**
 * What each route answers to whom, by hand: a route that is no operation and is not in here, or that answers otherwise, is red.
 * Operations have a table of their own.
 */
const table: { readonly [route: string]: readonly number[] } = {
  'GET /healthz': everybody(200),
  'HEAD /healthz': everybody(200),
  'GET /readyz': everybody(200),
  'HEAD /readyz': everybody(200),
  'GET /metrics': [401, 401, 401, 200, 200, 200, 200],
  'HEAD /metrics': [401, 401, 401, 200, 200, 200, 200],
  'POST /webhooks/alertmanager': refused,
  'POST /webhooks/pagerduty': refused,
  'POST /webhooks/page': refused,
  'GET /api/v1/session': [...onlyGood, 200],
  // Here the body says who signs in.
  'POST /api/v1/session': [200, 200, 200, 200, 200, 200, 403],
  'DELETE /api/v1/session': [...onlyGood, 403],
  'GET /api/v1/session/openid': everybody(302),
  'GET /api/v1/session/openid/callback': everybody(302),
  'GET /mcp': [401, 401, 401, 405, 405, 405, 403],
  'POST /mcp': [401, 401, 401, 200, 200, 200, 403],
  'DELETE /mcp': [401, 401, 401, 405, 405, 405, 403],
  'GET /api/v1/incidents/:incident/stream': [401, 401, 401, 200, 200, 200, 200],
  'GET /api/v1/openapi.json': everybody(200),
  'HEAD /api/v1/openapi.json': everybody(200),
  'GET /': everybody(200),
  'HEAD /': everybody(200),
  'GET /*': everybody(200),
  'HEAD /*': everybody(200),
};

const bodies: { readonly [route: string]: unknown } = {
  'POST /webhooks/alertmanager': { version: '4', alerts: [] },
  'POST /webhooks/pagerduty': {},
  'POST /webhooks/page': 'cart is slow',
  'POST /api/v1/session': { token: tokens.view },
  'POST /mcp': { jsonrpc: '2.0', id: 1, method: 'ping' },
};

const openId: OpenIdProvider = {
  name: 'Example',
  begin: () =>
    Promise.resolve({
      state: 'begun',
      address: 'https://id.example/authorize',
      attempt: { state: 's'.repeat(43), nonce: 'n'.repeat(43), verifier: 'v'.repeat(43) },
    }),
  finish: () => Promise.resolve({ state: 'refused', problem: 'denied', because: 'it was not allowed there' }),
};

let folder = '';
let http: TestingHttp;
let session = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stanch-page-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Stanch</title>');
  await writeFile(join(folder, 'assets', 'index-12345678.js'), 'export {};');
  http = await startTestingHttp({
    pageFolder: folder,
    openId,
    set: {
      openId: {
        name: 'Example',
        issuer: 'https://id.example',
        clientId: 'stanch',
        clientSecret: undefined,
        scopes: ['openid'],
        userClaim: 'sub',
        groupsClaim: 'groups',
        roles: { view: [], operate: [], administer: [] },
      },
    },
    limits: { failedSignIns: 1e6 },
  });
  const signedIn = await http.ask('/api/v1/session', { body: { token: tokens.administer } });
  session = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
});
afterAll(async () => {
  await http.stop();
  await rm(folder, { recursive: true });
});

function comesAs(column: Column, route: string): Asking {
  switch (column) {
    case 'nobody':
      return {};
    case 'a token that there is none of':
      return { token: `stanch_${'z'.repeat(43)}` };
    case 'the secret of another webhook':
      return { token: route.endsWith('/page') ? webhookSecrets.alertmanager : webhookSecrets.page };
    case 'another site, with the session of an administrator':
      return { headers: { cookie: session, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } };
    default:
      return { token: tokens[column] };
  }
}

/** What it answers, without waiting for the end of a stream. */
async function statusOf(route: string, { token, headers }: Asking): Promise<number> {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(':incident', incidentId).replace('*', 'assets/index-12345678.js');
  const body = bodies[route];
  const answered = await fetch(`${http.address}${path}`, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  await answered.body?.cancel();
  return answered.status;
}

test('every route is that of an operation or stands in the table, and the table names nothing else', () => {
  const ofOperations = operations.map(({ effect, route }) => `${effect === 'reads' ? 'GET' : 'POST'} ${apiPrefix}${route}`);

  expect(http.routes.toSorted()).toEqual([...ofOperations, ...Object.keys(table)].toSorted());
});

describe.each(Object.keys(table))('%s', (route) => {
  test.each(columns.map((column, index) => [column, table[route]?.[index]] as const))('to %s: %i', async (column, status) => {
    const before = http.incidents.asked.length;

    expect(await statusOf(route, comesAs(column, route))).toBe(status);
    expect(http.incidents.asked.length).toBe(before);
  });
});

test.each(['/', '/assets/index-12345678.js', '/incidents/x', '/healthz', '/readyz', '/api/v1/openapi.json'])(
  'HEAD %s says what GET says, without the body',
  async (path) => {
    const [head, get] = [await http.ask(path, { method: 'HEAD' }), await http.ask(path)];
    const told = ({ status, headers }: Answered): object => ({
      status,
      ...Object.fromEntries([...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name))),
    });

    expect([told(head), head.text]).toEqual([told(get), '']);
  },
);

test.each([
  ['alertmanager', { authorization: `Bearer ${webhookSecrets.alertmanager}` }, 202],
  ['page', { authorization: `Bearer ${webhookSecrets.page}` }, 202],
  ['pagerduty', { 'x-pagerduty-signature': `v1=${createHmac('sha256', 'new-pagerduty-secret').update('{}').digest('hex')}` }, 422],
])('%s is taken from its own sender, as far as its body can be read', async (name, headers, status) => {
  expect(await statusOf(`POST /webhooks/${name}`, { headers })).toBe(status);
});

test('where the settings let anyone read the metrics, anyone can', async () => {
  const open = await startTestingHttp({ set: { metrics: { readableBy: 'anyone' } } });
  const { status } = await open.ask('/metrics');
  await open.stop();

  expect(status).toBe(200);
});
