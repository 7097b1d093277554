import { expect, test } from 'vitest';
import type { IncidentEvent } from '../domain/incident-event.ts';
import type { Instant } from '../domain/instant.ts';
import type { IncidentStore, LeaseHolder, Opening } from '../ports/incident-store.ts';
import type { Pair } from './shared-server.contract.ts';

export const openedAt = Date.UTC(2026, 10, 21, 2, 47);

export function opening(more: Partial<Opening> = {}): Opening {
  const alert = { name: 'PaymentServiceErrorRate', summary: '5 % of payments fail' };
  return { kind: 'opened', at: openedAt, by: 'ada@laptop', cluster: 'production', source: { context: 'production' }, alert, ...more };
}

export function note(minute: number, because = `note ${minute}`): IncidentEvent {
  return { kind: 'aborted', at: openedAt + minute * 60_000, by: 'ada@laptop', because };
}

function causedBy(page: string, fingerprint: string): Opening {
  return opening({ cause: { page, fingerprint, series: fingerprint } });
}

const ending: IncidentEvent = { kind: 'closed', at: openedAt, by: 'ada@laptop', looseEnds: [], followUps: [] };

export function incidentStoreContract(pair: () => Promise<Pair>): void {
  const stores: Stores = async () => {
    const { one, other } = await pair();
    return [one.incidents, other.incidents];
  };
  testKeeping(stores);
  testConflicts(stores);
  testText(stores);
  testLists(stores);
  testLeases(pair);
  testTheEnd(stores);
}

type Stores = () => Promise<readonly [IncidentStore, IncidentStore]>;

export async function created(store: IncidentStore, event: Opening = opening()): Promise<string> {
  const made = await store.create(event);
  if (made.state === 'failed') throw new Error(`${made.attempted}: ${made.happened}`);
  return made.id;
}

function testKeeping(stores: Stores): void {
  test('an incident is named after its time and its page', async () => {
    const [store] = await stores();
    expect(await created(store)).toMatch(/^2026-11-21-0247-payment-service-error-rate-[2-9a-km-np-z]{4}$/);
  });

  test('two incidents of the same minute and page are two', async () => {
    const [one, other] = await stores();
    const ids = [await created(one), await created(other)];
    expect(new Set(ids).size).toBe(2);
    expect(await one.read(ids[1] ?? '')).toEqual({ state: 'read', events: [opening()] });
  });

  test('of one cause only one incident is open at a time', async () => {
    const [one, other] = await stores();
    const first = await created(one, causedBy('page-1', 'errors in shop'));
    expect(await other.create(causedBy('page-2', 'errors in shop'))).toEqual({ state: 'known', id: first });
    expect(await one.read(first)).toEqual({ state: 'read', events: [causedBy('page-1', 'errors in shop')] });
    expect(await other.create(causedBy('page-3', 'latency in shop'))).toMatchObject({ state: 'created' });
    expect(await other.create(opening())).toMatchObject({ state: 'created' });
    await one.append(first, 1, [ending]);
    expect(await other.create(causedBy('page-4', 'errors in shop'))).toMatchObject({ state: 'created' });
  });

  test('asked for at the same time one cause is one incident as well', async () => {
    const [one, other] = await stores();
    const answers = await Promise.all([one, other, one, other].map((store, index) => store.create(causedBy(`page-${index}`, 'errors'))));
    expect(answers.map(({ state }) => state).toSorted()).toEqual(['created', 'known', 'known', 'known']);
    expect(new Set(answers.map((answer) => ('id' in answer ? answer.id : answer.state))).size).toBe(1);
  });

  test('events are read in the order in which they were appended, whatever their times', async () => {
    const [one, other] = await stores();
    const id = await created(one);
    expect(await one.append(id, 1, [note(9), note(3)])).toEqual({ state: 'appended', length: 3 });
    expect(await other.append(id, 3, [note(5)])).toEqual({ state: 'appended', length: 4 });
    expect(await one.read(id)).toEqual({ state: 'read', events: [opening(), note(9), note(3), note(5)] });
  });

  test('nothing appended is nothing changed', async () => {
    const [store] = await stores();
    const id = await created(store);
    expect(await store.append(id, 1, [])).toEqual({ state: 'appended', length: 1 });
  });

  test('an incident that nobody opened is missing', async () => {
    const [store] = await stores();
    const wish = { holder: { name: 'ada', process: '1' }, now: 0, until: 1 };
    expect(await store.read('2026-11-21-0247-nothing-aaaa')).toEqual({ state: 'missing' });
    expect(await store.append('2026-11-21-0247-nothing-aaaa', 1, [note(1)])).toEqual({ state: 'missing' });
    expect(await store.lease('2026-11-21-0247-nothing-aaaa', wish)).toEqual({ state: 'missing' });
  });

  test('what is read can be altered without altering what is kept', async () => {
    const [store] = await stores();
    const id = await created(store);
    const first = await store.read(id);
    if (first.state === 'read') Object.assign(first.events[0] ?? {}, { cluster: 'another' });
    expect(await store.read(id)).toEqual({ state: 'read', events: [opening()] });
  });
}

