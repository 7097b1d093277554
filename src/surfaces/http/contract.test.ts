import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { entryShape, incidentShape, listItemShape } from '../../engine/views/incident-shape.ts';
import type { TimelineEntry as ToldEntry } from '../../writing/timeline-entries.ts';
import type { IncidentListItem, IncidentView, TimelineEntry } from './contract.ts';

/** Whether two shapes say the same once "readonly" is left out: what goes over the wire cannot be read-only. */
type Plain<Value> = Value extends readonly (infer Item)[]
  ? Plain<Item>[]
  : Value extends object
    ? { -readonly [Key in keyof Value]: Plain<Value[Key]> }
    : Value;
type Same<One, Other> = (<Any>() => Any extends Plain<One> ? 1 : 2) extends <Any>() => Any extends Plain<Other> ? 1 : 2 ? true : false;

// The compiler checks these: the test only keeps them from being taken for unused.
const incidents: Same<z.output<typeof incidentShape>, IncidentView> = true;
const listItems: Same<z.output<typeof listItemShape>, IncidentListItem> = true;
const entries: Same<z.output<typeof entryShape>, TimelineEntry> = true;
const told: Same<ToldEntry, TimelineEntry> = true;

test('what the page is told is what the operations say', () => {
  expect([incidents, listItems, entries, told]).toEqual([true, true, true, true]);
});
