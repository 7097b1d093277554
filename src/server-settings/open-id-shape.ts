import { z } from 'zod';
import { secretReference } from './secret-reference.ts';

const groups = z.array(z.string().min(1).max(500)).max(200).readonly().default([]);
const claim = z.string().min(1).max(200);

/** Who is asked who people are. */
export const openIdShape = z.strictObject({
  name: z.string().trim().min(1).max(60),
  issuer: z.string().refine(isIssuer, 'it should begin with https://, as the provider writes itself, without a query'),
  clientId: z.string().min(1).max(500),
  clientSecret: secretReference.optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'it should be the name of a scope'))
    .max(50)
    .refine((scopes) => scopes.includes('openid'), 'it has to contain openid')
    .readonly()
    .default(['openid', 'email']),
  userClaim: claim.default('email'),
  groupsClaim: claim.default('groups'),
  roles: z
    .strictObject({ view: groups, operate: groups, administer: groups })
    .refine((roles) => Object.values(roles).some((each) => each.length > 0), 'it names no group, so that nobody could sign in'),
});
export type WrittenOpenId = z.output<typeof openIdShape>;

/** Plain http never leaves this machine. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(text);
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLocal)) && `${search}${hash}${username}${password}` === '';
}
