import { z } from 'zod';
import { acceptedOr, defineOperation } from '../serve/operation.ts';
import { accepted, incidentParameter } from '../views/fields.ts';

export const abort = defineOperation({
  name: 'abort',
  summary: 'Stops whoever works the incident after the change that is under way. What was done stays until it is undone.',
  effect: 'changes-incident',
  route: '/incidents/:incident/abort',
  role: 'operate',
  // It leaves an outage to people, who have to know: one of them says so.
  isTool: false,
  input: z.strictObject({ incident: incidentParameter }),
  output: accepted,
  run: async ({ incident }, { incidents, by }) => acceptedOr(await incidents.abort(incident, by), `incident ${incident}`),
});
