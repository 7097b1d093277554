import { expect, test } from 'vitest';
import type { TimelineEntry } from '../../../src/surfaces/http/contract.ts';
import { emptyLog, entryKey, type TimelineLog, withEntries } from './timeline-log.ts';

function entry(position: number, changed: Partial<TimelineEntry> = {}): TimelineEntry {
  return { position, at: '2026-11-21T12:48:33Z', by: 'stanch', kind: 'thought', title: `entry ${position}`, tone: 'neutral', ...changed };
}

function keys(log: TimelineLog): readonly string[] {
  return log.blocks.flatMap((block) => block.entries.map(entryKey));
}

test('entries stand in the order of their positions and parts, whatever order they were heard in', () => {
  const log = withEntries(withEntries(emptyLog(3), [entry(5), entry(3)]), [entry(4, { part: 1 }), entry(4, { part: 0 })]);

  expect(keys(log)).toEqual(['3', '4.0', '4.1', '5']);
  expect([log.from, log.until]).toEqual([3, 6]);
});

test('an event that has parts is told after them, and is none of them', () => {
  const log = withEntries(emptyLog(0), [entry(0), entry(0, { part: 0 }), entry(0, { part: 1 })]);

  expect(keys(log)).toEqual(['0.0', '0.1', '0']);
});

test('what is heard again after a cut connection is there once, in its later form', () => {
  const log = withEntries(withEntries(emptyLog(0), [entry(0), entry(1)]), [entry(1, { title: 'said again' }), entry(2)]);

  expect(keys(log)).toEqual(['0', '1', '2']);
  expect(log.blocks[0]?.entries[1]?.title).toBe('said again');
});

test('a block that gains nothing stays the same object, so that it is not drawn again', () => {
  const before = withEntries(emptyLog(0), [entry(0), entry(49), entry(50)]);
  const after = withEntries(before, [entry(51)]);

  expect(after.blocks[0]).toBe(before.blocks[0]);
  expect(after.blocks[1]).not.toBe(before.blocks[1]);
});

test('a page of earlier entries moves the beginning to where the page reaches, even if it was empty there', () => {
  const log = withEntries(withEntries(emptyLog(200), [entry(200)]), [entry(140)], { from: 100, until: 200 });

  expect([log.from, log.until, keys(log)]).toEqual([100, 201, ['140', '200']]);
});
