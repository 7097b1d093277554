import { z } from 'zod';
import { parseInstant } from '../../domain/instant.ts';
import { roles } from '../../domain/role.ts';
import { isUserName } from '../../domain/user-name.ts';
import { defineOperation } from '../serve/operation.ts';
import { text } from '../views/fields.ts';
import { tokenShape, tokenView } from '../views/token-view.ts';

export const createToken = defineOperation({
  name: 'create-token',
  summary: 'Makes an access token. Its secret is told once, in this answer.',
  effect: 'changes-incident',
  route: '/tokens',
  role: 'administer',
  isTool: false,
  isRecordedBefore: true,
  input: z.strictObject({
    name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .refine(isUserName, 'it is the name of nobody, or holds what cannot be seen')
      .meta({ description: 'What people call it: "ada\'s laptop".' }),
    role: z.enum(roles),
    expiresAt: z.iso.datetime({ offset: true }).optional().meta({ description: 'RFC 3339. Absent: it does not run out.' }),
  }),
  output: z.object({ token: tokenShape, secret: text('To be kept by its owner; it cannot be read again.') }),
  run: async ({ name, role, expiresAt }, { incidents, by, credential }) => {
    const ends = parseInstant(expiresAt);
    const created = await incidents.createToken(
      { name, role, ...(ends === undefined ? {} : { expiresAt: ends }) },
      { name: by, credential },
    );
    if (created.state !== 'created') return created;
    return { state: 'done', value: { token: tokenView(created.token), secret: created.secret } };
  },
});
