import { expect, test } from 'vitest';
import { isUserName } from './user-name.ts';

test.each(["ada's laptop", 'ada@example.com', 'Zoë', 'stanch-bot', '山田'])('%s is somebody', (name) => {
  expect(isUserName(name)).toBe(true);
});

test.each([
  ['what the server calls itself', 'stanch'],
  ['the same in other letters', ' Stanch '],
  ['nobody', 'nobody'],
  ['nothing', ' '],
  ['a second line', 'ada\napproved by bob'],
  ['what cannot be seen', 'ada\u200b'],
  ['what reads the other way round', '\u202eada'],
  ['a novel', 'a'.repeat(201)],
])('%s is no name of a person', (_what, name) => {
  expect(isUserName(name)).toBe(false);
});