function testConflicts(stores: Stores): void {
  test('who decided on less than what happened is told, and nothing is written', async () => {
    const [one, other] = await stores();
    const id = await created(one);
    const answers = await Promise.all([one.append(id, 1, [note(1)]), other.append(id, 1, [note(2)])]);
    expect(answers).toContainEqual({ state: 'appended', length: 2 });
    expect(answers).toContainEqual({ state: 'conflict', length: 2 });
    const kept = note(answers[0].state === 'appended' ? 1 : 2);
    expect(await other.read(id)).toEqual({ state: 'read', events: [opening(), kept] });
  });

  test('who knows of more than what is kept is told as well', async () => {
    const [store] = await stores();
    const id = await created(store);
    expect(await store.append(id, 2, [note(1)])).toEqual({ state: 'conflict', length: 1 });
  });

  test('of many writers at once each event is kept once', async () => {
    const pair = await stores();
    const id = await created(pair[0]);
    for (let length = 1; length <= 10; length += 1) {
      const writers = Array.from({ length: 4 }, (_, index) => pair[index % 2 === 0 ? 0 : 1].append(id, length, [note(index)]));
      const answers = await Promise.all(writers);
      expect(answers.filter(({ state }) => state === 'appended')).toHaveLength(1);
    }
    const read = await pair[0].read(id);
    expect(read.state === 'read' && read.events.length).toBe(11);
  });
}

/** Text that somebody may send who wants to do harm, and what only some stores can hold. */
export const hostileTexts: readonly string[] = [
  "'; drop table incident; --",
  '\u0000 \u001b[31m \u202e \ufeff \r\n',
  'half a pair: \ud83d',
  '{"kind":"closed"}',
  '漢字 🩹 e\u0301',
  '__proto__',
];

function testText(stores: Stores): void {
  test('hostile text comes back as it went in', async () => {
    const [store] = await stores();
    const events = hostileTexts.map((text, index): IncidentEvent => ({ ...note(index, text), by: text }));
    const id = await created(
      store,
      opening({ alert: { name: hostileTexts.join(''), summary: '' }, cluster: hostileTexts.join(''), by: '' }),
    );
    await store.append(id, 1, events);
    const read = await store.read(id);
    expect(read.state === 'read' && read.events.slice(1)).toEqual(events);
    expect(id).toMatch(/^[a-z0-9-]+$/);
  });

  test('an event of 2 MB is kept whole', async () => {
    const [store] = await stores();
    const id = await created(store);
    const large = note(1, 'é'.repeat(1024 * 1024));
    expect(await store.append(id, 1, [large])).toEqual({ state: 'appended', length: 2 });
    expect(await store.read(id)).toEqual({ state: 'read', events: [opening(), large] });
  });

  test('ten thousand events come back in order', async () => {
    const [store] = await stores();
    const id = await created(store);
    const events = Array.from({ length: 10_000 }, (_, index) => note(index));
    for (let start = 0; start < events.length; start += 500) await store.append(id, 1 + start, events.slice(start, start + 500));
    expect(await store.read(id)).toEqual({ state: 'read', events: [opening(), ...events] });
  });
}

function testLists(stores: Stores): void {
  test('the list tells of each incident, latest opened first', async () => {
    const [one, other] = await stores();
    const early = await created(one, opening({ at: openedAt - 60_000 }));
    const { alert, ...withoutPage } = opening({ cluster: 'staging' });
    const late = await created(other, withoutPage);
    await one.append(early, 1, [note(30), note(20)]);
    await one.append(late, 1, [{ kind: 'closed', at: openedAt + 1, by: 'ada', looseEnds: [], followUps: [] }, note(1)]);
    const summaries = [
      { id: late, openedAt, cluster: 'staging', length: 3, lastEventAt: openedAt + 60_000, isClosed: true },
      {
        id: early,
        openedAt: openedAt - 60_000,
        cluster: 'production',
        alert: alert?.name,
        length: 3,
        lastEventAt: openedAt + 30 * 60_000,
        isClosed: false,
      },
    ];
    const revision = 6;
    expect(await other.list({ limit: 10, which: 'all' })).toEqual({ state: 'read', incidents: summaries, revision });
    expect(await other.list({ limit: 1, which: 'all' })).toEqual({ state: 'read', incidents: summaries.slice(0, 1), revision });
    expect(await one.list({ limit: 10, which: 'open' })).toEqual({ state: 'read', incidents: summaries.slice(1), revision });
    const activeSince = openedAt + 30 * 60_000;
    expect(await one.list({ limit: 10, which: 'all', activeSince })).toEqual({ state: 'read', incidents: summaries.slice(1), revision });
    expect(await one.list({ limit: 10, which: 'all', activeSince: activeSince + 1 })).toEqual({ state: 'read', incidents: [], revision });
  });
}

