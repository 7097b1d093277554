import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import type { OpenIdSettings } from '../../domain/server-settings.ts';
import { openIdConnect } from '../../identity-providers/openid-connect/openid-connect.ts';
import {
  startTestingProvider,
  testCallback,
  testClient,
  type TestingProvider,
} from '../../identity-providers/openid-connect/testing-provider.ts';
import { type Answered, startTestingHttp, type TestingHttp, tokens } from './testing-http.ts';

const publicAddress = new URL(testCallback).origin;
const beginPath = '/api/v1/session/openid';

let peer: TestingProvider;
let http: TestingHttp;
beforeEach(async () => {
  peer = await startTestingProvider();
  const settings: OpenIdSettings = {
    name: 'Example',
    issuer: peer.issuer,
    clientId: testClient.id,
    clientSecret: new Secret(testClient.secret),
    scopes: ['openid', 'email'],
    userClaim: 'email',
    groupsClaim: 'groups',
    roles: { view: ['engineering'], operate: ['on-call'], administer: ['platform'] },
  };
  http = await startTestingHttp({
    set: { publicAddress, openId: settings },
    openId: openIdConnect({ settings, callback: testCallback, clock: { now: () => 0 }, patienceMilliseconds: 1000 }),
    limits: { failedSignIns: 3 },
  });
});
afterEach(async () => {
  await http.stop();
  await peer.close();
});

const ada = { sub: 'person-1', email: 'ada@example.com', email_verified: true, groups: ['on-call', 'engineering'] };

function cookiesOf({ headers }: Answered): readonly string[] {
  return headers.getSetCookie();
}

function sent(cookies: readonly string[]): { readonly cookie: string } {
  return { cookie: cookies.map((each) => each.split(';', 1)[0] ?? '').join('; ') };
}

interface BegunThere {
  readonly address: string;
  readonly cookies: readonly string[];
}

async function begun(back = ''): Promise<BegunThere> {
  const answered = await http.ask(`${beginPath}${back}`);
  return { address: answered.headers.get('location') ?? '', cookies: cookiesOf(answered) };
}

function cameBack(person: object, { address, cookies }: BegunThere): Promise<Answered> {
  return http.ask(`${beginPath}/callback${new URL(peer.signIn(address, { ...person })).search}`, { headers: sent(cookies) });
}

test('the page is told that it is offered, and by whom', async () => {
  expect((await http.ask('/api/v1/session')).json).toEqual({ version: '0.0.0', openId: { name: 'Example' } });
});

test('whoever is known there signs in with the highest role of their groups, and is recorded', async () => {
  const begins = await begun();
  expect(begins.cookies).toEqual([
    expect.stringMatching(/^__Host-stanch-sign-in=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/),
  ]);
  const back = await cameBack(ada, begins);

  expect([back.status, back.headers.get('location')]).toEqual([302, '/']);
  const [forgotten, session = ''] = cookiesOf(back);
  expect(forgotten).toMatch(/^__Host-stanch-sign-in=; .*Max-Age=0/);
  expect(session).toMatch(/^__Host-stanch=stanch_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/);
  const headers = sent([session]);
  expect((await http.ask('/api/v1/session', { headers })).json).toMatchObject({ user: { name: 'ada@example.com', role: 'operate' } });
  expect((await http.ask('/api/v1/incidents', { headers })).status).toBe(200);
  expect((await http.ask('/api/v1/tokens', { headers })).status).toBe(403);
  expect((await http.audit()).at(0)).toMatchObject({
    by: 'ada@example.com',
    credential: expect.stringMatching(/^session [0-9a-f]{16}$/),
    what: 'sign-in',
    result: 'done',
    detail: 'from 127.0.0.1 with OpenID Connect as person-1, may operate',
  });
});

test.each([
  [['on-call'], 200],
  [['platform'], 200],
  [['engineering'], 401],
  [['sales'], 401],
])('who signs in again as one of %j may not do more with what they began before', async (groups, status) => {
  const [, session = ''] = cookiesOf(await cameBack(ada, await begun()));
  await cameBack({ ...ada, groups }, await begun());

  expect((await http.ask('/api/v1/incidents', { headers: sent([session]) })).status).toBe(status);
});

test('it ends after a working day', async () => {
  const [, session = ''] = cookiesOf(await cameBack(ada, await begun()));
  http.clock.advance(12 * 3_600_000);
  expect((await http.ask('/api/v1/incidents', { headers: sent([session]) })).status).toBe(401);
});

test.each([
  ['?back=/incidents/2026-09-15-0247-cart-k3f9', '/incidents/2026-09-15-0247-cart-k3f9'],
  ['?back=//evil.example/incidents/x', '/'],
  ['?back=https://evil.example/', '/'],
  ['?back=/incidents/x%0d%0aset-cookie:a=b', '/'],
  ['?back=/incidents/..', '/'],
  ['?back=/a&back=/b', '/'],
])('with %s it ends at %s, and never elsewhere', async (back, location) => {
  expect((await cameBack(ada, await begun(back))).headers.get('location')).toBe(location);
});

