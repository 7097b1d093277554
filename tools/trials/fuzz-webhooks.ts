import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { isRecord } from '../../src/domain/shape.ts';
import { anyAddress } from './fuzz-requests.ts';
import { type Answered, ask, type FuzzServer, isFault } from './fuzz-server.ts';
import { alertmanagerSecret, pageSecret, pagerDutySecret } from './server-scene.ts';

const recordings = fileURLToPath(new URL('../../recordings/', import.meta.url));
const groupsOfAlertmanager = readdirSync(recordings, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('/alerts/alert.json'))
  .toSorted()
  .map((path): unknown => JSON.parse(readFileSync(`${recordings}${path}`, 'utf8')));
const eventsOfPagerDuty = ['triggered', 'acknowledged', 'reopened', 'resolved', 'unacknowledged', 'escalated'].map((type) => ({
  event: {
    id: '01ABC',
    event_type: `incident.${type}`,
    occurred_at: '2026-03-01T02:47:00Z',
    agent: { type: 'user_reference', summary: 'Ada Lovelace' },
    data: { id: 'PGR0VU2', type: 'incident', title: 'Payment errors', status: type, service: { summary: 'payments' } },
  },
}));

interface Payload {
  readonly webhook: 'alertmanager' | 'pagerduty' | 'page';
  readonly body: string;
}

/** Payloads as the senders make them, with something about them changed. */
const changedPayload: fc.Arbitrary<Payload> = fc.oneof(
  changed(fc.constantFrom(...groupsOfAlertmanager)).map((json): Payload => ({ webhook: 'alertmanager', body: textOf(json) })),
  changed(fc.constantFrom<unknown>(...eventsOfPagerDuty)).map((json): Payload => ({ webhook: 'pagerduty', body: textOf(json) })),
  fc.oneof(fc.string({ unit: 'binary' }), fc.json()).map((body): Payload => ({ webhook: 'page', body })),
);

/** Empty: all of it is gone. */
function textOf(json: unknown): string {
  return json === undefined ? '' : JSON.stringify(json);
}

/** One value somewhere inside is another one, is gone, or is there many times. */
function changed(payload: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const other = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>('', '‮', 'x'.repeat(100_000), -1, 1e308, '9999-99-99T99:99:99Z', '0001-01-01T00:00:00Z', undefined),
    fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 100, maxLength: 300 }),
  );
  return fc
    .tuple(payload, fc.array(fc.tuple(fc.array(fc.nat(20), { maxLength: 6 }), other), { maxLength: 3 }))
    .map(([json, changes]) => changes.reduce<unknown>((so, [path, value]) => replacedAt(so, path, value), json));
}

function replacedAt(json: unknown, [first, ...rest]: readonly number[], value: unknown): unknown {
  const names = isRecord(json) ? Object.keys(json) : Array.isArray(json) ? [...json.keys()].map(String) : [];
  const name = first === undefined || names.length === 0 ? undefined : names[first % names.length];
  if (name === undefined) return value;
  if (Array.isArray(json)) return json.map((each: unknown, index) => (String(index) === name ? replacedAt(each, rest, value) : each));
  const fields: { readonly [field: string]: unknown } = isRecord(json) ? json : {};
  return { ...fields, [name]: replacedAt(fields[name], rest, value) };
}

/** What proves the sender. */
function proofOf({ webhook, body }: Payload): { readonly [name: string]: string } {
  if (webhook === 'pagerduty') return { 'x-pagerduty-signature': `v1=${createHmac('sha256', pagerDutySecret).update(body).digest('hex')}` };
  return { authorization: `Bearer ${webhook === 'page' ? pageSecret : alertmanagerSecret}` };
}

function send(
  { process }: FuzzServer,
  payload: Payload,
  proof: { readonly [name: string]: string },
  from: string,
): Promise<Answered | undefined> {
  const headers = { 'content-type': 'application/json', ...proof };
  return ask(`${process.address}/webhooks/${payload.webhook}`, { method: 'POST', headers, body: payload.body, from });
}

/** From a sender who proved itself: taken, or refused with a reason. */
export function changedWebhook(server: FuzzServer): fc.IAsyncProperty<unknown> {
  return fc.asyncProperty(changedPayload, anyAddress, async (payload, from) => {
    const answer = await send(server, payload, proofOf(payload), from);
    return answer === undefined || ((answer.status === 202 || [400, 413, 422, 503].includes(answer.status)) && !isFault(answer));
  });
}

/** The same delivery, several times at once and once more: each of its pages is one page. */
export function replayedWebhook(server: FuzzServer): fc.IAsyncProperty<unknown> {
  return fc.asyncProperty(changedPayload, anyAddress, fc.integer({ min: 2, max: 6 }), async (payload, from, times) => {
    // Plain words without a key of their own are another page after a while.
    const proof = { ...proofOf(payload), 'idempotency-key': createHmac('sha256', payload.body).digest('hex') };
    const answers = await Promise.all(Array.from({ length: times }, () => send(server, payload, proof, from)));
    const again = await send(server, payload, proof, from);
    const taken = [...answers, again].filter((each) => each?.status === 202);
    const ids = new Set(taken.map((each) => JSON.stringify(pagesIn(each).map(({ page }) => page))));
    const isNew = pagesIn(again).some(({ state }) => state === 'accepted');
    return ids.size <= 1 && !isNew;
  });
}

function pagesIn(answer: Answered | undefined): readonly { readonly page: string; readonly state: string }[] {
  if (answer?.status !== 202) return [];
  return (JSON.parse(answer.text) as { readonly pages: readonly { readonly page: string; readonly state: string }[] }).pages;
}

/** Secrets of others, parts of the right one, signatures over other bytes: nothing is taken, and nothing told. */
export function forgedRequest(server: FuzzServer): fc.IAsyncProperty<unknown> {
  const { process, incident, tokens } = server;
  const forged = fc.oneof(
    fc.constantFrom('Bearer', 'Bearer ', `Bearer ${alertmanagerSecret.slice(1)}`, `Basic ${Buffer.from('a:b').toString('base64')}`),
    fc.nat().map((at) => `Bearer ${flipped(tokens.administer[0] ?? '', at)}`),
    fc.stringMatching(/^[\x21-\x7e]{1,60}$/).map((secret) => `Bearer ${secret}`),
  );
  return fc.asyncProperty(changedPayload, forged, fc.nat(), anyAddress, async (payload, authorization, at, from) => {
    const signature = flipped(proofOf(payload)['x-pagerduty-signature'] ?? 'v1=', at);
    const webhook = await send(server, payload, { authorization, 'x-pagerduty-signature': signature }, from);
    const headers = { authorization, cookie: `stanch_session=${authorization.replace(/[^\w]/g, '')}`, 'content-type': 'application/json' };
    const action = await ask(`${process.address}/api/v1/incidents/${incident}/undo`, { method: 'POST', headers, body: '{}', from });
    return [webhook, action].every((answer) => answer === undefined || [400, 401, 403, 429].includes(answer.status));
  });
}

/** One character of it is another one. */
function flipped(secret: string, at: number): string {
  const index = secret.length === 0 ? 0 : at % secret.length;
  return `${secret.slice(0, index)}${secret[index] === 'x' ? 'y' : 'x'}${secret.slice(index + 1)}`;
}
