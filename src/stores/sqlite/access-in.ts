import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../domain/instant.ts';
import { type Role, roles } from '../../domain/role.ts';
import type { AccessSession, AccessStore, AccessToken, AuditEntry } from '../../ports/access-store.ts';
import { type OpenDatabase, type Row, textOf } from './open-database.ts';

export function accessIn({ database, asked, written }: OpenDatabase): AccessStore {
  return {
    createToken: (token) => written('storing an access token', () => createToken(database, token)),
    findToken: (hash, now) =>
      asked('looking for an access token', () => {
        const row = database
          .prepare('select * from access_token where hash = ? and revoked_at is null and (expires_at is null or expires_at > ?)')
          .get(hash, now);
        return row === undefined ? { state: 'missing' } : { state: 'found', token: tokenOf(row) };
      }),
    listTokens: () =>
      asked('listing the access tokens', () => ({
        state: 'read',
        tokens: database.prepare('select * from access_token order by created_at, rowid').all().map(tokenOf),
      })),
    revokeToken: (id, at) =>
      written('revoking an access token', () => {
        const { changes } = database.prepare('update access_token set revoked_at = coalesce(revoked_at, ?) where id = ?').run(at, id);
        database.prepare('delete from access_session where token = ?').run(id);
        return { state: Number(changes) > 0 ? 'revoked' : 'missing' };
      }),
    createSession: (session) => written('storing a session', () => createSession(database, session)),
    findSession: (hash, now) => asked('looking for a session', () => findSession(database, hash, now)),
    endSession: (hash) =>
      written('ending a session', () => {
        database.prepare('delete from access_session where hash = ?').run(hash);
        return { state: 'ended' };
      }),
    endSessionsOf: (user, except) =>
      written('ending sessions', () => {
        database
          .prepare('delete from access_session where user_name = ? and token is null and role not in (select value from json_each(?))')
          .run(user, JSON.stringify(except));
        return { state: 'ended' };
      }),
    audit: (entry) => written('writing who did what', () => audit(database, entry)),
    readAudit: ({ limit, before }) =>
      asked('reading who did what', () => ({
        state: 'read',
        entries: database
          .prepare('select * from audit where number < ? order by number desc limit ?')
          .all(before ?? Number.MAX_SAFE_INTEGER, limit)
          .map(entryOf),
      })),
  };
}

function createToken(database: DatabaseSync, token: AccessToken): { readonly state: 'created' } {
  const { id, name, role, hash, createdAt, expiresAt, revokedAt } = token;
  database
    .prepare('insert into access_token (id, name, role, hash, created_at, expires_at, revoked_at) values (?, ?, ?, ?, ?, ?, ?)')
    .run(id, name, role, hash, createdAt, expiresAt ?? null, revokedAt ?? null);
  return { state: 'created' };
}

function createSession(database: DatabaseSync, session: AccessSession): { readonly state: 'created' } {
  const { hash, user, role, token, expiresAt } = session;
  database
    .prepare('insert into access_session (hash, user_name, role, token, expires_at) values (?, ?, ?, ?, ?)')
    .run(hash, user, role, token ?? null, expiresAt);
  return { state: 'created' };
}

type FoundSession = Exclude<Awaited<ReturnType<AccessStore['findSession']>>, { readonly state: 'failed' }>;

function findSession(database: DatabaseSync, hash: string, now: Instant): FoundSession {
  const row = database.prepare('select * from access_session where hash = ?').get(hash);
  if (row === undefined) return { state: 'missing' };
  if (Number(row['expires_at']) > now) return { state: 'found', session: sessionOf(row) };
  // Whoever comes back too late clears up after all who did not come back.
  database.prepare('delete from access_session where expires_at <= ?').run(now);
  return { state: 'missing' };
}

function audit(database: DatabaseSync, entry: AuditEntry): { readonly state: 'stored' } {
  const { at, by, credential, what, incident, result, detail } = entry;
  database
    .prepare('insert into audit (at, by_whom, credential, what, incident, result, detail) values (?, ?, ?, ?, ?, ?, ?)')
    .run(at, by, credential ?? null, what, incident ?? null, result, detail);
  return { state: 'stored' };
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
