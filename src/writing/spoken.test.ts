import { expect, test } from 'vitest';
import { spokenDue } from './spoken.ts';

test.each([
  ['on the clocks of whoever is to do it', '2026-09-16T07:00:00Z', 'Europe/Berlin', '2026-09-16 09:00 Europe/Berlin'],
  ['on the day it is there', '2026-09-15T22:30:00Z', 'Asia/Tokyo', '2026-09-16 07:30 Asia/Tokyo'],
  ['in UTC where nobody says where that is', '2026-09-16T09:00:00Z', undefined, '2026-09-16 09:00 UTC'],
  ['in UTC where nobody knows such a place', '2026-09-16T09:00:00Z', 'Atlantis/Port', '2026-09-16 09:00 UTC'],
  ['as it was written where that is no time', 'tomorrow', 'Europe/Berlin', 'tomorrow'],
])('what is due is told %s', (_what, due, timeZone, told) => {
  expect(spokenDue(due, timeZone)).toBe(told);
});
