import type { Instant } from '../domain/instant.ts';
import type { ServerStore } from '../ports/server-store.ts';

/** What several processes of a server share. */
export interface SharedServer {
  /** Each call is another process. */
  readonly open: () => Promise<ServerStore>;
  /** For stores that ask a clock of their own instead of the caller's. */
  readonly setTime: (now: Instant) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Two processes that share a store, and its time. */
export interface Pair {
  readonly one: ServerStore;
  readonly other: ServerStore;
  readonly setTime: SharedServer['setTime'];
}
