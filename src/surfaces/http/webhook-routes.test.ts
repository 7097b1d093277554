import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { usualServerSettings } from '../../domain/server-settings.ts';
import { type Answered, startTestingHttp, type TestingHttp, tokens, webhookSecrets } from './testing-http.ts';

let http: TestingHttp;
beforeEach(async () => {
  http = await startTestingHttp();
});
afterEach(() => http.stop());

const group = {
  status: 'firing',
  alerts: ['PaymentErrors', 'CartErrors'].map((alertname) => ({
    status: 'firing',
    labels: { alertname },
    startsAt: '2026-03-01T02:44:00Z',
  })),
};
const event = { event: { id: '01ABC', event_type: 'incident.triggered', data: { id: 'PGR0VU2', title: 'Payment errors' } } };

function alertmanager(body: unknown, authorization: string | undefined = `Bearer ${webhookSecrets.alertmanager}`): Promise<Answered> {
  return http.ask('/webhooks/alertmanager', { body, headers: authorization === undefined ? {} : { authorization } });
}

function pagerDuty(body: unknown, signature: string): Promise<Answered> {
  return http.ask('/webhooks/pagerduty', { body, headers: { 'x-pagerduty-signature': signature } });
}

function sign(body: unknown, secret: string): string {
  return `v1=${createHmac('sha256', secret)
    .update(typeof body === 'string' ? body : JSON.stringify(body))
    .digest('hex')}`;
}

describe('Alertmanager', () => {
  test('each alert is stored before the answer; sent again it is known', async () => {
    expect(await alertmanager(group)).toMatchObject({
      status: 202,
      json: {
        pages: [
          { page: 'page-1', state: 'accepted' },
          { page: 'page-2', state: 'accepted' },
        ],
      },
    });
    expect(await alertmanager(group)).toMatchObject({ status: 202, json: { pages: [{ state: 'known' }, { state: 'known' }] } });
    expect(http.incidents.received.map(({ alert }) => alert.name)).toEqual(['PaymentErrors', 'CartErrors']);
  });

  test('a group of thousands of alerts comes in one piece, and is taken as a whole; nobody else may send that much', async () => {
    const alerts = Array.from({ length: 3000 }, (_, index) => ({
      status: 'firing',
      labels: { alertname: 'KubePodCrashLooping', pod: `cart-${index}` },
      annotations: { description: 'x'.repeat(1000) },
      startsAt: '2026-03-01T02:44:00Z',
    }));
    const text = JSON.stringify({ ...group, alerts });
    expect(text.length).toBeGreaterThan(3_000_000);
    expect((await alertmanager(text)).status).toBe(202);
    expect(http.incidents.received).toHaveLength(3000);
    const { status } = await http.ask('/webhooks/page', { body: text, headers: { authorization: `Bearer ${webhookSecrets.page}` } });
    expect(status).toBe(413);
  });

  test('the secret may be a password as well', async () => {
    const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

    expect((await alertmanager(group, basic(`stanch:${webhookSecrets.alertmanager}`))).status).toBe(202);
    expect((await alertmanager(group, basic(`${webhookSecrets.alertmanager}:stanch`))).status).toBe(401);
    expect((await alertmanager(group, basic(webhookSecrets.alertmanager))).status).toBe(401);
  });

  test.each([
    ['nothing', undefined],
    ['another secret', 'Bearer another-secret-here'],
    ['an access token', `Bearer ${tokens.administer}`],
    ['another kind', `Digest ${webhookSecrets.alertmanager}`],
    ['the secret of another webhook', `Bearer ${webhookSecrets.page}`],
  ])('%s is no secret: nothing is looked at, and it is recorded', async (_what, authorization) => {
    const { status, json } = await http.ask('/webhooks/alertmanager', {
      body: '{{{',
      headers: authorization === undefined ? {} : { authorization },
    });

    expect([status, json]).toMatchObject([401, { error: { attempted: 'taking the page from alertmanager' } }]);
    expect(http.incidents.received).toEqual([]);
    expect((await http.audit())[0]).toMatchObject({ by: 'nobody', what: 'webhook', result: 'refused' });
  });

  test('what cannot be read is refused with the reason', async () => {
    expect(await alertmanager('{')).toMatchObject({ status: 422, json: { error: { happened: 'the body is no valid JSON' } } });
    expect(await alertmanager({ alerts: [{}] })).toMatchObject({
      status: 422,
      json: { error: { happened: 'none of its 1 alerts has labels' } },
    });
    expect(await alertmanager({ alerts: [] })).toMatchObject({ status: 202, json: { because: 'its list of alerts is empty' } });
  });
});

