import type { Credential } from '../../domain/credential.ts';
import { type Instant, millisecondsPerHour } from '../../domain/instant.ts';
import type { Role } from '../../domain/role.ts';
import { isSecretLike } from '../../domain/access-secret-shape.ts';
import type { AccessSession, AccessStore } from '../../ports/access-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { hashOfSecret, newSecret } from './access-secret.ts';

/** Who asks, once it is known. */
export interface User {
  /** For the record of who did what. */
  readonly name: string;
  readonly role: Role;
  /** The same for all that comes with one token, in sessions too, or with one session of another kind. */
  readonly credential: Credential;
}

export interface UnknownUser {
  readonly state: 'unknown';
}

/** A working day: whoever is on call signs in once. */
const sessionMilliseconds = 12 * millisecondsPerHour;

type Found = { readonly state: 'found'; readonly user: User } | UnknownUser | StoreFailure;

export async function userOfToken(access: AccessStore, secret: string, now: Instant): Promise<Found> {
  if (!isSecretLike(secret)) return { state: 'unknown' };
  const found = await access.findToken(hashOfSecret(secret), now);
  if (found.state !== 'found') return found.state === 'missing' ? { state: 'unknown' } : found;
  const { id, name, role } = found.token;
  return { state: 'found', user: { name, role, credential: { kind: 'token', id } } };
}

/** `cookie`: what `beginSession` gave. */
export async function userOfSession(access: AccessStore, cookie: string, now: Instant): Promise<Found> {
  if (!isSecretLike(cookie)) return { state: 'unknown' };
  const hash = hashOfSecret(cookie);
  const found = await access.findSession(hash, now);
  if (found.state !== 'found') return found.state === 'missing' ? { state: 'unknown' } : found;
  return { state: 'found', user: userIn(found.session) };
}

export interface BegunSession {
  readonly state: 'begun';
  readonly user: User;
  readonly cookie: string;
  readonly expiresAt: Instant;
}

/** Exchanges a token for a session, which ends before the token does, and with it when it is revoked. */
export async function beginSession(access: AccessStore, secret: string, now: Instant): Promise<BegunSession | UnknownUser | StoreFailure> {
  if (!isSecretLike(secret)) return { state: 'unknown' };
  const found = await access.findToken(hashOfSecret(secret), now);
  if (found.state !== 'found') return found.state === 'missing' ? { state: 'unknown' } : found;
  const { id, name, role, expiresAt: tokenEnds = Infinity } = found.token;
  return storeSession(access, { user: name, role, token: id, expiresAt: Math.min(now + sessionMilliseconds, tokenEnds) });
}

/** For somebody whom others know: they said who it is, and the settings say what they may do. */
export function beginSessionOf(
  access: AccessStore,
  { name, role }: Pick<User, 'name' | 'role'>,
  now: Instant,
): Promise<BegunSession | StoreFailure> {
  return storeSession(access, { user: name, role, expiresAt: now + sessionMilliseconds });
}

async function storeSession(access: AccessStore, session: Omit<AccessSession, 'hash'>): Promise<BegunSession | StoreFailure> {
  const { expiresAt } = session;
  const cookie = newSecret();
  const hash = hashOfSecret(cookie);
  const created = await access.createSession({ ...session, hash });
  if (created.state === 'failed') return created;
  return { state: 'begun', user: userIn({ ...session, hash }), cookie, expiresAt };
}

/** However many sessions somebody begins with a token, they share what the token is allowed. */
function userIn({ user: name, role, token, hash }: AccessSession): User {
  return { name, role, credential: token === undefined ? { kind: 'session', hash } : { kind: 'token', id: token } };
}
