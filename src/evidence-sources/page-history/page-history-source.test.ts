import { expect, test } from 'vitest';
import type { AcceptedPage } from '../../domain/accepted-page.ts';
import type { AlertFiring } from '../../domain/evidence.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { type EvidenceSource, readAll, unreadable } from '../../ports/evidence-source.ts';
import { pageHistorySource } from './page-history-source.ts';

const now = Date.UTC(2026, 10, 21, 2, 47);
const signal = new AbortController().signal;

function page(minutesAgo: number, state: 'firing' | 'resolved', startedMinutesAgo: number): AcceptedPage {
  const labels = { alertname: 'CartErrors', namespace: 'shop' };
  const startedAt = now - startedMinutesAgo * millisecondsPerMinute;
  const receivedAt = now - minutesAgo * millisecondsPerMinute;
  const alert = {
    source: 'alertmanager',
    name: 'CartErrors',
    summary: '',
    labels,
    startedAt,
    state,
    severity: undefined,
    expression: undefined,
  } as const;
  return { id: `${minutesAgo}`, deliveryKey: '', fingerprint: 'f', receivedAt, alert, text: '' };
}

const pages = [page(2, 'firing', 2), page(30, 'resolved', 40), page(40, 'firing', 40)];
const told: readonly AlertFiring[] = [
  {
    alert: 'CartErrors',
    labels: { namespace: 'shop' },
    startedAt: now - 40 * millisecondsPerMinute,
    endedAt: now - 30 * millisecondsPerMinute,
  },
  { alert: 'CartErrors', labels: { namespace: 'shop' }, startedAt: now - 2 * millisecondsPerMinute, endedAt: undefined },
];

function prometheus(answer: ReturnType<typeof readAll<'alert-history'>> | ReturnType<typeof unreadable>): EvidenceSource {
  const read = (() => Promise.resolve(answer)) as unknown as EvidenceSource['read'];
  return { ...sourceWith([]), name: 'prometheus', read };
}

function sourceWith(others: readonly EvidenceSource[], kept: readonly AcceptedPage[] = pages): EvidenceSource {
  const history = () => Promise.resolve({ state: 'read', pages: kept.map((each) => ({ page: each })) } as const);
  return pageHistorySource({ fingerprint: 'f', pages: { history }, others, clock: { now: () => now } });
}

const request = { kind: 'alert-history', namespaces: [], from: now, until: now, why: 'did it fire before' } as const;

test('firings are those that the pages told', async () => {
  expect(await sourceWith([]).read(request, signal)).toEqual(readAll<'alert-history'>(now, told));
  const unreachable = prometheus(unreadable('unreachable', 'no answer'));
  expect(await sourceWith([unreachable]).read(request, signal)).toEqual(readAll<'alert-history'>(now, told));
});

test('a Prometheus that knows the alert knows it better; one that does not is told', async () => {
  const better: readonly AlertFiring[] = [
    { alert: 'CartErrors', labels: { namespace: 'shop' }, startedAt: now - 5000, endedAt: undefined },
  ];
  const other: readonly AlertFiring[] = [{ alert: 'Watchdog', labels: {}, startedAt: 0, endedAt: undefined }];
  expect(await sourceWith([prometheus(readAll<'alert-history'>(now, better))]).read(request, signal)).toMatchObject({ value: better });
  expect(await sourceWith([prometheus(readAll<'alert-history'>(now, other))]).read(request, signal)).toMatchObject({
    value: [...other, ...told],
  });
});
