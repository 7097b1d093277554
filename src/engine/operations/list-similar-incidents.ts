import { z } from 'zod';
import { formatInstant } from '../../domain/instant.ts';
import { oneLine } from '../../writing/terminal-safe.ts';
import { defineOperation } from '../serve/operation.ts';
import { incidentParameter, moment, text, wholeNumber } from '../views/fields.ts';

export const listSimilarIncidents = defineOperation({
  name: 'list-similar-incidents',
  summary: 'Lists incidents of the past that looked alike: the same cause, or the same workload.',
  effect: 'reads',
  route: '/incidents/:incident/similar',
  role: 'view',
  isTool: true,
  input: z.strictObject({
    incident: incidentParameter,
    limit: wholeNumber({ from: 1, to: 50, description: 'So many at the most.' }).default(5),
  }),
  output: z.object({
    incidents: z
      .array(
        z.object({
          id: z.string(),
          openedAt: moment('When it was opened.'),
          because: text('What they have in common.'),
          summary: z.string(),
        }),
      )
      .readonly()
      .meta({ description: 'Most alike first.' }),
  }),
  run: async ({ incident, limit }, { incidents }) => {
    const found = await incidents.similar(incident, limit);
    if ('attempted' in found) return found;
    if ('state' in found) return { state: 'missing', what: `incident ${incident}` };
    const alike = found.map(({ id, openedAt, because, summary }) => ({
      id,
      openedAt: formatInstant(openedAt),
      because: oneLine(because),
      summary: oneLine(summary),
    }));
    return { state: 'done', value: { incidents: alike } };
  },
});
