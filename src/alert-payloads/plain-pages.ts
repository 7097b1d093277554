import { millisecondsPerMinute } from '../domain/instant.ts';
import { alertmanagerPages } from './alertmanager-pages.ts';
import { asObject, deliveryKeyOf, pageOf, type PagesReading } from './incoming-pages.ts';

/** A sender that got no answer tries again within minutes; the same words an hour later are another page. */
const sameWithin = 10 * millisecondsPerMinute;

export interface PlainDelivery {
  /** Unparsed. */
  readonly text: string;
  /** What the sender calls this delivery. Absent: it gives no name, and the same words within minutes are the same. */
  readonly key: string | undefined;
  readonly receivedAt: number;
}

/** A page in any form that people and scripts have at hand. */
export function plainPages({ text, key, receivedAt }: PlainDelivery): PagesReading {
  const json = jsonIn(text);
  if (Array.isArray(asObject(json)?.['alerts'])) return alertmanagerPages(json);
  const page = pageOf(json ?? text, deliveryKeyOf('page', key === undefined ? [text, Math.floor(receivedAt / sameWithin)] : [key]));
  return 'deliveryKey' in page ? { state: 'read', pages: [page] } : { state: 'refused', ...page };
}

/** Undefined: it is words, or a mistake that `parseAlert` names. */
function jsonIn(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
