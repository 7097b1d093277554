/** What somebody showed to be let in, by a name that opens nothing. */
export type Credential =
  /** `id`: as it is listed. The same in every session that was begun with the token. */
  | { readonly kind: 'token'; readonly id: string }
  /** Begun with OpenID Connect. `hash`: SHA-256 of what the browser shows, in hexadecimal digits. */
  | { readonly kind: 'session'; readonly hash: string };

const tellingDigits = 16;

/** For the record: "token 3f2a9c0d11e2b7a4", "session 9c81d2e3a4b5c6d7". */
export function spokenCredential(credential: Credential): string {
  return credential.kind === 'token' ? `token ${credential.id}` : `session ${credential.hash.slice(0, tellingDigits)}`;
}
