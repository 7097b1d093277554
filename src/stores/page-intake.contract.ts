import { expect, test } from 'vitest';
import type { AcceptedPage } from '../domain/accepted-page.ts';
import { hostileTexts, openedAt } from './incident-store.contract.ts';
import { job, workerOf } from './job-queue.contract.ts';
import type { Pair } from './shared-server.contract.ts';

const start = openedAt;
const plenty = 1000;

export function page(id: string, more: Partial<AcceptedPage> = {}): AcceptedPage {
  return {
    id,
    deliveryKey: `delivery of ${id}`,
    fingerprint: 'payments are failing',
    receivedAt: start,
    alert: {
      source: 'alertmanager',
      name: 'PaymentServiceErrorRate',
      summary: '5 % of payments fail',
      labels: { namespace: 'payments' },
      startedAt: undefined,
      state: 'firing',
      severity: 'critical',
      expression: undefined,
    },
    text: '{"labels":{"__proto__":"\'; drop table page; -- 漢字"}}',
    ...more,
  };
}

/** As it comes back: what is not told is left out. */
function stored(id: string, more: Partial<AcceptedPage> = {}): unknown {
  return JSON.parse(JSON.stringify(page(id, more)));
}

export function pageIntakeContract(pair: () => Promise<Pair>): void {
  testAccepting(pair);
  testBackPressure(pair);
  testAssigning(pair);
  testHistory(pair);
}

function testAccepting(pair: () => Promise<Pair>): void {
  test('a page is kept as it came in, together with the job that works it', async () => {
    const { one, other, setTime } = await pair();
    const wanted = page('p1', { pagerDutyIncident: 'Q1' });
    expect(await one.pages.accept(wanted, job('p1'), plenty)).toEqual({ state: 'accepted', id: 'p1' });
    expect(await other.pages.read('p1')).toEqual({ state: 'read', page: stored('p1', { pagerDutyIncident: 'Q1' }), incident: undefined });
    expect((await workerOf(other.jobs, setTime).taken(start)).key).toBe('p1');
    expect(await other.pages.read('p2')).toEqual({ state: 'missing' });
  });

  test('a delivery that comes again is known, and makes no second job', async () => {
    const { one, other } = await pair();
    await one.pages.accept(page('p1'), job('p1'), plenty);
    const again = page('p2', { deliveryKey: 'delivery of p1' });
    expect(await other.pages.accept(again, job('p2'), plenty)).toEqual({ state: 'known', id: 'p1' });
    expect(await other.pages.read('p2')).toEqual({ state: 'missing' });
    expect(await other.jobs.count('work-incident')).toMatchObject({ waiting: 1 });
    expect(await one.pages.assign('p1', 'an-incident')).toEqual({ state: 'assigned', incident: 'an-incident' });
    expect(await one.pages.accept(again, job('p2'), plenty)).toEqual({ state: 'known', id: 'p1' });
  });

  test('hostile text in a page is kept as it came in, and its delivery is known again', async () => {
    const { one, other } = await pair();
    for (const [index, text] of hostileTexts.entries()) {
      const hostile = { deliveryKey: text, fingerprint: text, text, pagerDutyIncident: text };
      expect(await one.pages.accept(page(`p${index}`, hostile), job(text), plenty)).toEqual({ state: 'accepted', id: `p${index}` });
      expect(await other.pages.accept(page('again', hostile), job(text), plenty)).toEqual({ state: 'known', id: `p${index}` });
      const pages = [{ page: stored(`p${index}`, hostile) }];
      expect(await other.pages.history(text, start, 5)).toEqual({ state: 'read', pages });
    }
  });

  test('of one delivery to many replicas at once one page is kept', async () => {
    const { one, other } = await pair();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 === 0 ? one : other).pages.accept(page(`p${index}`, { deliveryKey: 'the same' }), job(`p${index}`), plenty),
      ),
    );
    const accepted = answers.flatMap((answer) => (answer.state === 'accepted' ? [answer.id] : []));
    expect(accepted).toHaveLength(1);
    expect(answers.filter((answer) => answer.state === 'known' && answer.id === accepted[0])).toHaveLength(11);
    expect(await one.jobs.count('work-incident')).toMatchObject({ waiting: 1 });
  });
}

