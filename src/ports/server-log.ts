/** What an operator reads of a server that runs. No secrets, no bodies. Must not throw. */
export interface ServerLog {
  /** `happened`: the same words for the same kind of thing; what differs is in the fields. */
  readonly write: (level: 'info' | 'warn' | 'error', happened: string, fields?: LogFields) => void;
}

export type LogFields = { readonly [name: string]: string | number | boolean | undefined };
