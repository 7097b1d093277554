import { z } from 'zod';
import { acceptedOr, defineOperation } from '../serve/operation.ts';
import { accepted } from '../views/fields.ts';

export const revokeToken = defineOperation({
  name: 'revoke-token',
  summary: 'Revokes an access token, and ends the sessions that were begun with it.',
  effect: 'changes-incident',
  route: '/tokens/:token/revoke',
  role: 'administer',
  isTool: false,
  input: z.strictObject({ token: z.string().min(1).max(100).meta({ description: 'Its id, as list-tokens tells.' }) }),
  output: accepted,
  run: async ({ token }, { incidents }) => acceptedOr(await incidents.revokeToken(token), `token ${token}`),
});
