import type { OpenIdSettings } from '../../domain/server-settings.ts';
import { isUserName } from '../../domain/user-name.ts';
import type { OpenIdPerson, OpenIdRefusal } from '../../ports/open-id-provider.ts';

type Claims = { readonly [claim: string]: unknown };

const mostGroups = 2_000;

/** Who it is, by the claims of an ID token that was checked. */
export function personIn(
  claims: Claims,
  settings: OpenIdSettings,
): { readonly state: 'known'; readonly person: OpenIdPerson } | OpenIdRefusal {
  const { userClaim, groupsClaim } = settings;
  const refused = (problem: OpenIdRefusal['problem'], because: string): OpenIdRefusal => ({ state: 'refused', problem, because });
  const { sub: subject } = claims;
  if (typeof subject !== 'string') return refused('not-trusted', 'the ID token has no subject');
  const name = claims[userClaim];
  if (typeof name !== 'string' || !isUserName(name))
    return refused(
      'misconfigured',
      `the ID token has no ${userClaim} that could be a name; ask for its scope, or name another claim in openId.userClaim`,
    );
  if (userClaim === 'email' && claims['email_verified'] === undefined)
    return refused(
      'misconfigured',
      "the ID token does not say email_verified, so that the address may be anybody's; let the provider say it, or name a claim in openId.userClaim that people cannot choose themselves, such as preferred_username of Microsoft Entra ID",
    );
  if (userClaim === 'email' && !isTrue(claims['email_verified']))
    return refused('not-trusted', `the provider has not verified that ${name} belongs to who signed in`);
  const groups = claims[groupsClaim];
  return { state: 'known', person: { name, subject, groups: groupsOf(groups) } };
}

/** Whoever may write any address into their own account must not become somebody else here. JumpCloud, for one, sends it as a text. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** A list of texts, or a single one, as some providers write it. */
function groupsOf(value: unknown): readonly string[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  return listed.slice(0, mostGroups).filter((each) => typeof each === 'string');
}
