import { expect, test } from 'vitest';
import { hashOfSecret, newSecret } from './access-secret.ts';

test('a secret is recognised by its beginning, carries 256 bits, and is never made twice', () => {
  const secrets = Array.from({ length: 100 }, newSecret);

  for (const secret of secrets) expect(secret).toMatch(/^stanch_[\w-]{43}$/);
  expect(new Set(secrets).size).toBe(100);
});

test('what is kept of it is SHA-256', () => {
  // The test vector of FIPS 180-2 for "abc".
  expect(hashOfSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