describe('nobody is signed in', () => {
  const location = (answered: Answered): string | null => answered.headers.get('location');
  afterEach(async () => {
    expect((await http.audit()).filter(({ result }) => result === 'done')).toEqual([]);
  });

  test('whose groups have no role; who it was is recorded', async () => {
    const back = await cameBack({ ...ada, groups: ['sales'] }, await begun());
    expect([location(back), cookiesOf(back).length]).toEqual(['/?sign-in=no-role', 1]);
    expect((await http.audit())[0]).toMatchObject({ by: 'ada@example.com', what: 'sign-in', result: 'refused' });
  });

  test('with what another browser began', async () => {
    const [mine, theirs] = [await begun(), await begun()];
    expect(location(await cameBack(ada, { ...theirs, cookies: mine.cookies }))).toBe('/?sign-in=not-trusted');
    expect((await http.audit())[0]).toMatchObject({ by: 'nobody', what: 'sign-in', result: 'refused' });
  });

  test.each([[[]], [['__Host-stanch-sign-in=x']], [['__Host-stanch-sign-in=a.b.c.d']], [['stanch-sign-in=x']]])(
    'with the cookies %j, and nothing is asked of the provider',
    async (cookies) => {
      const { address } = await begun();
      const before = peer.asked.length;
      expect(location(await cameBack(ada, { address, cookies }))).toBe('/?sign-in=expired');
      expect(peer.asked.length).toBe(before);
    },
  );

  test('twice with one code', async () => {
    const begins = await begun();
    const { search } = new URL(peer.signIn(begins.address, { ...ada, groups: [] }));
    const again = (): Promise<Answered> => http.ask(`${beginPath}/callback${search}`, { headers: sent(begins.cookies) });
    expect([location(await again()), location(await again())]).toEqual(['/?sign-in=no-role', '/?sign-in=expired']);
  });

  test('who was not let in there', async () => {
    const { address, cookies } = await begun();
    const state = new URL(address).searchParams.get('state') ?? '';
    const back = await http.ask(`${beginPath}/callback?error=access_denied&state=${state}`, { headers: sent(cookies) });
    expect(location(back)).toBe('/?sign-in=denied');
  });

  test('by guessing: after a few times it is over for a while, and the audit log does not fill', async () => {
    peer.misbehaves = { signsWith: 'another key' };
    const ends = [];
    for (let guess = 0; guess < 5; guess += 1) ends.push(location(await cameBack(ada, await begun())));
    expect(ends).toEqual([...Array<string>(3).fill('/?sign-in=not-trusted'), ...Array<string>(2).fill('/?sign-in=try-later')]);
    expect(await http.audit()).toHaveLength(3);
  });

  test('whatever is written into the address and the cookie: no crash, and no fault of the server', async () => {
    const { address, cookies } = await begun();
    const state = new URL(address).searchParams.get('state') ?? '';
    const own = sent(cookies).cookie;
    const words = fc.constantFrom(
      'code=x',
      `state=${state}`,
      'error=access_denied',
      'iss=https://evil.example',
      'response=a.b.c',
      'id_token=a.b.c',
      'code=%00',
      '%',
    );
    const queries = fc.oneof(
      fc.array(words).map((parts) => parts.join('&')),
      fc.webQueryParameters(),
    );
    const jars = fc.oneof(
      fc.constant(own),
      fc.base64String().map((text) => `__Host-stanch-sign-in=${text}`),
      fc.constant(`${own}x`),
    );
    await fc.assert(
      fc.asyncProperty(queries, jars, async (query, cookie) => {
        const { status, headers } = await http.ask(`${beginPath}/callback?${query}`, { headers: { cookie } });
        expect([302, 400]).toContain(status);
        if (status === 302) expect(headers.get('location')).toMatch(/^\/\?sign-in=[a-z-]+$/);
        expect(headers.getSetCookie().filter((each) => each.startsWith('__Host-stanch='))).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(http.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('while the provider is down; the log says so, and a token works', async () => {
    peer.misbehaves = { hangs: ['/.well-known/openid-configuration'] };
    expect(location(await http.ask(beginPath))).toBe('/?sign-in=unreachable');
    expect(http.logged).toContainEqual({
      level: 'warn',
      happened: 'nobody can sign in with OpenID Connect',
      fields: { because: `asking ${peer.issuer} how it signs people in: it did not answer in time` },
    });
    expect((await http.ask('/api/v1/incidents', { token: tokens.view })).status).toBe(200);
  });
});

test('where the settings name nobody there are no such addresses', async () => {
  const plain = await startTestingHttp();
  expect([(await plain.ask(beginPath)).status, (await plain.ask(`${beginPath}/callback?code=x`)).status]).toEqual([404, 404]);
  await plain.stop();
});
