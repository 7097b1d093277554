import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incidentId, isIncidentId } from './incident-id.ts';
import { shellWord } from './shell-word.ts';

const at = Date.UTC(2026, 10, 21, 2, 47, 59);
const randomness = [17, 1, 7 + 32, 255];

test.each([
  ['PaymentServiceErrorRate', '2026-11-21-0247-payment-service-error-rate-j39z'],
  ['[FIRING:2] KubePodCrashLooping (payments/api)', '2026-11-21-0247-firing-2-kube-pod-crash-looping-payments-j39z'],
  ['HTTPErrors5xx', '2026-11-21-0247-http-errors5xx-j39z'],
  ['Zahlungen überfällig: é', '2026-11-21-0247-zahlungen-uberfallig-e-j39z'],
  ['支払いエラー', '2026-11-21-0247-incident-j39z'],
  ['../../etc/passwd; rm -rf ~', '2026-11-21-0247-etc-passwd-rm-rf-j39z'],
  [`${'x'.repeat(60)} y`, `2026-11-21-0247-${'x'.repeat(40)}-j39z`],
  ['one two three four five six seven eight nine ten', '2026-11-21-0247-one-two-three-four-five-six-seven-eight-j39z'],
  [undefined, '2026-11-21-0247-incident-j39z'],
])('a page called %j gives %s', (alert, id) => {
  expect(incidentId(at, alert, randomness)).toBe(id);
});

const instants = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
const bytes = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });

test('whatever the page is called, the name is safe as a file name and as a word of a shell', () => {
  fc.assert(
    fc.property(instants, fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: undefined }), bytes, (openedAt, alert, drawn) => {
      const id = incidentId(openedAt, alert, drawn);
      expect(isIncidentId(id)).toBe(true);
      expect(shellWord(id)).toBe(id);
      expect(id.length).toBeLessThanOrEqual(62);
    }),
  );
});

test('names sort by the minute of opening', () => {
  fc.assert(
    fc.property(instants, instants, fc.string(), fc.string(), (one, other, oneName, otherName) => {
      fc.pre(Math.floor(one / 60_000) < Math.floor(other / 60_000));
      expect(incidentId(one, oneName, randomness) < incidentId(other, otherName, randomness)).toBe(true);
    }),
  );
});

test('the ending uses no letters that are mistaken for one another, and all others alike', () => {
  const endings = Array.from({ length: 256 }, (_, byte) => incidentId(at, undefined, [byte, 0, 0, 0]).at(-4) ?? '');
  const counts = Map.groupBy(endings, (letter) => letter);
  expect([...counts.keys()].toSorted().join('')).toBe('23456789abcdefghijkmnpqrstuvwxyz');
  expect(new Set([...counts.values()].map(({ length }) => length))).toEqual(new Set([8]));
});

test.each([
  '',
  '..',
  '2026-11-21-0247',
  '2026-11-21-0247-a/../b',
  '2026-11-21-0247-A',
  `2026-11-21-0247-${'a'.repeat(99)}`,
  ' 2026-11-21-0247-a\n',
])('%j is no name of an incident', (text) => {
  expect(isIncidentId(text)).toBe(false);
});

test('an instant that no calendar holds still gives a name', () => {
  expect([-1, Number.NaN, 1e300].map((each) => isIncidentId(incidentId(each, 'x', randomness)))).toEqual([true, true, true]);
});
