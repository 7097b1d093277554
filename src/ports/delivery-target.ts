import type { Delivery } from '../domain/delivery.ts';

/** Somewhere outside that is told about an incident: a chat, a ticket system, a mailbox, the pager. Never throws. */
export interface DeliveryTarget {
  /** As an operator names it in the configuration: "slack", "github", "mail". */
  readonly name: string;
  /** The kinds that go there. */
  readonly takes: readonly Delivery['kind'][];
  /** True: only what PagerDuty paged goes there, once for each of its incidents. Absent: everything does. */
  readonly isPager?: boolean;
  /**
   * Called again after a failure and after a crash with the same key: what was delivered under this key already must not be
   * delivered twice, as far as the other side makes that possible.
   */
  readonly deliver: (delivery: Delivery, signal: AbortSignal) => Promise<DeliveryOutcome>;
}

export type DeliveryOutcome =
  /** `link`: where people find it. Absent: nowhere. */
  | { readonly state: 'delivered'; readonly link?: string }
  /** It was there before, under the same key. */
  | { readonly state: 'known'; readonly link?: string }
  /** Worth another try. `retryAfterMilliseconds`: the other side asked for so much patience. */
  | { readonly state: 'failed'; readonly because: string; readonly retryAfterMilliseconds?: number }
  /** Trying again cannot help: rejected credentials, no such project. */
  | { readonly state: 'refused'; readonly because: string };
