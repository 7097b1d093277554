import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IncomingPage } from '../domain/accepted-page.ts';
import { alertmanagerPages } from './alertmanager-pages.ts';
import type { PagesReading } from './incoming-pages.ts';
import { pagerDutyPages } from './pagerduty-pages.ts';
import { parseAlert } from './parse-alert.ts';
import { plainPages } from './plain-pages.ts';

const receivedAt = Date.UTC(2026, 2, 1, 2, 47);

function alert(more: { readonly [field: string]: unknown } = {}): { readonly [field: string]: unknown } {
  return {
    status: 'firing',
    labels: { alertname: 'PaymentErrors', namespace: 'payments', severity: 'critical' },
    annotations: { summary: '5xx rate above 5 %' },
    startsAt: '2026-03-01T02:44:00Z',
    endsAt: '2026-03-01T03:00:00Z',
    generatorURL: 'http://prometheus.example/graph?g0.expr=errors+%3E+5',
    ...more,
  };
}

function group(...alerts: readonly unknown[]): { readonly [field: string]: unknown } {
  return { version: '4', status: 'firing', receiver: 'stanch', commonLabels: { team: 'payments' }, commonAnnotations: {}, alerts };
}

function event(type: string, more: { readonly [field: string]: unknown } = {}): unknown {
  return {
    event: {
      id: '01ABC',
      event_type: type,
      occurred_at: '2026-03-01T02:47:00Z',
      agent: { type: 'user_reference', summary: 'Ada Lovelace' },
      data: { id: 'PGR0VU2', type: 'incident', title: 'Payment errors', status: 'triggered', service: { summary: 'payments' } },
      ...more,
    },
  };
}

function pagesIn(reading: PagesReading): readonly IncomingPage[] {
  return reading.state === 'read' ? reading.pages : [];
}

function keysOf(reading: PagesReading): readonly string[] {
  return pagesIn(reading).map(({ deliveryKey }) => deliveryKey);
}

describe('Alertmanager', () => {
  test('each alert of a group is a page of its own, that reads again as it was read', () => {
    const pages = pagesIn(alertmanagerPages(group(alert(), alert({ status: 'resolved', labels: { alertname: 'CartErrors' } }))));

    expect(pages.map((page) => [page.alert.name, page.alert.state, page.alert.expression, page.alert.labels['team']])).toEqual([
      ['PaymentErrors', 'firing', 'errors > 5', 'payments'],
      ['CartErrors', 'resolved', 'errors > 5', 'payments'],
    ]);
    for (const { text, alert: read } of pages) expect(parseAlert(text)).toEqual({ state: 'parsed', alerts: [read] });
  });

  test('the same alert has the same key, from whichever Alertmanager it comes and whenever that would give up', () => {
    const first = keysOf(alertmanagerPages(group(alert())));
    const labels = { severity: 'critical', namespace: 'payments', alertname: 'PaymentErrors' };

    expect(keysOf(alertmanagerPages({ ...group(alert({ labels, endsAt: '2026-03-01T07:00:00Z' })), receiver: 'other' }))).toEqual(first);
    expect(first[0]).toMatch(/^alertmanager-[0-9a-f]{40}$/);
  });

  test.each([
    ['another beginning', { startsAt: '2026-03-01T02:45:00Z' }],
    ['another label', { labels: { alertname: 'PaymentErrors', namespace: 'shop' } }],
    ['another fingerprint', { fingerprint: 'f00' }],
    ['its end', { status: 'resolved' }],
  ])('%s is another page', (_what, more) => {
    expect(keysOf(alertmanagerPages(group(alert(more))))).not.toEqual(keysOf(alertmanagerPages(group(alert()))));
  });

  test('what ended twice is two pages', () => {
    const [one] = keysOf(alertmanagerPages(group(alert({ status: 'resolved' }))));
    const [other] = keysOf(alertmanagerPages(group(alert({ status: 'resolved', endsAt: '2026-03-01T03:01:00Z' }))));

    expect(one).not.toBe(other);
  });

  test('what all alerts have in common is not multiplied', () => {
    const common = { ...group(...Array.from({ length: 100 }, () => alert())), commonAnnotations: { description: 'x'.repeat(100_000) } };

    expect(pagesIn(alertmanagerPages(common)).every(({ text }) => text.length < 1000)).toBe(true);
  });

  test('an alert without labels is left out; where there are only such, the group is refused', () => {
    expect(pagesIn(alertmanagerPages(group(null, 7, { labels: 7 }, alert())))).toHaveLength(1);
    expect(alertmanagerPages(group({ name: 'x' }))).toMatchObject({ state: 'refused', happened: 'none of its 1 alerts has labels' });
    expect(alertmanagerPages({ status: 'firing' })).toMatchObject({ state: 'refused', happened: 'it has no list of alerts' });
    expect(alertmanagerPages(group()).state).toBe('nothing-to-do');
  });
});

