import { createHash } from 'node:crypto';
import type { IncomingPage } from '../domain/accepted-page.ts';
import { redactValue } from '../recording-format/redact-object.ts';
import { parseAlert } from './parse-alert.ts';

/** What a payload tells. Nothing of it is asked for over the network: addresses in it stay text. */
export type PagesReading =
  | { readonly state: 'read'; readonly pages: readonly [IncomingPage, ...IncomingPage[]] }
  /** It is in order, and tells of nothing that pages: the sender's own test, or a note. */
  | { readonly state: 'nothing-to-do'; readonly because: string }
  | { readonly state: 'refused'; readonly happened: string; readonly whatToDo: string };

export type LooseJson = { readonly [field: string]: unknown };

/** One page as it is kept: redacted, and read from just what is kept, so that it is read the same again. Undefined: it is no alert. */
export function pageOf(
  payload: unknown,
  deliveryKey: string,
): Pick<IncomingPage, 'deliveryKey' | 'alert' | 'text'> | { readonly happened: string; readonly whatToDo: string } {
  const text = typeof payload === 'string' ? redactedText(payload) : JSON.stringify(redactValue(payload));
  const parsed = parseAlert(text);
  return parsed.state === 'refused' ? parsed : { deliveryKey, alert: parsed.alerts[0], text };
}

function redactedText(text: string): string {
  const redacted = redactValue(text);
  return typeof redacted === 'string' ? redacted : '';
}

/** The same parts are the same delivery. Hashed, because they come from outside and may be anything. */
export function deliveryKeyOf(sender: string, parts: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
  return `${sender}-${hash}`;
}

export function asObject(value: unknown): LooseJson | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
