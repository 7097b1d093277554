import type { Instant } from '../domain/instant.ts';
import type { Role } from '../domain/role.ts';
import type { StoreFailure } from './store-failure.ts';

/** Who may do what, and who did what. Never throws. Secrets are kept as hashes only; they are made and compared elsewhere. */
export interface AccessStore {
  /** Failed as well where one with this id or this hash is there. */
  readonly createToken: (token: AccessToken) => Promise<{ readonly state: 'created' } | StoreFailure>;
  /** Only one that is neither revoked nor expired at `now`. */
  readonly findToken: (
    hash: string,
    now: Instant,
  ) => Promise<{ readonly state: 'found'; readonly token: AccessToken } | { readonly state: 'missing' } | StoreFailure>;
  /** Revoked and expired ones too; oldest first. */
  readonly listTokens: () => Promise<{ readonly state: 'read'; readonly tokens: readonly AccessToken[] } | StoreFailure>;
  /** Ends the sessions that were begun with it as well. */
  readonly revokeToken: (id: string, at: Instant) => Promise<{ readonly state: 'revoked' | 'missing' } | StoreFailure>;
  readonly createSession: (session: AccessSession) => Promise<{ readonly state: 'created' } | StoreFailure>;
  readonly findSession: (
    hash: string,
    now: Instant,
  ) => Promise<{ readonly state: 'found'; readonly session: AccessSession } | { readonly state: 'missing' } | StoreFailure>;
  readonly endSession: (hash: string) => Promise<{ readonly state: 'ended' } | StoreFailure>;
  /** Ends what this user began with OpenID Connect and may do something else in than these roles. */
  readonly endSessionsOf: (user: string, except: readonly Role[]) => Promise<{ readonly state: 'ended' } | StoreFailure>;
  /** Appends; nothing of it can be changed or deleted through the product. */
  readonly audit: (entry: AuditEntry) => Promise<{ readonly state: 'stored' } | StoreFailure>;
  /** Latest first. `before`: the number of an entry that was read already. Absent: from the latest. */
  readonly readAudit: (wish: {
    readonly limit: number;
    readonly before?: number;
  }) => Promise<{ readonly state: 'read'; readonly entries: readonly (AuditEntry & { readonly number: number })[] } | StoreFailure>;
}

export interface AccessToken {
  readonly id: string;
  /** What people call it: "ada's laptop". */
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the secret, in hexadecimal digits. */
  readonly hash: string;
  readonly createdAt: Instant;
  /** Absent: it does not run out. */
  readonly expiresAt?: Instant;
  /** Absent: it is not revoked. */
  readonly revokedAt?: Instant;
}

export interface AccessSession {
  /** SHA-256 of the cookie's value, in hexadecimal digits. */
  readonly hash: string;
  /** For the record of who did what. */
  readonly user: string;
  readonly role: Role;
  /** The token it was begun with. Absent: signed in with OpenID Connect. */
  readonly token?: string;
  readonly expiresAt: Instant;
}

export interface AuditEntry {
  readonly at: Instant;
  /** A user, "stanch" by itself, or "nobody" where nobody was signed in. */
  readonly by: string;
  /** What they acted with, as `spokenCredential` says it; no secret. Absent: nobody was signed in, "stanch" did it, or it is an entry of a version that did not keep it. */
  readonly credential?: string;
  /** The operation's name, or "sign-in", "webhook". */
  readonly what: string;
  /** Absent: it is of no single incident. */
  readonly incident?: string;
  readonly result: 'done' | 'refused' | 'failed';
  /** One line for people; no secrets. */
  readonly detail: string;
}
