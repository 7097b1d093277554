import { type Credential, spokenCredential } from '../../domain/credential.ts';
import type { Attempt } from '../../domain/incident.ts';
import type { Instant } from '../../domain/instant.ts';
import { approvingRole, mayActAs, type Role } from '../../domain/role.ts';
import type { AccessStore } from '../../ports/access-store.ts';
import type { Failed } from '../act/acting.ts';
import type { Serving } from './serving.ts';

/** Why whoever said yes could not say so at this moment, in one sentence. Undefined: they could. */
export async function whyNoLonger(
  { store, clock }: Pick<Serving, 'store' | 'clock'>,
  { answered }: Pick<Attempt, 'answered'>,
): Promise<string | undefined | Failed> {
  // It was approved at a terminal, by somebody with rights of their own in the cluster.
  if (answered === undefined) return undefined;
  const { by, credential } = answered;
  if (credential === undefined) return `It was not kept with what ${by} was let in to approve it.`;
  const standing = await standingOf(credential, store.access, clock.now());
  if (typeof standing !== 'string' && 'attempted' in standing) return standing;
  const said = `${by} approved it with the ${spokenCredential(credential)}, which`;
  if (typeof standing === 'string') return `${said} ${standing} before anything was changed.`;
  return mayActAs(standing.role, approvingRole) ? undefined : `${said} may only ${standing.role}.`;
}

/** What it lets do, or what became of it. */
async function standingOf(
  credential: Credential,
  access: AccessStore,
  now: Instant,
): Promise<{ readonly role: Role } | 'was revoked' | 'ran out' | 'has ended' | Failed> {
  if (credential.kind === 'session') {
    const found = await access.findSession(credential.hash, now);
    if (found.state === 'failed') return found;
    return found.state === 'found' ? found.session : 'has ended';
  }
  const listed = await access.listTokens();
  if (listed.state === 'failed') return listed;
  const token = listed.tokens.find(({ id }) => id === credential.id);
  if (token === undefined || token.revokedAt !== undefined) return 'was revoked';
  return (token.expiresAt ?? Infinity) <= now ? 'ran out' : token;
}
