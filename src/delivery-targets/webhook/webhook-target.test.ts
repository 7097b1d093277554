import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import { openPeer, reminder, ticket, unstopped } from '../testing-peer.ts';
import type { Given } from '../testing-peer-server.ts';
import { webhookTarget } from './webhook-target.ts';

const key = 'a signing key of some length';

function targetAt(address: string, patienceMilliseconds?: number) {
  const settings = { kind: 'webhook', name: 'any', takes: ['ticket'], address: new Secret(address), signWith: new Secret(key) } as const;
  return webhookTarget(settings, patienceMilliseconds);
}

async function outcomeOf(given: Given, patienceMilliseconds?: number) {
  const peer = await openPeer(() => given);
  const outcome = await targetAt(`${peer.address}/hook-of-secret-name`, patienceMilliseconds).deliver(ticket, unstopped);
  expect(peer.asked).toHaveLength(1);
  expect(JSON.stringify(outcome)).not.toMatch(/hook-of-secret-name|signing key/);
  return outcome;
}

test('a receiver gets the delivery as JSON, signed over the bytes that it reads, with its key', async () => {
  const peer = await openPeer(() => ({ status: 204 }));
  expect(await targetAt(`${peer.address}/hook`).deliver(reminder, unstopped)).toEqual({ state: 'delivered' });
  const [{ method, path, headers, body } = { method: '', path: '', headers: {}, body: '{}' }] = peer.asked;
  expect([method, path, headers['content-type'], headers['idempotency-key']]).toEqual(['POST', '/hook', 'application/json', reminder.key]);
  expect(headers['x-stanch-signature']).toBe(`sha256=${createHmac('sha256', key).update(body).digest('hex')}`);
  expect(JSON.parse(body)).toEqual({ ...reminder, schema: 'stanch.dev/delivery/v1', due: '1970-01-01T00:00:00Z' });
});

test('without a key to sign with nothing is signed', async () => {
  const peer = await openPeer(() => ({ status: 200 }));
  await webhookTarget({ kind: 'webhook', name: 'any', takes: [], address: new Secret(peer.address), signWith: undefined }).deliver(
    ticket,
    unstopped,
  );
  expect(peer.asked[0]?.headers).not.toHaveProperty('x-stanch-signature');
});

test('whoever asks for patience is given it, in seconds or by a date of its own clock', async () => {
  const date = 'Sun, 29 Nov 2026 03:00:00 GMT';
  expect(await outcomeOf({ status: 429, headers: { 'retry-after': '7' } })).toMatchObject({
    state: 'failed',
    retryAfterMilliseconds: 7000,
  });
  const dated = { date, 'retry-after': 'Sun, 29 Nov 2026 03:02:00 GMT' };
  expect(await outcomeOf({ status: 503, headers: dated })).toMatchObject({ state: 'failed', retryAfterMilliseconds: 120_000 });
  expect(await outcomeOf({ status: 500, headers: { 'retry-after': 'soon' } })).toEqual({
    state: 'failed',
    status: 500,
    because: 'it answered 500',
  });
});

test('what trying again cannot mend is refused, with what to do', async () => {
  for (const status of [401, 403, 404])
    expect(await outcomeOf({ status })).toMatchObject({ state: 'refused', because: expect.stringMatching(`${status}: .*(give|check)`) });
  expect(await outcomeOf({ status: 422, body: `no field; you sent ${key}` })).toEqual({
    state: 'refused',
    status: 422,
    because: 'it answered 422: no field; you sent ‹secret›',
  });
});

test('a redirect is not followed', async () => {
  const elsewhere = await openPeer(() => ({ status: 200 }));
  expect(await outcomeOf({ status: 307, headers: { location: elsewhere.address } })).toMatchObject({ state: 'refused' });
  expect(elsewhere.asked).toEqual([]);
});

test('a side that never answers, breaks off, answers without end or is not there has failed', async () => {
  expect(await outcomeOf('silent', 100)).toEqual({ state: 'failed', because: 'there was no answer in time' });
  expect(await outcomeOf('lost')).toMatchObject({ state: 'failed', because: expect.stringContaining('broken off') });
  expect(await outcomeOf({ status: 200, body: 'x'.repeat(9 * 1024 * 1024) })).toMatchObject({
    state: 'failed',
    because: expect.stringContaining('8 MiB'),
  });
  const gone = await openPeer(() => 'silent');
  await gone.close();
  expect(await targetAt(gone.address).deliver(ticket, unstopped)).toMatchObject({ because: expect.stringContaining('nothing listens') });
});

test('an address that is none is refused before anything is asked, and not repeated', async () => {
  const outcome = await targetAt('hooks.example.com/secret-path').deliver(ticket, unstopped);
  expect(outcome).toMatchObject({ state: 'refused', because: expect.stringContaining('https://') });
  expect(JSON.stringify(outcome)).not.toContain('secret-path');
});
