import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import type { OpenIdSettings } from '../../domain/server-settings.ts';
import type { OpenIdProvider, SignInAttempt } from '../../ports/open-id-provider.ts';
import { openIdConnect } from './openid-connect.ts';
import { startTestingProvider, testCallback, testClient, type TestingProvider } from './testing-provider.ts';

let peer: TestingProvider;
beforeEach(async () => {
  peer = await startTestingProvider();
});
afterEach(() => peer.close());

const ada = { sub: 'person-1', email: 'ada@example.com', email_verified: true, groups: ['on-call', 'engineering'] };

interface Time {
  now: number;
}

function provider(more: Partial<OpenIdSettings> = {}, time: Time = { now: 0 }): OpenIdProvider {
  const settings: OpenIdSettings = {
    name: 'Example',
    issuer: peer.issuer,
    clientId: testClient.id,
    clientSecret: new Secret(testClient.secret),
    scopes: ['openid', 'email', 'groups'],
    userClaim: 'email',
    groupsClaim: 'groups',
    roles: { view: ['engineering'], operate: ['on-call'], administer: [] },
    ...more,
  };
  return openIdConnect({ settings, callback: testCallback, clock: { now: () => time.now }, patienceMilliseconds: 1000 });
}

interface Begun {
  readonly address: string;
  readonly attempt: SignInAttempt;
}

async function begun(asked: OpenIdProvider): Promise<Begun> {
  const begins = await asked.begin();
  if (begins.state === 'refused') throw new Error(begins.because);
  return begins;
}

async function signedIn(asked: OpenIdProvider, person: object = ada): ReturnType<OpenIdProvider['finish']> {
  const { address, attempt } = await begun(asked);
  return asked.finish(new URL(peer.signIn(address, { ...person })).search, attempt);
}

test('whoever signs in there is known here, by the claims that the settings name', async () => {
  expect(await signedIn(provider())).toEqual({
    state: 'known',
    person: { name: 'ada@example.com', subject: 'person-1', groups: ['on-call', 'engineering'] },
  });
  expect(peer.asked).toEqual(['GET /.well-known/openid-configuration', 'POST /token', 'GET /keys']);
  const other = { sub: 'person-2', nick: 'bob', teams: 'platform' };
  expect(await signedIn(provider({ userClaim: 'nick', groupsClaim: 'teams' }), other)).toEqual({
    state: 'known',
    person: { name: 'bob', subject: 'person-2', groups: ['platform'] },
  });
  expect(await signedIn(provider({ groupsClaim: 'absent' }))).toMatchObject({ state: 'known', person: { groups: [] } });
});

test.each([
  [true, 'known'],
  ['true', 'known'],
  [undefined, 'refused'],
])('an address of which the provider says email_verified=%j is %s', async (verified, state) => {
  peer.misbehaves = { claims: { email_verified: verified } };
  expect(await signedIn(provider())).toMatchObject({ state });
});

test('of an address that is not said to be verified the log says what to do; another claim needs no such word', async () => {
  peer.misbehaves = { claims: { email_verified: undefined, preferred_username: 'ada@example.com' } };

  expect(await signedIn(provider())).toMatchObject({ problem: 'misconfigured', because: expect.stringContaining('openId.userClaim') });
  expect(await signedIn(provider({ userClaim: 'preferred_username' }))).toMatchObject({ person: { name: 'ada@example.com' } });
});

test('the client proves itself in the body where the provider takes that', async () => {
  peer.misbehaves = { document: { token_endpoint_auth_methods_supported: ['client_secret_post'] } };
  expect((await signedIn(provider())).state).toBe('known');
});

test('each sign-in has secrets of its own, which are not in the address', async () => {
  const asked = provider();
  const [one, other] = [await begun(asked), await begun(asked)];
  for (const part of ['state', 'nonce', 'verifier'] as const) {
    expect(one.attempt[part]).toMatch(/^[\w-]{43}$/);
    expect(one.attempt[part]).not.toBe(other.attempt[part]);
  }
  expect(one.address).not.toContain(one.attempt.verifier);
});

describe('is not trusted:', () => {
  const now = Math.floor(Date.now() / 1000);
  test.each([
    ['a token that another key signed', { signsWith: 'another key' }],
    ['a token that nobody signed', { signsWith: 'no key' }],
    ['a token for another program', { claims: { aud: 'another' } }],
    ['a token of another provider', { claims: { iss: 'https://other.example' } }],
    ['a token that has run out', { claims: { exp: now - 60, iat: now - 120 } }],
    ['a token of another sign-in', { claims: { nonce: 'another' } }],
    ['an address that is not verified', { claims: { email_verified: false } }],
    ['an address that is not verified, in a text', { claims: { email_verified: 'false' } }],
    ['an address of which it is not said in any known way', { claims: { email_verified: 1 } }],
  ] as const)('%s', async (_what, misbehaves) => {
    peer.misbehaves = misbehaves;
    expect(await signedIn(provider())).toMatchObject({ state: 'refused', problem: 'not-trusted' });
  });

  test('what comes back with the state of another sign-in, or none', async () => {
    const asked = provider();
    const [one, other] = [await begun(asked), await begun(asked)];
    const { search } = new URL(peer.signIn(one.address, ada));
    const before = peer.asked.length;
    for (const query of [search, search.replace(/state=[^&]*/, 'x=y'), '', '?'])
      expect(await asked.finish(query, other.attempt)).toMatchObject({ state: 'refused', problem: 'not-trusted' });
    // The code is not exchanged for somebody who did not begin it.
    expect(peer.asked.length).toBe(before);
  });
});

