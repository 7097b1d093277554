import { expect, test } from 'vitest';
import { factsOf } from '../reasoning/facts-of.ts';
import { minutesAgo, snapshotOf } from './example.ts';
import { exampleService } from './example-network.ts';
import { serviceGrowth } from './service-growth.ts';

/** What is said about groups of Services: how many, and how many minutes old. */
function grown(...groups: readonly (readonly [count: number, minutes: number])[]): readonly string[] {
  const services = groups.flatMap(([count, minutes], group) =>
    Array.from({ length: count }, (_, index) =>
      exampleService({ name: `team-${group}-${index}`, metadata: { creationTimestamp: minutesAgo(minutes) } }),
    ),
  );
  const facts = factsOf(snapshotOf({ services }));
  const given = { now: facts.now, services: facts.get('services'), daemonsets: undefined, controllerrevisions: undefined };
  return serviceGrowth(given, undefined).map((claim) => claim.says.split(':').slice(0, -1).join(':'));
}

const day = 60 * 24;

test('Services of the last two weeks are growth where there are older ones', () => {
  expect(grown([400, 200 * day], [40, 2 * day])).toEqual(['40 of the 440 Services are new since 2026-02-27']);
});

test('in a cluster that is younger than that, growth is the batch that came last', () => {
  expect(grown([5, 90], [400, 9], [40, 2])).toEqual(['40 of the 445 Services are new since 09:58:00']);
});

test('a cluster that was filled in one go has not grown', () => {
  expect(grown([5, 90], [400, 9])).toEqual([]);
});
