import { expect, test } from 'vitest';
import { collect } from './collection.ts';

test('A collection without gaps is complete everywhere', () => {
  expect([collect([]).isComplete('shop'), collect([]).isComplete(undefined)]).toEqual([true, true]);
});

test('A gap in some namespaces leaves the others complete', () => {
  const collection = collect([], [{ what: 'pods in namespace billing', because: 'forbidden', detail: '', namespaces: ['billing'] }]);
  expect([collection.isComplete('shop'), collection.isComplete('billing'), collection.isComplete(undefined)]).toEqual([true, false, false]);
});

test('A gap whose place is not known leaves nothing complete', () => {
  expect(collect([], [{ what: 'some pods', because: 'malformed', detail: '' }]).isComplete('shop')).toBe(false);
});

test('A gap everywhere except in some namespaces leaves only those complete', () => {
  const collection = collect([], [{ what: 'pods outside shop', because: 'forbidden', detail: '', exceptNamespaces: ['shop'] }]);
  expect([collection.isComplete('shop'), collection.isComplete('billing'), collection.isComplete(undefined)]).toEqual([true, false, false]);
});
