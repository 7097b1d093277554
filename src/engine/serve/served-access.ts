import { randomBytes } from 'node:crypto';
import { spokenCredential } from '../../domain/credential.ts';
import type { AccessToken } from '../../ports/access-store.ts';
import { hashOfSecret, newSecret } from '../access/access-secret.ts';
import type { ServedIncidents } from './served-incidents.ts';
import type { Serving } from './serving.ts';

const idBytes = 8;

/** Who may do what, and who did what. */
export function servedAccess(serving: Serving): Pick<ServedIncidents, 'createToken' | 'listTokens' | 'revokeToken' | 'readAudit'> {
  const { access } = serving.store;
  return {
    createToken: async ({ name, role, expiresAt }, { name: by, credential }) => {
      const at = serving.clock.now();
      if (expiresAt !== undefined && expiresAt <= at) return { state: 'refused', because: 'expiresAt has passed: nobody could use it' };
      const secret = newSecret();
      const token: AccessToken = {
        id: randomBytes(idBytes).toString('hex'),
        name,
        role,
        hash: hashOfSecret(secret),
        createdAt: at,
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
      // Nobody gets a secret that the audit log does not know of.
      const detail = `${role} "${name}" (${token.id})`;
      const entry = { at, by, credential: spokenCredential(credential), what: 'create-token' } as const;
      const kept = await access.audit({ ...entry, result: 'done', detail });
      if (kept.state === 'failed') return kept;
      const created = await access.createToken(token);
      if (created.state === 'created') return { state: 'created', token, secret };
      await access.audit({ ...entry, result: 'failed', detail: `${detail}: ${created.happened}` });
      return created;
    },
    listTokens: async () => {
      const read = await access.listTokens();
      return read.state === 'read' ? read.tokens : read;
    },
    revokeToken: async (id) => {
      const revoked = await access.revokeToken(id, serving.clock.now());
      if (revoked.state === 'failed') return revoked;
      return revoked.state === 'revoked' ? { state: 'done' } : { state: 'missing' };
    },
    readAudit: async (wish) => {
      const read = await access.readAudit(wish);
      return read.state === 'read' ? read.entries : read;
    },
  };
}
