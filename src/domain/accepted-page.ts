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

/** Where a page went that tells of the end of something that nobody opened. It has not the form of an incident's id. */
export const noIncident = 'none';

/** What a surface knows of a page that comes in. The rest is worked out before it is kept. */
export type IncomingPage = Omit<AcceptedPage, 'id' | 'fingerprint' | 'receivedAt'>;

/**
 * The same for a firing and its end, and another for every other alert, also one of the same cause: two replicas that crash are
 * one cause, and it is over when both are. Pages that nobody ends by another page are each a series of their own.
 */
export function seriesOf({ id, alert, pagerDutyIncident }: Pick<AcceptedPage, 'id' | 'alert' | 'pagerDutyIncident'>): string {
  if (pagerDutyIncident !== undefined) return `pagerduty ${pagerDutyIncident}`;
  if (alert.source === 'description') return `page ${id}`;
  const labels = Object.entries(alert.labels).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([alert.name, ...labels]);
}
