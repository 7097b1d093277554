import { expect, test } from 'vitest';
import { collect } from './collection.ts';
import { citeEvent, eventIndex, firstSeenAt, lastSeenAt, recentEvents, standingEvents, timesSeen } from './event-index.ts';
import { minutesAgo } from './example.ts';
import { exampleEvent } from './example-happenings.ts';
import { event } from './kubernetes/workload.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const cart = { kind: 'Pod', metadata: { namespace: 'shop', name: 'cart-1', uid: 'uid-cart-1' } };

function told(minutes: number, reason: string): ReturnType<typeof event.read> {
  return event.read(exampleEvent({ about: { kind: 'Pod', name: 'cart-1' }, reason, message: reason, minutesAgo: minutes }));
}

test('recent events about an object come last first, and old ones not at all', () => {
  const events = collect([told(15, 'Pulled'), told(2, 'Failed'), told(40, 'Created')]);
  expect(recentEvents(events, cart, now).map((each) => each.reason)).toEqual(['Failed', 'Pulled']);
  expect(recentEvents(undefined, cart, now)).toEqual([]);
});

test('a complaint that was told an hour ago stands only where the kubelet has used up its events since', () => {
  const complaint = told(60, 'Unhealthy');
  const backOffs = (count: number): ReturnType<typeof event.read> =>
    event.read({
      ...exampleEvent({ about: { kind: 'Pod', name: 'cart-1' }, reason: 'BackOff', message: 'back-off', minutesAgo: 1, count }),
    });
  const reasons = (count: number): readonly (string | undefined)[] =>
    standingEvents(collect([complaint, backOffs(count)]), cart, now).map((each) => each.reason);
  expect([reasons(3), reasons(90)]).toEqual([['BackOff'], ['BackOff', 'Unhealthy']]);
});

test('events of an earlier object with the same name are about somebody else', () => {
  const events = collect([told(2, 'Failed')]);
  expect(recentEvents(events, { ...cart, metadata: { ...cart.metadata, uid: 'uid-of-its-successor' } }, now)).toEqual([]);
  expect(recentEvents(events, { ...cart, metadata: { ...cart.metadata, uid: undefined } }, now)).toHaveLength(1);
});

test('both forms of events tell when and how often', () => {
  const series = event.read({ metadata: { name: 'a' }, eventTime: minutesAgo(30), series: { count: 12, lastObservedTime: minutesAgo(1) } });
  const counted = event.read({
    metadata: { name: 'b' },
    firstTimestamp: minutesAgo(30),
    lastTimestamp: minutesAgo(1),
    count: 12,
    reason: 'BackOff',
    message: 'again',
  });
  expect([series, counted].map((each) => [firstSeenAt(each), lastSeenAt(each), timesSeen(each)])).toEqual([
    [Date.parse(minutesAgo(30)), Date.parse(minutesAgo(1)), 12],
    [Date.parse(minutesAgo(30)), Date.parse(minutesAgo(1)), 12],
  ]);
  expect(citeEvent(counted).shows).toBe('BackOff (12 times): again');
});

test('events are found by their reason', () => {
  expect(eventIndex(collect([told(1, 'Preempted'), told(1, 'Failed')])).withReason('Preempted')).toHaveLength(1);
});
