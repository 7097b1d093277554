import { z } from 'zod';
import { acceptedOr, defineOperation } from '../serve/operation.ts';
import { accepted, incidentParameter, wholeNumber } from '../views/fields.ts';

export const undo = defineOperation({
  name: 'undo',
  summary: 'Puts back what one attempt changed, or everything that is in force.',
  effect: 'changes-cluster',
  route: '/incidents/:incident/undo',
  role: 'operate',
  isTool: false,
  input: z.strictObject({
    incident: incidentParameter,
    attempt: wholeNumber({ from: 1, to: 1000, description: 'Number of the attempt. Absent: all that is in force.' }).optional(),
  }),
  output: accepted,
  run: async ({ incident, attempt }, { incidents, by }) => acceptedOr(await incidents.undo(incident, attempt, by), `incident ${incident}`),
});