describe('PagerDuty', () => {
  test('an event that pages is one page, with the incident that notes go back to', () => {
    expect(pagesIn(pagerDutyPages(event('incident.triggered')))).toMatchObject([
      { alert: { source: 'pagerduty', name: 'Payment errors', state: 'firing' }, pagerDutyIncident: 'PGR0VU2' },
    ]);
    expect(pagesIn(pagerDutyPages(event('incident.resolved')))[0]?.alert.state).toBe('resolved');
  });

  test('an event that is sent again has the same key; another event another one', () => {
    const [first, again, other, nameless] = [
      event('incident.triggered'),
      event('incident.triggered', { occurred_at: '2026-03-01T02:48:00Z' }),
      event('incident.triggered', { id: '01ABD' }),
      event('incident.triggered', { id: undefined }),
    ].map((each) => keysOf(pagerDutyPages(each))[0]);

    expect(first).toMatch(/^pagerduty-[0-9a-f]{40}$/);
    expect([again === first, other === first, nameless === first]).toEqual([true, false, false]);
  });

  test('an acknowledgement says who it was, and pages nobody', () => {
    expect(pagesIn(pagerDutyPages(event('incident.acknowledged')))[0]?.acknowledgedBy).toBe('Ada Lovelace');
    expect(pagesIn(pagerDutyPages(event('incident.acknowledged', { agent: null })))[0]?.acknowledgedBy).toBe('somebody in PagerDuty');
    expect(pagesIn(pagerDutyPages(event('incident.triggered')))[0]?.acknowledgedBy).toBe(undefined);
  });

  test.each(['pagey.ping', 'incident.annotated', 'incident.escalated', 'service.updated'])('%s is taken, and pages nobody', (type) => {
    expect(pagerDutyPages(event(type)).state).toBe('nothing-to-do');
  });

  test('an id that would lead a request elsewhere is none', () => {
    expect(pagesIn(pagerDutyPages(event('incident.triggered', { data: { id: '../users', title: 'x' } })))[0]?.pagerDutyIncident).toBe(
      undefined,
    );
  });

  test('what is no event is refused', () => {
    for (const json of [null, [], {}, { event: [] }, { event: { id: 'x' } }]) expect(pagerDutyPages(json).state).toBe('refused');
    expect(pagerDutyPages(event('incident.triggered', { data: {} })).state).toBe('refused');
  });
});

describe('by hand', () => {
  const given = (text: string, more: { readonly key?: string; readonly at?: number } = {}): PagesReading =>
    plainPages({ text, key: more.key, receivedAt: more.at ?? receivedAt });

  test('words, an object, and what Alertmanager sends', () => {
    expect(pagesIn(given('checkout is slow in namespace shop'))[0]?.alert.labels).toEqual({ namespace: 'shop' });
    expect(pagesIn(given('{"name":"Errors","labels":{"namespace":"shop"}}'))[0]?.alert.name).toBe('Errors');
    expect(keysOf(given(JSON.stringify(group(alert()))))).toEqual(keysOf(alertmanagerPages(group(alert()))));
    expect(given('')).toMatchObject({ state: 'refused', happened: 'it is empty' });
    expect(given('{"a":')).toMatchObject({ state: 'refused', happened: 'it is not valid JSON: it ends too early' });
  });

  test('what is tried again within minutes is the same, an hour later it is another page', () => {
    const [first] = keysOf(given('slow'));

    expect(keysOf(given('slow', { at: receivedAt + 1000 }))).toEqual([first]);
    expect(keysOf(given('slow', { at: receivedAt + 3_600_000 }))).not.toEqual([first]);
    expect(keysOf(given('slow', { key: 'a' }))).toEqual(keysOf(given('slow', { key: 'a', at: receivedAt + 3_600_000 })));
    expect(keysOf(given('slow', { key: 'b' }))).not.toEqual(keysOf(given('slow', { key: 'a' })));
  });
});

test('secrets are masked before anything is kept, and no URL is more than text', () => {
  const secret = 'hunter2hunter2';
  const annotations = { summary: `login failed: password=${secret}`, runbook: `https://app:${secret}@runbooks.example/x` };
  const kept = [
    ...pagesIn(alertmanagerPages(group(alert({ annotations, labels: { alertname: 'A', api_token: secret } })))),
    ...pagesIn(pagerDutyPages(event('incident.triggered', { data: { title: `password=${secret}`, body: { details: annotations } } }))),
    ...pagesIn(plainPages({ text: `errors, password=${secret}`, key: undefined, receivedAt })),
  ];

  expect(kept).toHaveLength(3);
  expect(JSON.stringify(kept)).not.toContain(secret);
});

test('no payload makes a reader throw, and every page reads again as it was read', () => {
  const field = fc.constantFrom(
    'alerts',
    'labels',
    'annotations',
    'status',
    'startsAt',
    'fingerprint',
    'event',
    'event_type',
    'id',
    'data',
    'title',
    '__proto__',
  );
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('firing', 'resolved', 'incident.triggered', 'incident.acknowledged'),
  );
  const part = fc.dictionary(field, fc.oneof(leaf, fc.dictionary(field, leaf), fc.array(fc.dictionary(field, leaf), { maxLength: 3 })));
  const payload = fc.dictionary(field, fc.oneof(part, fc.array(part, { maxLength: 3 }), leaf));

  fc.assert(
    fc.property(payload, (json) => {
      const text = JSON.stringify(json);
      const readings = [alertmanagerPages(json), pagerDutyPages(json), plainPages({ text, key: undefined, receivedAt })];
      for (const page of readings.flatMap(pagesIn)) {
        const parsed = parseAlert(page.text);
        expect(parsed.state === 'parsed' ? parsed.alerts[0] : parsed).toEqual(page.alert);
      }
    }),
    { numRuns: 150 },
  );
});
