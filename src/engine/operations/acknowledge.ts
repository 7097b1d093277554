import { z } from 'zod';
import { acceptedOr, defineOperation } from '../serve/operation.ts';
import { accepted, incidentParameter } from '../views/fields.ts';

export const acknowledge = defineOperation({
  name: 'acknowledge',
  summary: 'Says that you have seen the incident; the pager is told.',
  effect: 'changes-incident',
  route: '/incidents/:incident/acknowledge',
  role: 'operate',
  // Only a human can have seen it.
  isTool: false,
  input: z.strictObject({ incident: incidentParameter }),
  output: accepted,
  run: async ({ incident }, { incidents, by }) => acceptedOr(await incidents.acknowledge(incident, by), `incident ${incident}`),
});
