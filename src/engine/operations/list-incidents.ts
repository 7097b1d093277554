import { z } from 'zod';
import { defineOperation } from '../serve/operation.ts';
import { wholeNumber } from '../views/fields.ts';
import { listItemShape } from '../views/incident-shape.ts';
import { listItem } from '../views/incident-view.ts';

export const listIncidents = defineOperation({
  name: 'list-incidents',
  summary: 'Lists incidents, the latest opened first, each with its state and one sentence that answers the page.',
  effect: 'reads',
  route: '/incidents',
  role: 'view',
  isTool: true,
  input: z.strictObject({
    which: z.enum(['open', 'all']).default('open').meta({ description: 'open: only those that are not closed.' }),
    limit: wholeNumber({ from: 1, to: 500, description: 'So many at the most.' }).default(50),
  }),
  output: z.object({ incidents: z.array(listItemShape).readonly() }),
  run: async ({ which, limit }, { incidents }) => {
    const listed = await incidents.list({ which, limit });
    return 'attempted' in listed ? listed : { state: 'done', value: { incidents: listed.map(listItem) } };
  },
});
