import { z } from 'zod';
import { approvingRole } from '../../domain/role.ts';
import { acceptedOr, defineOperation } from '../serve/operation.ts';
import { accepted, incidentParameter, wholeNumber } from '../views/fields.ts';

export const answerPlan = defineOperation({
  name: 'answer-plan',
  summary: 'Approves or declines the plan that waits. Where the plan is another one by now, the answer is refused.',
  effect: 'changes-cluster',
  route: '/incidents/:incident/answer',
  role: approvingRole,
  isTool: false,
  input: z.strictObject({
    incident: incidentParameter,
    attempt: wholeNumber({ from: 1, to: 1000, description: 'Number of the attempt.' }),
    plan: z.string().min(1).max(100).meta({ description: 'The mark of the plan that you have read.' }),
    answer: z.enum(['yes', 'no']),
    because: z.string().trim().min(1).max(2000).optional().meta({ description: 'In your words, for the record.' }),
  }),
  output: accepted,
  run: async ({ incident, attempt, plan, answer, because }, { incidents, by, credential }) => {
    const given = { attempt, plan, answer, ...(because === undefined ? {} : { because }) };
    return acceptedOr(await incidents.answer(incident, given, { name: by, credential }), `incident ${incident}`);
  },
});
