import { z } from 'zod';
import { defineOperation } from '../serve/operation.ts';
import { tokenShape, tokenView } from '../views/token-view.ts';

export const listTokens = defineOperation({
  name: 'list-tokens',
  summary: 'Lists the access tokens, revoked and expired ones too; never their secrets.',
  effect: 'reads',
  route: '/tokens',
  role: 'administer',
  isTool: false,
  input: z.strictObject({}),
  output: z.object({ tokens: z.array(tokenShape).readonly() }),
  run: async (_input, { incidents }) => {
    const listed = await incidents.listTokens();
    return 'attempted' in listed ? listed : { state: 'done', value: { tokens: listed.map(tokenView) } };
  },
});
