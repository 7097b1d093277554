import { z } from 'zod';
import { searchFailureModes } from '../../writing/search-failure-modes.ts';
import { defineOperation } from '../serve/operation.ts';

export const listFailureModes = defineOperation({
  name: 'list-failure-modes',
  summary: 'Lists the failure modes that are recognised, or those that speak of all the given words.',
  effect: 'reads',
  route: '/failure-modes',
  role: 'view',
  isTool: true,
  input: z.strictObject({ search: z.string().max(200).optional().meta({ description: 'Words. Absent: all failure modes.' }) }),
  output: z.object({
    failureModes: z
      .array(z.object({ id: z.string(), title: z.string(), role: z.enum(['cause', 'symptom']), proven: z.boolean() }))
      .readonly(),
  }),
  run: ({ search = '' }, { incidents }) => {
    const found = searchFailureModes(search, incidents.catalogue);
    const failureModes = found.map(({ id, title, role, isProven }) => ({ id, title, role, proven: isProven === true }));
    return Promise.resolve({ state: 'done', value: { failureModes } });
  },
});