test('a code is good for one sign-in, and only with the verifier that it was asked for with', async () => {
  const asked = provider();
  const [first, second] = [await begun(asked), await begun(asked)];
  const { search } = new URL(peer.signIn(first.address, ada));
  expect(await asked.finish(search, { ...first.attempt, verifier: second.attempt.verifier })).toMatchObject({ problem: 'expired' });
  expect(await asked.finish(search, first.attempt)).toMatchObject({ state: 'refused', problem: 'expired' });
});

test('who was not let in there is told so', async () => {
  const asked = provider();
  const { attempt } = await begun(asked);
  const denied = `?${new URLSearchParams({ error: 'access_denied', error_description: 'no\u001b[31m', state: attempt.state }).toString()}`;
  expect(await asked.finish(denied, attempt)).toMatchObject({ problem: 'denied' });
  const wrong = `?${new URLSearchParams({ error: 'invalid_scope', state: attempt.state }).toString()}`;
  expect(await asked.finish(wrong, attempt)).toMatchObject({ problem: 'misconfigured', because: expect.stringContaining('invalid_scope') });
});

test.each([
  ['a client secret that is not right', { clientSecret: new Secret('another') }, 'openId.clientSecret'],
  ['a claim that the token does not have', { userClaim: 'upn' }, 'openId.userClaim'],
])('%s is a matter of the settings, and said without a secret', async (_what, more, because) => {
  const refused = await signedIn(provider(more));
  expect(refused).toMatchObject({ problem: 'misconfigured', because: expect.stringContaining(because) });
  expect(JSON.stringify(refused)).not.toContain(testClient.secret);
});

test.each([['two\nlines'], [''], ['x'.repeat(201)], ['\u202eada'], [7]])('a name such as %j is none', async (email) => {
  expect(await signedIn(provider(), { ...ada, email })).toMatchObject({ state: 'refused', problem: 'misconfigured' });
});

describe('a provider that', () => {
  const discovery = '/.well-known/openid-configuration';
  test('does not listen is unreachable; it is asked again after a while, and not by everybody who tries', async () => {
    const time = { now: 0 };
    const asked = provider({}, time);
    peer.misbehaves = { answers: { [discovery]: { status: 503, body: '{}' } } };
    const states = [];
    for (const at of [0, 4_999]) {
      time.now = at;
      states.push((await asked.begin()).state);
    }
    expect([states, peer.asked.length]).toEqual([['refused', 'refused'], 1]);
    peer.misbehaves = {};
    time.now = 5_000;
    expect((await asked.begin()).state).toBe('begun');
    time.now += 3_600_000;
    expect((await asked.begin()).state).toBe('begun');
    expect(peer.asked.length).toBe(3);
    const { issuer } = peer;
    await peer.close();
    expect(await provider({ issuer }).begin()).toMatchObject({ problem: 'unreachable' });
    peer = await startTestingProvider();
  });

  test.each([
    ['begin', [discovery]],
    ['finish', ['/token']],
    ['finish', ['/keys']],
  ] as const)('hangs is not waited for: %s, %j', async (step, hangs) => {
    peer.misbehaves = { hangs };
    const asked = provider();
    expect(await (step === 'begin' ? asked.begin() : signedIn(asked))).toMatchObject({ problem: 'unreachable' });
  });

  test('sends elsewhere is not followed', async () => {
    const headers = { location: 'http://127.0.0.1:9/elsewhere' };
    peer.misbehaves = { answers: { [discovery]: { status: 302, body: '', headers } } };
    expect(await provider().begin()).toMatchObject({ state: 'refused' });
    expect(peer.asked).toEqual([`GET ${discovery}`]);
  });

  test('names endpoints elsewhere that are not reached by https is not asked there', async () => {
    const other = await startTestingProvider();
    peer.misbehaves = { document: { token_endpoint: `${other.issuer}/token`, jwks_uri: `${other.issuer}/keys` } };
    expect(await signedIn(provider())).toMatchObject({ state: 'refused', because: expect.stringContaining('not reached by https') });
    expect(other.asked).toEqual([]);
    await other.close();
  });

  test.each([
    ['calls itself otherwise', { document: { issuer: 'https://other.example' } }],
    ['answers no JSON', { answers: { [discovery]: { status: 200, body: '<html>' } } }],
    ['answers without end', { answers: { [discovery]: { status: 200, body: `{"x":"${'x'.repeat(600 * 1024)}"}` } } }],
  ])('%s is refused', async (_what, misbehaves) => {
    peer.misbehaves = misbehaves;
    expect(await provider().begin()).toMatchObject({ state: 'refused', problem: 'misconfigured' });
  });
});
