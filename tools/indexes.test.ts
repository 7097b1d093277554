import { expect, test } from 'vitest';
import { camelCase, expectedIndexes, readIndex } from './indexes.ts';

test('the generated indexes name every file (if not: npm run generate)', () => {
  const stale = expectedIndexes().filter(({ path, text }) => readIndex(path) !== text);

  expect(stale.map(({ path }) => path)).toEqual([]);
});

test('a file name becomes the name of its export', () => {
  expect(camelCase('kube-proxy-rules-incomplete')).toBe('kubeProxyRulesIncomplete');
  expect(camelCase('cordon-node')).toBe('cordonNode');
  expect(camelCase('dns-over-5-dots')).toBe('dnsOver5Dots');
});
