import { expect, test } from 'vitest';
import { spokenSelector } from './label-selector.ts';

test('a selector is written in the form that the API server reads', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'NotIn', values: ['a', 'b'] },
    { key: 'track', operator: 'Exists', values: [] },
    { key: 'old', operator: 'DoesNotExist', values: [] },
  ];

  expect(spokenSelector({ matchLabels: { app: 'cart' }, matchExpressions })).toBe('app=cart,tier notin (a, b),track,!old');
});
