import { z } from 'zod';
import { acceptedOr, defineOperation } from '../serve/operation.ts';
import { accepted, incidentParameter } from '../views/fields.ts';

export const restore = defineOperation({
  name: 'restore',
  summary: 'Looks at the repair gate again and puts back what it allows to be put back.',
  effect: 'changes-cluster',
  route: '/incidents/:incident/restore',
  role: 'operate',
  isTool: false,
  input: z.strictObject({ incident: incidentParameter }),
  output: accepted,
  run: async ({ incident }, { incidents, by }) => acceptedOr(await incidents.restore(incident, by), `incident ${incident}`),
});
