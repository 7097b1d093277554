import { type Role, roles } from '../../domain/role.ts';
import type { AccessSession, AccessStore, AccessToken, AuditEntry } from '../../ports/access-store.ts';
import { columnText, type OpenPostgres, type Row, textOf } from './open-postgres.ts';

export function accessInPostgres(open: OpenPostgres): AccessStore {
  return { ...tokensOf(open), ...sessionsOf(open), ...auditOf(open) };
}

function tokensOf({ asked, written }: OpenPostgres): Pick<AccessStore, 'createToken' | 'findToken' | 'listTokens' | 'revokeToken'> {
  return {
    createToken: ({ id, name, role, hash, createdAt, expiresAt, revokedAt }) =>
      written('storing an access token', async (session) => {
        await session.rows(
          'insert into stanch.access_token (id, name, role, hash, created_at, expires_at, revoked_at) values ($1, $2, $3, $4, $5, $6, $7)',
          [id, columnText(name), role, hash, createdAt, expiresAt ?? null, revokedAt ?? null],
        );
        return { state: 'created' };
      }),
    findToken: (hash, now) =>
      asked('looking for an access token', async (session) => {
        const [row] = await session.rows(
          'select * from stanch.access_token where hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)',
          [columnText(hash), now],
        );
        return row === undefined ? { state: 'missing' } : { state: 'found', token: tokenOf(row) };
      }),
    listTokens: () =>
      asked('listing the access tokens', async (session) => ({
        state: 'read',
        tokens: (await session.rows('select * from stanch.access_token order by created_at, number')).map(tokenOf),
      })),
    revokeToken: (id, at) =>
      written('revoking an access token', async (session) => {
        const revoked = await session.rows(
          'update stanch.access_token set revoked_at = coalesce(revoked_at, $2) where id = $1 returning 1',
          [columnText(id), at],
        );
        await session.rows('delete from stanch.access_session where token = $1', [columnText(id)]);
        return { state: revoked.length > 0 ? 'revoked' : 'missing' };
      }),
  };
}

function sessionsOf({ written }: OpenPostgres): Pick<AccessStore, 'createSession' | 'findSession' | 'endSession' | 'endSessionsOf'> {
  return {
    createSession: ({ hash, user, role, token, expiresAt }) =>
      written('storing a session', async (session) => {
        await session.rows('insert into stanch.access_session (hash, user_name, role, token, expires_at) values ($1, $2, $3, $4, $5)', [
          hash,
          columnText(user),
          role,
          token ?? null,
          expiresAt,
        ]);
        return { state: 'created' };
      }),
    findSession: (hash, now) =>
      written('looking for a session', async (session) => {
        const [row] = await session.rows('select * from stanch.access_session where hash = $1', [columnText(hash)]);
        if (row === undefined) return { state: 'missing' };
        if (Number(row['expires_at']) > now) return { state: 'found', session: sessionOf(row) };
        // Whoever comes back too late clears up after all who did not come back.
        await session.rows('delete from stanch.access_session where expires_at <= $1', [now]);
        return { state: 'missing' };
      }),
    endSession: (hash) =>
      written('ending a session', async (session) => {
        await session.rows('delete from stanch.access_session where hash = $1', [columnText(hash)]);
        return { state: 'ended' };
      }),
    endSessionsOf: (user, except) =>
      written('ending sessions', async (session) => {
        await session.rows('delete from stanch.access_session where user_name = $1 and token is null and not role = any($2)', [
          columnText(user),
          [...except],
        ]);
        return { state: 'ended' };
      }),
  };
}

function auditOf({ asked, written }: OpenPostgres): Pick<AccessStore, 'audit' | 'readAudit'> {
  return {
    audit: ({ at, by, credential, what, incident, result, detail }) =>
      written('writing who did what', async (session) => {
        const values = [
          at,
          columnText(by),
          credential === undefined ? null : columnText(credential),
          columnText(what),
          incident === undefined ? null : columnText(incident),
          result,
          columnText(detail),
        ];
        await session.rows(
          'insert into stanch.audit (at, by_whom, credential, what, incident, result, detail) values ($1, $2, $3, $4, $5, $6, $7)',
          values,
        );
        return { state: 'stored' };
      }),
    readAudit: ({ limit, before }) =>
      asked('reading who did what', async (session) => {
        const rows = await session.rows('select * from stanch.audit where number < $1 order by number desc limit $2', [
          before ?? Number.MAX_SAFE_INTEGER,
          limit,
        ]);
        return { state: 'read', entries: rows.map(entryOf) };
      }),
  };
}

function tokenOf(row: Row): AccessToken {
  return {
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    role: roleOf(row),
    hash: textOf(row, 'hash'),
    createdAt: Number(row['created_at']),
    ...(row['expires_at'] === null ? {} : { expiresAt: Number(row['expires_at']) }),
    ...(row['revoked_at'] === null ? {} : { revokedAt: Number(row['revoked_at']) }),
  };
}

function sessionOf(row: Row): AccessSession {
  return {
    hash: textOf(row, 'hash'),
    user: textOf(row, 'user_name'),
    role: roleOf(row),
    ...(row['token'] === null ? {} : { token: textOf(row, 'token') }),
    expiresAt: Number(row['expires_at']),
  };
}

function entryOf(row: Row): AuditEntry & { readonly number: number } {
  const result = textOf(row, 'result');
  return {
    number: Number(row['number']),
    at: Number(row['at']),
    by: textOf(row, 'by_whom'),
    ...(row['credential'] === null ? {} : { credential: textOf(row, 'credential') }),
    what: textOf(row, 'what'),
    ...(row['incident'] === null ? {} : { incident: textOf(row, 'incident') }),
    result: result === 'done' || result === 'refused' ? result : 'failed',
    detail: textOf(row, 'detail'),
  };
}

/** What is no role of ours gives nobody more than the least. */
function roleOf(row: Row): Role {
  return roles.find((role) => role === row['role']) ?? 'view';
}
