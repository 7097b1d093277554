import { z } from 'zod';
import { defineOperation } from '../serve/operation.ts';
import { texts } from '../views/fields.ts';

export const explainFailureMode = defineOperation({
  name: 'explain-failure-mode',
  summary:
    'Explains a failure mode: what it is, how it looks, why it happens, what stops the bleeding, what fixes it and how to prevent it.',
  effect: 'reads',
  route: '/failure-modes/:mode',
  role: 'view',
  isTool: true,
  input: z.strictObject({ mode: z.string().max(100).meta({ description: 'Its id, for example kube-proxy-rules-incomplete.' }) }),
  output: z.object({
    id: z.string(),
    title: z.string(),
    role: z.enum(['cause', 'symptom']),
    proven: z.boolean().meta({ description: 'True: it has named the cause of a fault that was made in a real cluster.' }),
    whatItIs: z.string(),
    howItLooks: z.string(),
    whyItHappens: z.string(),
    whatStopsTheBleeding: z.string(),
    whatFixesIt: z.string(),
    howToPreventIt: z.string(),
    mitigations: texts('Ids of mitigations that fit, best first.'),
    notToBeConfusedWith: texts('What looks like it and is not.'),
    sources: texts('Addresses of the documentation behind it.'),
  }),
  run: ({ mode }, { incidents }) => {
    const found = incidents.catalogue.find(({ id }) => id === mode.toLowerCase());
    if (found === undefined) return Promise.resolve({ state: 'missing', what: `failure mode ${mode}` });
    const { id, title, role, isProven, explanation, mitigations, isNotFooledBy, sources } = found;
    const value = {
      id,
      title,
      role,
      proven: isProven === true,
      ...explanation,
      mitigations,
      notToBeConfusedWith: isNotFooledBy.map(({ story }) => story),
      sources,
    };
    return Promise.resolve({ state: 'done', value });
  },
});
