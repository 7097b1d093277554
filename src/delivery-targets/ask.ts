import { errors, request } from 'undici';
import { plainText } from '../domain/plain-text.ts';
import { redactText } from '../domain/redaction.ts';
import type { Secret } from '../domain/secret.ts';
import { isRecord } from '../domain/shape.ts';
import type { DeliveryOutcome } from '../ports/delivery-target.ts';

/** One request to an address of the operator's settings. */
export interface Question {
  readonly method: 'GET' | 'POST';
  /** The whole address. It is never repeated in a message, since it can be a secret. */
  readonly address: string;
  readonly headers: { readonly [name: string]: string };
  /** JSON. Absent: the request has no body. */
  readonly body?: string;
  /** Masked in whatever the other side says. */
  readonly secrets: readonly Secret[];
  /** By status: what the operator should do. Absent for a status: the answer speaks for itself. */
  readonly whatToDo: { readonly [status: number]: string };
}

export type Answer =
  /** A status from 200 to 299. `content`: the parsed JSON. Undefined: the answer is no JSON. */
  | { readonly state: 'answered'; readonly content: unknown }
  | (Extract<DeliveryOutcome, { readonly state: 'failed' | 'refused' }> & {
      /** Absent: there was no answer. */
      readonly status?: number;
    });

/** A delivery is short; a side that needs longer is asked again later. */
export const usualPatienceMilliseconds = 10_000;
/** A hundred tickets with long texts fit. */
const longestAnswerBytes = 8 * 1024 * 1024;
const longestPatienceMilliseconds = 86_400_000;

/** Stops when whoever asks for the delivery stops, or when its time is over. */
export function within(signal: AbortSignal, patienceMilliseconds: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(patienceMilliseconds)]);
}

/** Asks once. Follows no redirect, so that secrets go nowhere else. Never throws. */
export async function ask(question: Question, signal: AbortSignal): Promise<Answer> {
  const { method, address, headers, body } = question;
  if (!isUsable(address)) return refused('its address is no address that begins with https://: mend it in the settings, then restart');
  if (Object.values(headers).some((value) => !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)))
    return refused('a secret of it holds characters that no header can carry: mend it in the settings, then restart');
  try {
    const response = await request(address, {
      method,
      headers: { 'user-agent': 'stanch', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body ?? null,
      signal,
    });
    const text = await textWithin(response.body);
    if (text === undefined) return { state: 'failed', because: `its answer is larger than ${longestAnswerBytes / 1024 / 1024} MiB` };
    return understand(question, { status: response.statusCode, headers: response.headers, text });
  } catch (error) {
    return { state: 'failed', because: signal.aborted ? 'there was no answer in time' : spoken(error) };
  }
}

function isUsable(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

function refused(because: string): Answer {
  return { state: 'refused', because };
}

async function textWithin(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop closes the connection: the rest is never read.
    if (length > longestAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Reply {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
}

function understand({ whatToDo, secrets }: Question, { status, headers, text }: Reply): Answer {
  if (status >= 200 && status < 300) return { state: 'answered', content: contentOf(text) };
  const advice = whatToDo[status];
  const said = cut(text, secrets);
  const because = `it answered ${status}${advice === undefined ? (said === '' ? '' : `: ${said}`) : `: ${advice}`}`;
  const patience = patienceOf(headers);
  // GitHub answers 403 to whoever asks too often, and says when to come again.
  const isBusy = status >= 500 || [408, 409, 425, 429].includes(status) || (status === 403 && patience !== undefined);
  if (isBusy)
    return {
      state: 'failed',
      status,
      because: status === 403 ? 'it answered 403: it was asked too often' : because,
      ...(patience === undefined ? {} : { retryAfterMilliseconds: patience }),
    };
  if (status >= 300 && status < 400)
    return { state: 'refused', status, because: `it redirects elsewhere (${status}): give the address that answers by itself` };
  return { state: 'refused', status, because };
}

/** By the clock of the other side: its answer says what time it is there. */
function patienceOf(headers: Reply['headers']): number | undefined {
  const [after, date] = [headers['retry-after'], headers['date']];
  const now = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const isUsedUp = headers['x-ratelimit-remaining'] === '0';
  const waits = [
    typeof after !== 'string' ? Number.NaN : /^\d{1,9}$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now,
    isUsedUp ? Number(headers['x-ratelimit-reset']) * 1000 - now : Number.NaN,
  ];
  const wait = waits.find((each) => Number.isFinite(each));
  return wait === undefined ? undefined : Math.min(Math.max(wait, 0), longestPatienceMilliseconds);
}

function contentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function cut(text: string, secrets: readonly Secret[]): string {
  const masked = secrets
    .map((each) => each.reveal())
    .filter((each) => each !== '')
    .reduce((so, each) => so.replaceAll(each, '‹secret›'), text);
  const line = redactText(plainText(masked.slice(0, 2000)))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

const spokenCodes: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused: nothing listens there'],
  ['ENOTFOUND', 'its name does not resolve'],
  ['EAI_AGAIN', 'its name could not be resolved just now'],
  ['ECONNRESET', 'the connection was broken off'],
  ['UND_ERR_SOCKET', 'the connection was broken off'],
  ['EHOSTUNREACH', 'there is no route to it'],
  ['ENETUNREACH', 'there is no route to it'],
  ['ETIMEDOUT', 'there was no answer'],
  ['UND_ERR_CONNECT_TIMEOUT', 'there was no answer'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
]);

/** The library's own message is left out: it can repeat the address or a header. */
export function spoken(error: unknown): string {
  if (error instanceof errors.HTTPParserError) return 'what answers does not speak HTTP';
  const codes = [error, ...(error instanceof AggregateError ? error.errors : [])].flatMap((each: unknown) =>
    isRecord(each) && typeof each['code'] === 'string' ? [each['code']] : [],
  );
  return (
    codes.map((code) => spokenCodes.get(code)).find((each) => each !== undefined) ?? `the connection failed (${codes[0] ?? 'no code'})`
  );
}
