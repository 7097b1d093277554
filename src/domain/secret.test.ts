import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

test('a secret shows itself only when it is asked for', () => {
  const secret = new Secret('hunter2hunter2');
  const shown = [String(secret), JSON.stringify({ secret }), inspect(secret, { showHidden: true, depth: 9 })];

  expect(secret.reveal()).toBe('hunter2hunter2');
  expect(shown.filter((text) => text.includes('hunter2'))).toEqual([]);
});