/** Claims for half a minute, at a time that the store agrees with. */
type Claim = (
  store: 'one' | 'other',
  id: string,
  wish: { readonly holder: LeaseHolder; readonly now: Instant },
) => ReturnType<IncidentStore['lease']>;

const ada = { name: 'ada@laptop, process 1', process: 'one' };
const bob = { name: 'bob@desk, process 2', process: 'two' };

async function claiming(pair: () => Promise<Pair>): Promise<Pair & { readonly claim: Claim }> {
  const shared = await pair();
  await shared.setTime(0);
  const claim: Claim = async (store, id, { holder, now }) => {
    await shared.setTime(now);
    return shared[store].incidents.lease(id, { holder, now, until: now + 30_000 });
  };
  return { ...shared, claim };
}

function testLeases(pair: () => Promise<Pair>): void {
  test('one process works an incident; another takes over when its time has run out', async () => {
    const { one, claim } = await claiming(pair);
    const id = await created(one.incidents);
    expect(await claim('one', id, { holder: ada, now: 0 })).toEqual({ state: 'leased' });
    expect(await claim('other', id, { holder: bob, now: 29_999 })).toEqual({ state: 'taken', by: ada.name, until: 30_000 });
    expect(await claim('one', id, { holder: ada, now: 29_999 })).toEqual({ state: 'leased' });
    expect(await claim('other', id, { holder: bob, now: 59_998 })).toEqual({ state: 'taken', by: ada.name, until: 59_999 });
    expect(await claim('other', id, { holder: bob, now: 59_999 })).toEqual({ state: 'leased', takenOverFrom: ada.name });
    expect(await claim('one', id, { holder: ada, now: 60_000 })).toEqual({ state: 'taken', by: bob.name, until: 89_999 });
  });

  test('of two that claim an incident at once one gets it', async () => {
    const { one, claim } = await claiming(pair);
    const id = await created(one.incidents);
    const claims = await Promise.all([claim('one', id, { holder: ada, now: 0 }), claim('other', id, { holder: bob, now: 0 })]);
    expect(claims.map(({ state }) => state).toSorted()).toEqual(['leased', 'taken']);
  });

  test('what is released is free, and only its holder can release it', async () => {
    const { one, other, claim } = await claiming(pair);
    const id = await created(one.incidents);
    await claim('one', id, { holder: ada, now: 0 });
    expect(await other.incidents.release(id, bob)).toEqual({ state: 'not-held' });
    expect(await one.incidents.release(id, ada)).toEqual({ state: 'released' });
    expect(await one.incidents.release(id, ada)).toEqual({ state: 'not-held' });
    expect(await claim('other', id, { holder: bob, now: 1 })).toEqual({ state: 'leased' });
  });

  test('a lease of one incident says nothing about another', async () => {
    const { one, claim } = await claiming(pair);
    const ids = [await created(one.incidents), await created(one.incidents)] as const;
    await claim('one', ids[0], { holder: ada, now: 0 });
    expect(await claim('other', ids[1], { holder: bob, now: 0 })).toEqual({ state: 'leased' });
  });
}

/** Of stores whose processes can see one another. `stanch` of the mark "ended 3" has ended. */
export function endedProcessContract(pair: () => Promise<Pair>): void {
  test('nobody waits for a process that has ended', async () => {
    const { one, claim } = await claiming(pair);
    const id = await created(one.incidents);
    await claim('one', id, { holder: { name: 'killed', process: 'ended 3' }, now: 0 });
    expect(await claim('other', id, { holder: bob, now: 1 })).toEqual({ state: 'leased', takenOverFrom: 'killed' });
  });
}

function testTheEnd(stores: Stores): void {
  test('a closed store says so, and other processes go on', async () => {
    const [one, other] = await stores();
    const id = await created(one);
    await one.close();
    await one.close();
    expect(await one.append(id, 1, [note(1)])).toMatchObject({ state: 'failed', happened: 'the store is closed' });
    expect(await one.create(opening())).toMatchObject({ state: 'failed', happened: 'the store is closed' });
    expect(await other.append(id, 1, [note(1)])).toEqual({ state: 'appended', length: 2 });
  });
}
