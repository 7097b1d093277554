/** Somebody else's word for who a person is, by OpenID Connect. Never throws. */
export interface OpenIdProvider {
  /** As people call it: "Sign in with …". */
  readonly name: string;
  /** Where to send the browser, and what has to be known again when it comes back. */
  readonly begin: () => Promise<{ readonly state: 'begun'; readonly address: string; readonly attempt: SignInAttempt } | OpenIdRefusal>;
  /** `query`: what the browser came back with, as it stands in the address, with its question mark. */
  readonly finish: (
    query: string,
    attempt: SignInAttempt,
  ) => Promise<{ readonly state: 'known'; readonly person: OpenIdPerson } | OpenIdRefusal>;
}

/** Made for one sign-in, kept by the browser that began it. Each is a random text in base64url. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636). */
  readonly verifier: string;
}

export interface OpenIdPerson {
  /** For the record of who did what, from the claim that the settings name. */
  readonly name: string;
  /** The provider's own name for the person, which stays when the other one changes. */
  readonly subject: string;
  /** Empty: the provider told none. */
  readonly groups: readonly string[];
}

export interface OpenIdRefusal {
  readonly state: 'refused';
  /**
   * denied: the person or the provider said no. expired: it took too long, or came twice. not-trusted: what came is not what was
   * asked for, or is not proven. unreachable: the provider does not answer. misconfigured: the two do not fit together.
   */
  readonly problem: 'denied' | 'expired' | 'not-trusted' | 'unreachable' | 'misconfigured';
  /** One line for the log of whoever operates the server; no secrets. */
  readonly because: string;
}
