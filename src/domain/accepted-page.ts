import type { Alert } from './alert.ts';
import type { Instant } from './instant.ts';

/** One alert of a webhook, or one page that somebody handed in, as it is kept. Redacted. */
export interface AcceptedPage {
  /** Unique, and safe as a word of a shell. */
  readonly id: string;
  /** What the sender calls this very delivery, so that a repeated one is known again. The same key is the same page. */
  readonly deliveryKey: string;
  /** The same for all pages of one cause, as far as the page alone can tell: made from facts, never from wording. See `fingerprintOf`. */
  readonly fingerprint: string;
  readonly receivedAt: Instant;
  readonly alert: Alert;
  /** The payload of this one alert, for `parseAlert`: the investigation reads the page from it again. */
  readonly text: string;
  /** Where PagerDuty knows it, so that notes can go back there. Absent: it did not come from there. */
  readonly pagerDutyIncident?: string;
  /** Who acknowledged it in PagerDuty; this delivery tells of nothing else. Absent: it pages, or tells that it is over. */
  readonly acknowledgedBy?: string;
}

/** What a surface knows of a page that comes in. The rest is worked out before it is kept. */
export type IncomingPage = Omit<AcceptedPage, 'id' | 'fingerprint' | 'receivedAt'>;
