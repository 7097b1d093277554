import { z } from 'zod';
import { formatInstant } from '../../domain/instant.ts';
import { oneLine } from '../../writing/terminal-safe.ts';
import { defineOperation } from '../serve/operation.ts';
import { moment, text, wholeNumber } from '../views/fields.ts';

const mostNumbers = 999_999_999;

export const readAudit = defineOperation({
  name: 'read-audit',
  summary: 'Reads who did what, the latest first. Nothing of it can be changed or deleted through the product.',
  effect: 'reads',
  route: '/audit',
  role: 'administer',
  isTool: false,
  input: z.strictObject({
    limit: wholeNumber({ from: 1, to: 1000, description: 'So many at the most.' }).default(100),
    before: wholeNumber({
      from: 1,
      to: mostNumbers,
      description: 'Number of an entry that was read already. Absent: from the latest.',
    }).optional(),
  }),
  output: z.object({
    entries: z
      .array(
        z.object({
          number: z.number(),
          at: moment('When.'),
          by: text('A user, "stanch" by itself, or "nobody" where nobody was signed in.'),
          credential: z.exactOptional(
            text(
              'What they acted with: "token" and its id, as list-tokens tells it, or "session" and a mark of it. Absent: nothing, or not kept.',
            ),
          ),
          what: text('Name of the operation, or "sign-in", "webhook".'),
          incident: z.exactOptional(z.string()),
          result: z.enum(['done', 'refused', 'failed']),
          detail: z.string(),
        }),
      )
      .readonly(),
  }),
  run: async ({ limit, before }, { incidents }) => {
    const read = await incidents.readAudit({ limit, ...(before === undefined ? {} : { before }) });
    if ('attempted' in read) return read;
    const entries = read.map(({ number, at, by, credential, what, incident, result, detail }) => ({
      number,
      at: formatInstant(at),
      by: oneLine(by),
      ...(credential === undefined ? {} : { credential: oneLine(credential) }),
      what: oneLine(what),
      ...(incident === undefined ? {} : { incident }),
      result,
      detail: oneLine(detail),
    }));
    return { state: 'done', value: { entries } };
  },
});