describe('PagerDuty', () => {
  test.each(webhookSecrets.pagerDuty)('a body that was signed with %s is taken', async (secret) => {
    expect((await pagerDuty(event, sign(event, secret))).status).toBe(202);
    expect(http.incidents.received).toMatchObject([{ pagerDutyIncident: 'PGR0VU2' }]);
  });

  test('while the secret is exchanged it is signed with both', async () => {
    expect((await pagerDuty(event, `v1=${'0'.repeat(64)}, ${sign(event, 'new-pagerduty-secret')}`)).status).toBe(202);
  });

  test('the same event sent again is known', async () => {
    const signature = sign(event, 'new-pagerduty-secret');
    await pagerDuty(event, signature);

    expect(await pagerDuty(event, signature)).toMatchObject({ status: 202, json: { pages: [{ state: 'known' }] } });
  });

  test.each([
    ['none', ''],
    ['one of another secret', sign(event, 'another-secret-here')],
    ['one of another body', sign({ ...event, more: 1 }, 'new-pagerduty-secret')],
    ['one of another version', sign(event, 'new-pagerduty-secret').replace('v1', 'v2')],
    ['a part of one', sign(event, 'new-pagerduty-secret').slice(0, 40)],
    [
      'very many',
      Array.from({ length: 1000 }, () => `v1=${'0'.repeat(64)}`)
        .join(',')
        .slice(0, 8000),
    ],
  ])('%s is no signature', async (_what, signature) => {
    expect((await pagerDuty(event, signature)).status).toBe(401);
    expect(http.incidents.received).toEqual([]);
  });

  test('the raw body counts, not what it means', async () => {
    const raw = '{"event": {"id":"x","event_type":"pagey.ping"}}';

    expect((await pagerDuty(raw, sign(raw, 'new-pagerduty-secret'))).status).toBe(202);
    expect((await pagerDuty(` ${raw}`, sign(raw, 'new-pagerduty-secret'))).status).toBe(401);
  });
});

describe('a page by hand', () => {
  const page = (body: string, headers: { readonly [name: string]: string } = {}): Promise<Answered> =>
    http.ask('/webhooks/page', {
      body,
      headers: { authorization: `Bearer ${webhookSecrets.page}`, 'content-type': 'text/plain', ...headers },
    });

  test('words, or JSON', async () => {
    expect((await page('checkout is slow in namespace shop')).status).toBe(202);
    expect((await page('{"name":"Errors"}', { 'content-type': 'application/json' })).status).toBe(202);
    expect((await page('', {})).status).toBe(422);
    expect(http.incidents.received.map(({ alert }) => alert.name)).toEqual(['checkout is slow in namespace shop', 'Errors']);
  });

  test('what the sender calls its delivery tells whether it is the same', async () => {
    await page('slow', { 'idempotency-key': 'a' });

    expect(await page('slow', { 'idempotency-key': 'a' })).toMatchObject({ json: { pages: [{ state: 'known' }] } });
    expect(await page('slow', { 'idempotency-key': 'b' })).toMatchObject({ json: { pages: [{ state: 'accepted' }] } });
  });
});

test('where as many pages wait as are kept, or the store fails, the sender is told to come again', async () => {
  http.incidents.answerPages({ state: 'full', waiting: 10_000 });
  expect(await alertmanager(group)).toMatchObject({
    status: 503,
    json: {
      error: {
        happened: '10000 pages wait already, which is as many as are kept',
        whatToDo: 'Send it again; 0 of its 2 pages are stored and will be known',
      },
    },
  });
  http.incidents.answerPages({ state: 'failed', attempted: 'keeping the page', happened: 'the disk is full', whatToDo: 'Make room' });
  const { status, headers, json } = await alertmanager(group);
  expect([status, headers.get('retry-after'), json]).toMatchObject([503, '5', { error: { happened: 'the disk is full' } }]);

  http.incidents.answerPages(undefined);
  expect((await alertmanager(group)).status).toBe(202);
});

test('a webhook without a secret takes nothing, and says how to change that', async () => {
  const closed = await startTestingHttp({ set: { webhooks: usualServerSettings.webhooks } });
  const statuses = await Promise.all(
    ['alertmanager', 'pagerduty', 'page'].map(async (name) => (await closed.ask(`/webhooks/${name}`, { body: group })).json),
  );
  await closed.stop();

  expect(statuses).toMatchObject(
    ['alertmanager', 'pagerduty', 'page'].map((name) => ({
      error: { whatToDo: `Name one in the server settings: webhooks.${name}.secrets` },
    })),
  );
});

test('what came of the pages is counted', async () => {
  await alertmanager(group);
  await alertmanager(group);
  await alertmanager('{');
  const { text } = await http.ask('/metrics', { token: tokens.view });

  expect(text).toContain('stanch_pages_total{webhook="alertmanager",outcome="accepted"} 2');
  expect(text).toContain('stanch_pages_total{webhook="alertmanager",outcome="known"} 2');
  expect(text).toContain('stanch_pages_total{webhook="alertmanager",outcome="refused"} 1');
});
