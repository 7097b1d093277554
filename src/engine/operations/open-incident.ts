import { z } from 'zod';
import { defineOperation } from '../serve/operation.ts';
import { openedShape, pageText } from '../views/opening.ts';

export const openIncident = defineOperation({
  name: 'open-incident',
  summary: 'Hands in a page by hand. It is stored and worked like one of a webhook.',
  effect: 'changes-incident',
  route: '/incidents',
  role: 'operate',
  // "investigate" does the same and waits for the answer.
  isTool: false,
  input: z.strictObject({ page: pageText }),
  output: openedShape,
  run: async ({ page }, { incidents }) => {
    const opened = await incidents.open(page);
    if (opened.state !== 'opened') return opened;
    return {
      state: 'done',
      value: { page: opened.page, ...(opened.incident === undefined ? {} : { incident: opened.incident }) },
    };
  },
});
