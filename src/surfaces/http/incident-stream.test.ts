import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openedAt } from '../../domain/example-incident.ts';
import type { IncidentEvent } from '../../domain/incident-event.ts';
import { exampleNight } from '../../writing/example-night.ts';
import { incidentId, startTestingHttp, type TestingHttp, tokens } from './testing-http.ts';

let http: TestingHttp;
beforeEach(async () => {
  http = await startTestingHttp();
});
afterEach(() => http.stop());

interface Heard {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly position?: number; readonly part?: number; readonly text?: string };
}

/** What a browser's EventSource would hear. */
class Listener {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = '';

  private constructor(response: Response) {
    this.response = response;
    this.#reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  }

  static async open(query = '', headers: { readonly [name: string]: string } = {}): Promise<Listener> {
    const address = `${http.address}/api/v1/incidents/${incidentId}/stream${query}`;
    return new Listener(await fetch(address, { headers: { authorization: `Bearer ${tokens.view}`, ...headers } }));
  }

  /** Undefined: the stream is over. */
  async next(): Promise<Heard | undefined> {
    while (!this.#text.includes('\n\n')) {
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.#text += new TextDecoder().decode(value);
    }
    const end = this.#text.indexOf('\n\n');
    const fields = Object.fromEntries(
      this.#text
        .slice(0, end)
        .split('\n')
        .map((line) => line.split(/: ([^]*)/, 2) as [string, string]),
    );
    this.#text = this.#text.slice(end + 2);
    return { event: fields['event'] ?? '', id: fields['id'], data: JSON.parse(fields['data'] ?? 'null') };
  }

  async until(event: string): Promise<readonly Heard[]> {
    const heard: Heard[] = [];
    for (let one = await this.next(); one !== undefined; one = await this.next()) {
      heard.push(one);
      if (one.event === event) break;
    }
    return heard;
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

const paged: IncidentEvent = { at: openedAt, by: 'ada', kind: 'acknowledged' };
const last = exampleNight().length - 1;

test('everything that happened, then that the view can be read, then what happens', async () => {
  const listener = await Listener.open();
  const told = await listener.until('view');
  http.incidents.happen(incidentId, paged);
  const news = await listener.until('view');
  await listener.close();

  expect(listener.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(new Set(told.slice(0, -1).map(({ data }) => data.position))).toEqual(new Set(exampleNight().keys()));
  expect(told.filter(({ id }) => id !== undefined).map(({ id, data }) => [id, data.part])).toEqual(
    [...exampleNight().keys()].map((position) => [String(position), undefined]),
  );
  expect(news.map(({ event, id }) => [event, id])).toEqual([
    ['entry', String(last + 1)],
    ['view', undefined],
  ]);
});

test.each([
  ['from where the page wants it to', `?from=${last}`, {}],
  ['from behind what was heard last, which wins', '?from=0', { 'last-event-id': String(last - 1) }],
])('it begins %s', async (_what, query, headers) => {
  const listener = await Listener.open(query, headers as { readonly [name: string]: string });
  const told = await listener.until('view');
  await listener.close();

  expect(told.map(({ event, data }) => [event, data.position])).toEqual([
    ['entry', last],
    ['view', undefined],
  ]);
});

test('a change is told in the words of its plan, wherever the stream begins', async () => {
  const whole = await Listener.open();
  const all = await whole.until('view');
  await whole.close();
  const part = await Listener.open(`?from=${last - 2}`);
  const told = await part.until('view');
  await part.close();

  expect(told.slice(0, -1)).toEqual(all.slice(0, -1).filter(({ data }) => (data.position ?? 0) >= last - 2));
});

test('what is looked at right now is told, and not kept', async () => {
  const listener = await Listener.open();
  await listener.until('view');
  http.incidents.tell(incidentId, 'listing pods (3 of 22)');

  expect(await listener.next()).toEqual({ event: 'progress', id: undefined, data: { text: 'listing pods (3 of 22)' } });
  await listener.close();
});

test('silence is broken by a sign of life, and ends where the token was revoked', async () => {
  const listener = await Listener.open();
  await listener.until('view');
  for (let beat = 0; beat < 5; beat += 1) {
    http.clock.advance(10_000);
    http.passTime();
    expect(await listener.next()).toMatchObject({ event: 'alive', data: {} });
  }
  await http.store.access.revokeToken('token-view', http.clock.now());
  http.clock.advance(10_000);
  http.passTime();

  expect((await listener.until('never')).map(({ event }) => event)).toEqual(['alive']);
});

test('a stream that is never silent ends as well where the token was revoked, and tells nothing more', async () => {
  const listener = await Listener.open();
  await listener.until('view');
  await http.store.access.revokeToken('token-view', http.clock.now());
  http.clock.advance(59_000);
  http.incidents.happen(incidentId, paged);
  const within = await listener.until('view');
  http.clock.advance(1000);
  http.incidents.happen(incidentId, paged);

  expect([within.length, await listener.until('never')]).toEqual([2, []]);
});

test('a reader that goes away leaves nothing behind', async () => {
  const listener = await Listener.open();
  await listener.until('view');
  const followed = http.incidents.followers();
  await listener.close();
  for (let tries = 0; tries < 1000 && http.incidents.followers() > 0; tries += 1) await http.ask('/healthz');

  expect([followed, http.incidents.followers()]).toEqual([1, 0]);
});

test('a stop of the server ends the stream', async () => {
  const listener = await Listener.open();
  await listener.until('view');
  const [heard] = await Promise.all([listener.until('never'), http.stop()]);

  expect(heard).toEqual([]);
});

describe('refused', () => {
  const stream = (incident: string, query = ''): string => `/api/v1/incidents/${incident}/stream${query}`;

  test.each([
    ['nobody', stream(incidentId), undefined, 401],
    ['an incident that there is none of', stream('2026-09-15-0250-other-aaaa'), tokens.view, 404],
    ['what is no id', stream('..%2f..'), tokens.view, 400],
    ['a position that is none', stream(incidentId, '?from=-1'), tokens.view, 400],
    ['two positions', stream(incidentId, '?from=1&from=2'), tokens.view, 400],
  ])('%s', async (_what, path, token, status) => {
    expect((await http.ask(path, token === undefined ? {} : { token })).status).toBe(status);
  });

  test('more streams of one user than anybody looks at', async () => {
    const small = await startTestingHttp({ limits: { streamsPerUser: 1 } });
    const headers = { authorization: `Bearer ${tokens.view}` };
    const first = await fetch(`${small.address}${stream(incidentId)}`, { headers });
    const second = await small.ask(stream(incidentId), { token: tokens.view });
    const other = await fetch(`${small.address}${stream(incidentId)}`, { headers: { authorization: `Bearer ${tokens.operate}` } });
    await Promise.all([first.body?.cancel(), other.body?.cancel()]);
    await small.stop();

    expect([first.status, second.status, other.status]).toEqual([200, 429, 200]);
  });
});
