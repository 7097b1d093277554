import { z } from 'zod';
import { timelineOf } from '../../writing/timeline-entries.ts';
import { defineOperation } from '../serve/operation.ts';
import { incidentParameter, wholeNumber } from '../views/fields.ts';
import { entryShape } from '../views/incident-shape.ts';

/** A page of them is read at a glance; a thousand fill a screen thirty times. */
const usualEvents = 200;
const mostEvents = 1000;
const mostPositions = 1_000_000;

export const readTimeline = defineOperation({
  name: 'read-timeline',
  summary:
    'Reads what happened in an incident, in order: every thought with the command that shows the same, every change, every approval.',
  effect: 'reads',
  route: '/incidents/:incident/timeline',
  role: 'view',
  isTool: true,
  input: z.strictObject({
    incident: incidentParameter,
    from: wholeNumber({ from: 0, to: mostPositions, description: 'Position of the first event.' }).default(0),
    limit: wholeNumber({ from: 1, to: mostEvents, description: 'So many events at the most; each is told whole.' }).default(usualEvents),
  }),
  output: z.object({
    entries: z.array(entryShape).readonly(),
    length: z.number().meta({ description: 'Number of events that there are. The next ones begin at from + limit.' }),
  }),
  run: async ({ incident, from, limit }, { incidents }) => {
    const events = await incidents.eventsFrom(incident, 0);
    if ('attempted' in events) return events;
    if ('state' in events) return { state: 'missing', what: `incident ${incident}` };
    return { state: 'done', value: { entries: timelineOf(events, { from, events: limit }), length: events.length } };
  },
});
