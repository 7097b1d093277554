import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answered, incidentId, startTestingHttp, type TestingHttp, tokens } from './testing-http.ts';

let http: TestingHttp;
beforeEach(async () => {
  http = await startTestingHttp();
});
afterEach(() => http.stop());

const acknowledge = `/api/v1/incidents/${incidentId}/acknowledge`;

interface SignedIn {
  readonly cookie: string;
  readonly csrf: string;
}

async function signIn(token: string = tokens.operate): Promise<SignedIn> {
  const answered = await http.ask('/api/v1/session', { body: { token } });
  const cookie = answered.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { cookie, csrf: (answered.json as { readonly csrf: string }).csrf };
}

function change({ cookie, csrf }: SignedIn, headers: { readonly [name: string]: string } = {}): Promise<Answered> {
  return http.ask(acknowledge, { body: {}, headers: { cookie, 'x-stanch-csrf': csrf, ...headers } });
}

test('nobody is signed in, and is told so', async () => {
  expect(await http.ask('/api/v1/session')).toMatchObject({ status: 200, json: { version: '0.0.0' } });
  expect((await http.ask('/api/v1/session')).json).not.toHaveProperty('user');
  expect((await http.ask('/api/v1/session')).json).not.toHaveProperty('openId');
});

test('a token is exchanged for a cookie that scripts cannot read and other sites cannot send', async () => {
  const answered = await http.ask('/api/v1/session', { body: { token: ` ${tokens.operate}\n` } });
  const { cookie, csrf } = await signIn();
  const cookieLine = answered.headers.get('set-cookie') ?? '';

  expect(answered).toMatchObject({ status: 200, json: { user: { name: 'operate-user', role: 'operate' } } });
  expect(cookieLine).toMatch(/^stanch=stanch_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  expect(answered.text).not.toContain(cookieLine.slice(7, 50));
  expect((await http.ask('/api/v1/session', { headers: { cookie } })).json).toMatchObject({ user: { role: 'operate' }, csrf });
  expect((await http.ask('/api/v1/incidents', { headers: { cookie } })).status).toBe(200);
});

test('reached by https the cookie is for https alone', async () => {
  const secure = await startTestingHttp({ set: { publicAddress: 'https://stanch.example' } });
  const answered = await secure.ask('/api/v1/session', { body: { token: tokens.view } });
  await secure.stop();

  expect(answered.headers.get('set-cookie')).toMatch(/^__Host-stanch=.*; Secure$/);
  expect(answered.headers.get('strict-transport-security')).toBe('max-age=31536000');
});

describe('with a cookie a change has to come from our own page', () => {
  test('it does, with the token of the session', async () => {
    expect((await change(await signIn())).status).toBe(200);
    expect((await change(await signIn(), { origin: http.address })).status).toBe(200);
    expect(http.incidents.asked).toHaveLength(2);
  });

  test.each<readonly [string, (signedIn: SignedIn) => { readonly [name: string]: string }]>([
    ['without it', () => ({ 'x-stanch-csrf': '' })],
    ['with another one', () => ({ 'x-stanch-csrf': 'x'.repeat(43) })],
    ['with that of another session', ({ csrf }) => ({ 'x-stanch-csrf': csrf.toLowerCase() })],
    ['from another origin', () => ({ origin: 'https://evil.example' })],
    ['from nowhere that can be named', () => ({ origin: 'null' })],
    ['from another site', () => ({ 'sec-fetch-site': 'cross-site' })],
    ['from another host of the same site', () => ({ 'sec-fetch-site': 'same-site' })],
  ])('%s it is refused, and that is recorded', async (_what, headers) => {
    const signedIn = await signIn();
    const { status, json } = await change(signedIn, headers(signedIn));

    expect([status, json]).toMatchObject([403, { error: { happened: 'the request does not come from the page of this server' } }]);
    expect(http.incidents.asked).toEqual([]);
    expect((await http.audit())[0]).toMatchObject({ by: 'operate-user', what: 'acknowledge', result: 'refused' });
  });

  test('signing in itself as well', async () => {
    expect(await http.ask('/api/v1/session', { body: { token: tokens.view }, headers: { origin: 'https://evil.example' } })).toMatchObject({
      status: 403,
    });
    expect(await http.ask('/api/v1/session', { body: `token=${tokens.view}`, headers: { 'content-type': 'text/plain' } })).toMatchObject({
      status: 415,
    });
  });
});

test('signing out ends the session, not only the cookie', async () => {
  const { cookie, csrf } = await signIn();

  expect((await http.ask('/api/v1/session', { method: 'DELETE', headers: { cookie } })).status).toBe(403);
  const out = await http.ask('/api/v1/session', { method: 'DELETE', headers: { cookie, 'x-stanch-csrf': csrf } });
  expect([out.status, out.headers.get('set-cookie')]).toEqual([200, 'stanch=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0']);
  expect((await http.ask('/api/v1/incidents', { headers: { cookie } })).status).toBe(401);
});

test('a session ends with the day, and with the token that it was begun with', async () => {
  const { cookie } = await signIn();
  const other = await signIn(tokens.view);
  await http.store.access.revokeToken('token-view', http.clock.now());

  expect((await http.ask('/api/v1/incidents', { headers: { cookie: other.cookie } })).status).toBe(401);
  expect((await http.ask('/api/v1/incidents', { headers: { cookie } })).status).toBe(200);
  http.clock.advance(12 * 3_600_000);
  expect((await http.ask('/api/v1/incidents', { headers: { cookie } })).status).toBe(401);
});

test('guesses are counted and recorded, a flood of them is not; whoever has a token gets in all the same', async () => {
  const guess = (index: number): Promise<Answered> =>
    http.ask('/api/v1/session', { body: { token: `stanch_${String(index).padStart(43, '0')}` } });
  const statuses: number[] = [];
  for (let index = 0; index < 15; index += 1) statuses.push((await guess(index)).status);

  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
  expect((await guess(99)).headers.get('retry-after')).toBe('6');
  expect((await http.ask('/api/v1/session', { body: { token: tokens.view } })).status).toBe(200);
  expect((await http.audit()).map(({ by, result }) => `${by} ${result}`)).toEqual([
    'view-user done',
    ...Array.from({ length: 10 }, () => 'nobody refused'),
  ]);
});

test('what is no sign-in is told what one is', async () => {
  for (const body of [{}, { token: 7 }, { token: 'x', more: 1 }, [], '"x"'])
    expect(await http.ask('/api/v1/session', { body })).toMatchObject({
      status: 400,
      json: { error: { happened: 'the body is not {"token": "…"}' } },
    });
});

describe('what somebody does again and again does not fill the disk', () => {
  const limits = { recordedRefusals: 3, signInsPerToken: 2, failedSignIns: 2 };

  test('guesses from everywhere', async () => {
    const guessed = await startTestingHttp({ limits, set: { trustedProxies: ['127.0.0.1'] } });
    const statuses: number[] = [];
    for (let host = 1; host <= 6; host += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${host}` };
      statuses.push((await guessed.ask('/api/v1/session', { body: { token: `stanch_${'g'.repeat(42)}${host}` }, headers })).status);
    }
    const audit = await guessed.audit();
    await guessed.stop();

    expect([statuses, audit.length]).toEqual([[401, 401, 401, 401, 401, 401], 3]);
  });

  test('the wishes of a user who may not', async () => {
    const wished = await startTestingHttp({ limits });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await wished.ask(acknowledge, { token: tokens.view, body: {} })).status);
    const audit = await wished.audit();
    wished.clock.advance(60_000);
    await wished.ask(acknowledge, { token: tokens.view, body: {} });
    const later = await wished.audit();
    await wished.stop();

    expect([statuses, audit.length, later.length]).toEqual([[403, 403, 403, 403, 403, 403], 3, 4]);
  });

  test('requests in many sessions of one token', async () => {
    const shared = await startTestingHttp({ limits: { perToken: 2 } });
    const cookies: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const answered = await shared.ask('/api/v1/session', { body: { token: tokens.view } });
      cookies.push(answered.headers.get('set-cookie')?.split(';', 1)[0] ?? '');
    }
    const statuses: number[] = [];
    for (const cookie of cookies) statuses.push((await shared.ask('/api/v1/incidents', { headers: { cookie } })).status);
    await shared.stop();

    expect([new Set(cookies).size, statuses]).toEqual([3, [200, 200, 429]]);
  });

  test('sessions of one token; those of another one are begun', async () => {
    const begun = await startTestingHttp({ limits });
    const statuses: number[] = [];
    for (const token of [tokens.view, tokens.view, tokens.view, tokens.operate])
      statuses.push((await begun.ask('/api/v1/session', { body: { token } })).status);
    const audit = await begun.audit();
    await begun.stop();

    expect([statuses, audit.length]).toEqual([[200, 200, 429, 200], 3]);
  });
});
