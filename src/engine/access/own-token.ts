import type { Instant } from '../../domain/instant.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AccessStore, AccessToken } from '../../ports/access-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { hashOfSecret } from './access-secret.ts';

/** Nothing else makes tokens with such ids. */
const idPrefix = 'token-file-';

export type KeptToken =
  | { readonly state: 'there' }
  /** Somebody took the token away; that is not undone by starting again. */
  | { readonly state: 'useless'; readonly because: string }
  | StoreFailure;

/**
 * Lets in whoever has the administrator's token that an operator made, and nobody any more who has the one before it. All
 * replicas do this with the same token when they start, at the same time as well.
 */
export async function keepOwnToken(access: AccessStore, secret: Secret, now: Instant): Promise<KeptToken> {
  const listed = await access.listTokens();
  if (listed.state === 'failed') return listed;
  const hash = hashOfSecret(secret.reveal());
  const known = listed.tokens.find((token) => token.hash === hash);
  if (known === undefined) {
    const created = await create(access, hash, now);
    if (created.state === 'failed') return created;
  }
  for (const { id } of listed.tokens.filter((token) => isReplaced(token, hash))) {
    const revoked = await access.revokeToken(id, now);
    if (revoked.state === 'failed') return revoked;
    const noted = await note(access, `revoked ${id}: the token file holds another one`, now);
    if (noted.state === 'failed') return noted;
  }
  const because = known === undefined ? undefined : whyUseless(known, now);
  return because === undefined ? { state: 'there' } : { state: 'useless', because };
}

async function create(access: AccessStore, hash: string, now: Instant): Promise<{ readonly state: 'there' } | StoreFailure> {
  const id = `${idPrefix}${hash.slice(0, 16)}`;
  const created = await access.createToken({ id, name: 'administrator of the token file', role: 'administer', hash, createdAt: now });
  if (created.state === 'created') {
    const noted = await note(access, `made ${id} for administer, as the token file says`, now);
    return noted.state === 'failed' ? noted : { state: 'there' };
  }
  // Another replica may have been faster.
  const again = await access.findToken(hash, now);
  return again.state === 'found' ? { state: 'there' } : created;
}

function note(access: AccessStore, detail: string, at: Instant): ReturnType<AccessStore['audit']> {
  return access.audit({ at, by: 'stanch', what: 'admin-token-file', result: 'done', detail });
}

function isReplaced({ id, hash, revokedAt }: AccessToken, ownHash: string): boolean {
  return id.startsWith(idPrefix) && hash !== ownHash && revokedAt === undefined;
}

function whyUseless({ id, role, revokedAt, expiresAt }: AccessToken, now: Instant): string | undefined {
  if (revokedAt !== undefined) return `${id} was revoked; put a new one into the file`;
  if (expiresAt !== undefined && expiresAt <= now) return `${id} has run out; put a new one into the file`;
  return role === 'administer' ? undefined : `${id} is there already, for ${role} only; put a new one into the file`;
}
