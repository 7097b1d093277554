import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, isSimilarName, mostSimilar } from './similar-name.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);

describe('similar names', () => {
  it.each([
    ['postgres', 'postgress'],
    ['checkout', 'chekcout'],
    ['cart', 'cart-service'],
    ['check-out', 'checkout'],
    ['nginx', 'ngnix'],
  ])('"%s" may be meant for "%s"', (left, right) => {
    expect([isSimilarName(left, right), isSimilarName(right, left)]).toEqual([true, true]);
  });

  it.each([
    ['cart', 'card-index'],
    ['api', 'web'],
    ['db', 'dns'],
    ['redis', 'kafka'],
  ])('"%s" is another word than "%s"', (left, right) => {
    expect([isSimilarName(left, right), isSimilarName(right, left)]).toEqual([false, false]);
  });

  it('the closest one is chosen, whatever the order', () => {
    expect([
      mostSimilar('postgress', ['postgres-exporter', 'postgres']),
      mostSimilar('postgress', ['postgres', 'postgres-exporter']),
    ]).toEqual(['postgres', 'postgres']);
    expect(mostSimilar('web', ['api'])).toBeUndefined();
  });
});

describe('the distance of two names', () => {
  it('is nothing for the same name, and the same in both directions', () => {
    fc.assert(
      fc.property(name, name, (left, right) => editDistance(left, left) === 0 && editDistance(left, right) === editDistance(right, left)),
    );
  });

  it('is at most the length of the longer one', () => {
    fc.assert(fc.property(name, name, (left, right) => editDistance(left, right) <= Math.max(left.length, right.length)));
  });

  it('is one for one character more and for two that were swapped', () => {
    expect([editDistance('cart', 'carts'), editDistance('cart', 'crat')]).toEqual([1, 1]);
  });
});
