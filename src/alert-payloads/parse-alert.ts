import type { Alert } from '../domain/alert.ts';
import { readAlertmanager } from './alertmanager.ts';
import { readDescription } from './description.ts';
import { readPagerDuty } from './pagerduty.ts';
import { readPlainObject } from './plain-object.ts';
import type { PayloadReading } from './payload-reading.ts';
import { mostUrgentFirst } from './most-urgent-first.ts';

/** What somebody was paged with. The first alert is the one to investigate. */
export type ParsedAlert =
  | { readonly state: 'parsed'; readonly alerts: readonly [Alert, ...Alert[]] }
  | { readonly state: 'refused'; readonly attempted: string; readonly happened: string; readonly whatToDo: string };

/** Alertmanager's own groups stay far below; larger input is a file that was given by mistake. */
const largestPayloadBytes = 1024 * 1024;
/** A page that is longer is a log or a document. */
const longestDescription = 10_000;

const acceptedForms =
  'Give an Alertmanager webhook payload, a PagerDuty V3 event, a JSON object with "name" and "labels", or one line that describes the alert.';

/** Reads an alert in any of the forms in which people have one at hand. Never throws. */
export function parseAlert(text: string): ParsedAlert {
  // Code units never outnumber bytes, so this cheap check bounds the exact one.
  if (text.length > largestPayloadBytes || Buffer.byteLength(text) > largestPayloadBytes)
    return refused('it is larger than 1 MiB', acceptedForms);
  const trimmed = text.replace(/^\ufeff/, '').trim();
  if (trimmed === '') return refused('it is empty', acceptedForms);
  if (trimmed.includes('\u0000') || trimmed.includes('\ufffd\ufffd'))
    return refused('it is no text', 'If it is compressed, unpack it first.');
  return looksLikeJson(trimmed) ? parseJson(trimmed) : parseText(trimmed);
}

/** "[FIRING:1] HighErrors" and "[2/3] nodes down" begin like a JSON list, but are titles. A list that is cut off is no title. */
function looksLikeJson(text: string): boolean {
  return text.startsWith('{') || /^\[\s*(?:[{[\]"]|$|(?:-?\d[\d.eE+-]*|true|false|null)\s*(?:,|\]?$))/.test(text);
}

function parseJson(text: string): ParsedAlert {
  const json = jsonOf(text);
  if (json.state === 'malformed')
    return refused(`it is not valid JSON: ${json.detail}`, 'Check that the file is complete, for example with jq.');
  const readers: readonly ((json: unknown) => PayloadReading)[] = [readAlertmanager, readPagerDuty, readPlainObject];
  for (const read of readers) {
    const reading = read(json.value);
    if (reading.state === 'not-this-form') continue;
    if (reading.state === 'refused') return refused(reading.happened, reading.whatToDo);
    const [first, ...more] = mostUrgentFirst(reading.alerts);
    if (first !== undefined) return { state: 'parsed', alerts: [first, ...more] };
  }
  return refused(`it is JSON, but of no known form (${shapeOf(json.value)})`, acceptedForms);
}

function parseText(text: string): ParsedAlert {
  if (text.startsWith('<')) return refused('it is HTML or XML, perhaps an error page', acceptedForms);
  if (/^apiVersion:/m.test(text) && /^kind:/m.test(text)) return refused('it is a Kubernetes object, not an alert', acceptedForms);
  if (text.length > longestDescription)
    return refused(`it is ${text.length} characters of text, too long for a description`, acceptedForms);
  const described = readDescription(text);
  return described === undefined ? refused('it holds no words', acceptedForms) : { state: 'parsed', alerts: [described] };
}

type Json = { readonly state: 'read'; readonly value: unknown } | { readonly state: 'malformed'; readonly detail: string };

function jsonOf(text: string): Json {
  try {
    return { state: 'read', value: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    // The message can quote the input, and so a secret in it: only the place is told, where there is one.
    const [place, position] = /position (\d+)(?: \(line \d+ column \d+\))?/.exec(message) ?? [];
    if (/end of JSON|unterminated/i.test(message) || Number(position) >= text.length)
      return { state: 'malformed', detail: 'it ends too early' };
    return { state: 'malformed', detail: place === undefined ? 'there is a syntax error in it' : `the error is at ${place}` };
  }
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object' || value === null) return `a ${value === null ? 'null' : typeof value}`;
  const keys = Object.keys(value).filter((key) => /^[\w.-]{1,40}$/.test(key));
  return keys.length === 0 ? 'an object without fields' : `its fields are ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', …' : ''}`;
}

function refused(happened: string, whatToDo: string): ParsedAlert {
  return { state: 'refused', attempted: 'reading the alert', happened, whatToDo };
}
