import type { Instant } from '../../domain/instant.ts';
import type { AccessStore } from '../../ports/access-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { hashOfSecret, newSecret } from './access-secret.ts';

/** The same for everybody, so that of several servers that begin at once one makes it. */
const firstTokenId = 'token-first';

/** Where nobody has a token yet nobody could make one: the first administrator's is made here. Its secret is told once. */
export async function makeFirstToken(
  access: AccessStore,
  now: Instant,
): Promise<{ readonly state: 'made'; readonly secret: string } | { readonly state: 'there' } | StoreFailure> {
  const listed = await access.listTokens();
  if (listed.state === 'failed') return listed;
  if (listed.tokens.length > 0) return { state: 'there' };
  const secret = newSecret();
  const token = { id: firstTokenId, name: 'first administrator', role: 'administer', hash: hashOfSecret(secret), createdAt: now } as const;
  const created = await access.createToken(token);
  if (created.state === 'created') return { state: 'made', secret };
  // Another server may have been faster.
  const again = await access.listTokens();
  return again.state === 'read' && again.tokens.length > 0 ? { state: 'there' } : created;
}
