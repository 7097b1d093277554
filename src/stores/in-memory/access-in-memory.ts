import type { AccessSession, AccessStore, AccessToken, AuditEntry } from '../../ports/access-store.ts';
import type { Asked } from './view.ts';

export interface KeptAccess {
  /** By their ids, in the order in which they were made. */
  readonly tokens: Map<string, AccessToken>;
  /** By their hashes. */
  readonly sessions: Map<string, AccessSession>;
  readonly audit: AuditEntry[];
}

export function accessInMemory(kept: KeptAccess, asked: Asked): AccessStore {
  return { ...tokensIn(kept, asked), ...sessionsIn(kept, asked), ...auditIn(kept, asked) };
}

type OfTokens = Pick<AccessStore, 'createToken' | 'findToken' | 'listTokens' | 'revokeToken'>;

function tokensIn({ tokens, sessions }: KeptAccess, asked: Asked): OfTokens {
  return {
    createToken: (token) =>
      asked('storing an access token', () => {
        if ([...tokens.values()].some(({ id, hash }) => id === token.id || hash === token.hash))
          return { state: 'failed', attempted: 'storing an access token', happened: 'there is one like it', whatToDo: 'Make another one' };
        tokens.set(token.id, { ...token });
        return { state: 'created' };
      }),
    findToken: (hash, now) =>
      asked('looking for an access token', () => {
        const token = [...tokens.values()].find((each) => each.hash === hash);
        const isValid = token !== undefined && token.revokedAt === undefined && (token.expiresAt ?? Infinity) > now;
        return isValid ? { state: 'found', token: { ...token } } : { state: 'missing' };
      }),
    listTokens: () =>
      asked('listing the access tokens', () => ({
        state: 'read',
        tokens: [...tokens.values()].toSorted((one, other) => one.createdAt - other.createdAt).map((token) => ({ ...token })),
      })),
    revokeToken: (id, at) =>
      asked('revoking an access token', () => {
        const token = tokens.get(id);
        if (token === undefined) return { state: 'missing' };
        tokens.set(id, { ...token, revokedAt: token.revokedAt ?? at });
        for (const [hash, session] of sessions) if (session.token === id) sessions.delete(hash);
        return { state: 'revoked' };
      }),
  };
}

type OfSessions = Pick<AccessStore, 'createSession' | 'findSession' | 'endSession' | 'endSessionsOf'>;

function sessionsIn({ sessions }: KeptAccess, asked: Asked): OfSessions {
  return {
    createSession: (session) =>
      asked('storing a session', () => {
        sessions.set(session.hash, { ...session });
        return { state: 'created' };
      }),
    findSession: (hash, now) =>
      asked('looking for a session', () => {
        const session = sessions.get(hash);
        return session !== undefined && session.expiresAt > now ? { state: 'found', session: { ...session } } : { state: 'missing' };
      }),
    endSession: (hash) =>
      asked('ending a session', () => {
        sessions.delete(hash);
        return { state: 'ended' };
      }),
    endSessionsOf: (user, except) =>
      asked('ending sessions', () => {
        for (const [hash, session] of sessions)
          if (session.user === user && session.token === undefined && !except.includes(session.role)) sessions.delete(hash);
        return { state: 'ended' };
      }),
  };
}

function auditIn({ audit }: KeptAccess, asked: Asked): Pick<AccessStore, 'audit' | 'readAudit'> {
  return {
    audit: (entry) =>
      asked('writing who did what', () => {
        audit.push({ ...entry });
        return { state: 'stored' };
      }),
    readAudit: ({ limit, before }) =>
      asked('reading who did what', () => ({
        state: 'read',
        entries: audit
          .map((entry, index) => ({ ...entry, number: index + 1 }))
          .filter(({ number }) => number < (before ?? Infinity))
          .toReversed()
          .slice(0, limit),
      })),
  };
}