function testBackPressure(pair: () => Promise<Pair>): void {
  test('when as many wait as may, a new one is refused and a known one is not', async () => {
    const { one, other } = await pair();
    for (const id of ['p1', 'p2']) await one.pages.accept(page(id), job(id), 2);
    expect(await other.pages.accept(page('p3'), job('p3'), 2)).toEqual({ state: 'full', waiting: 2 });
    expect(await other.pages.read('p3')).toEqual({ state: 'missing' });
    expect(await other.jobs.count('work-incident')).toMatchObject({ waiting: 2 });
    expect(await other.pages.accept(page('p2'), job('p2'), 2)).toEqual({ state: 'known', id: 'p2' });
    await other.pages.assign('p1', 'an-incident');
    expect(await one.pages.accept(page('p3'), job('p3'), 2)).toEqual({ state: 'accepted', id: 'p3' });
  });

  test('never more than may wait are kept, whatever comes in at once', async () => {
    const { one, other } = await pair();
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? one : other).pages.accept(page(`p${index}`), job(`p${index}`), 5)),
    );
    expect(answers.filter(({ state }) => state === 'accepted')).toHaveLength(5);
    expect(answers.filter(({ state }) => state === 'full')).toHaveLength(11);
    expect(await one.pages.countWaiting()).toEqual({ state: 'counted', waiting: 5 });
  });
}

function testAssigning(pair: () => Promise<Pair>): void {
  test('a page waits until an incident has it, and stays with the first one', async () => {
    const { one, other } = await pair();
    for (const id of ['p1', 'p2']) await one.pages.accept(page(id), job(id), plenty);
    expect(await other.pages.countWaiting()).toEqual({ state: 'counted', waiting: 2 });
    expect(await other.pages.assign('p1', 'an-incident')).toEqual({ state: 'assigned', incident: 'an-incident' });
    expect(await one.pages.assign('p1', 'an-incident')).toEqual({ state: 'assigned', incident: 'an-incident' });
    expect(await one.pages.assign('p1', 'another')).toEqual({ state: 'assigned', incident: 'an-incident' });
    expect(await other.pages.read('p1')).toMatchObject({ state: 'read', incident: 'an-incident' });
    expect(await one.pages.countWaiting()).toEqual({ state: 'counted', waiting: 1 });
    expect(await one.pages.assign('p9', 'an-incident')).toEqual({ state: 'missing' });
  });
}

function testHistory(pair: () => Promise<Pair>): void {
  test('earlier pages of the same cause are told, latest first', async () => {
    const { one, other } = await pair();
    const times = [5, 1, 3];
    for (const minute of times) await one.pages.accept(page(`p${minute}`, { receivedAt: start + minute }), job(`p${minute}`), plenty);
    await one.pages.accept(page('other', { fingerprint: 'another cause' }), job('other'), plenty);
    await one.pages.assign('p3', 'an-incident');
    const expected = [
      { page: stored('p5', { receivedAt: start + 5 }) },
      { page: stored('p3', { receivedAt: start + 3 }), incident: 'an-incident' },
      { page: stored('p1', { receivedAt: start + 1 }) },
    ];
    expect(await other.pages.history('payments are failing', start, 10)).toEqual({ state: 'read', pages: expected });
    expect(await other.pages.history('payments are failing', start + 3, 10)).toEqual({ state: 'read', pages: expected.slice(0, 2) });
    expect(await other.pages.history('payments are failing', start, 1)).toEqual({ state: 'read', pages: expected.slice(0, 1) });
    expect(await other.pages.history('nothing', start, 10)).toEqual({ state: 'read', pages: [] });
  });
}
