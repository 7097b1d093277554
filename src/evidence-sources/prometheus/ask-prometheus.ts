import { Agent, errors, request } from 'undici';
import type { WhyUnreadable } from '../../domain/evidence.ts';
import { redactText } from '../../domain/redaction.ts';
import { isRecord } from '../../domain/shape.ts';
import { plainText } from '../../domain/plain-text.ts';
import type { PrometheusAddress } from './prometheus-address.ts';

/** One question to the HTTP API. */
export interface PrometheusQuestion {
  /** For example "/api/v1/query_range". */
  readonly path: string;
  readonly parameters: { readonly [name: string]: string };
}

export type PrometheusAnswer =
  /** The "data" field of a successful answer. */
  | { readonly state: 'answered'; readonly data: unknown }
  | { readonly state: 'failed'; readonly because: WhyUnreadable; readonly isTooLarge: boolean; readonly detail: string };

export interface PrometheusLimits {
  readonly timeoutMilliseconds: number;
  readonly answerBytes: number;
}

/** Ten seconds are an eternity for a query over an hour; the rest of the investigation must not wait for it. */
export const usualLimits: PrometheusLimits = { timeoutMilliseconds: 10_000, answerBytes: 32 * 1024 * 1024 };

export interface PrometheusClient {
  readonly ask: (question: PrometheusQuestion, signal: AbortSignal) => Promise<PrometheusAnswer>;
  readonly cost: () => { readonly requests: number; readonly bytes: number };
  readonly close: () => Promise<void>;
}

/** Above this an address gets unwieldy for proxies; Prometheus takes the same question as a form. */
const longestAddress = 1500;

/** Asks one Prometheus. Follows no redirect, so that credentials go nowhere else. Never throws. */
export function prometheusClient(address: PrometheusAddress, limits: PrometheusLimits): PrometheusClient {
  const agent = new Agent({ connections: 4, headersTimeout: limits.timeoutMilliseconds, bodyTimeout: limits.timeoutMilliseconds });
  let requests = 0;
  let bytes = 0;
  return {
    cost: () => ({ requests, bytes }),
    close: () => agent.destroy(),
    async ask(question, signal) {
      requests += 1;
      const deadline = AbortSignal.timeout(limits.timeoutMilliseconds);
      try {
        const form = new URLSearchParams(question.parameters).toString();
        const isLong = form.length > longestAddress;
        const response = await request(`${address.base}${question.path}${isLong || form === '' ? '' : `?${form}`}`, {
          dispatcher: agent,
          method: isLong ? 'POST' : 'GET',
          headers: {
            accept: 'application/json',
            'user-agent': 'stanch',
            ...(address.authorization === undefined ? {} : { authorization: address.authorization }),
            ...(isLong ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          },
          body: isLong ? form : null,
          signal: AbortSignal.any([signal, deadline]),
        });
        const body = await bodyWithin(response.body, limits.answerBytes);
        bytes += body.length;
        if (body.isTooLarge)
          return failed('malformed', question, address, `the answer is larger than ${limits.answerBytes / 1024 / 1024} MiB`, true);
        return understand(question, address, { status: response.statusCode, location: response.headers['location'], text: body.text });
      } catch (error) {
        const isOurs = deadline.aborted && !signal.aborted;
        if (isOurs) return failed('timed-out', question, address, `there was no answer within ${limits.timeoutMilliseconds / 1000} s`);
        if (signal.aborted) return failed('timed-out', question, address, 'the time for the investigation was used up');
        return failed('unreachable', question, address, spoken(error));
      }
    },
  };
}

async function bodyWithin(
  body: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<{ readonly text: string; readonly length: number; readonly isTooLarge: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    // Leaving the loop closes the connection: the rest is never read.
    if (length > limit) return { text: '', length, isTooLarge: true };
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), length, isTooLarge: false };
}

interface Reply {
  readonly status: number;
  readonly location: string | readonly string[] | undefined;
  readonly text: string;
}

function understand(question: PrometheusQuestion, address: PrometheusAddress, { status, location, text }: Reply): PrometheusAnswer {
  const answer = failureWith(question, address);
  if (status === 401)
    return answer(
      'forbidden',
      'it asks for credentials (401): put user:password@ into the address, or a token into STANCH_PROMETHEUS_TOKEN',
    );
  if (status === 403) return answer('forbidden', 'it refuses these credentials (403)');
  if (status >= 300 && status < 400)
    return answer(
      'unsupported',
      `it redirects to ${redirectTarget(location)} (${status}), perhaps to log in: give the address that answers by itself`,
    );
  const json = jsonOf(text);
  if (isRecord(json) && json['status'] === 'success') return { state: 'answered', data: json['data'] };
  if (isRecord(json) && typeof json['error'] === 'string')
    return answer(status >= 500 ? 'unreachable' : 'unsupported', `it answered ${status}: ${cut(json['error'])}`);
  if (status === 404 || status === 405)
    return answer('unsupported', `it has no such path (${status}): check the path of the address, for example /prometheus`);
  if (status >= 400) return answer('unreachable', `it answered ${status}`);
  return answer(
    'malformed',
    json === undefined
      ? `the answer is no JSON; it begins with "${cut(text.slice(0, 40))}"`
      : 'the answer is JSON, but not an answer of the Prometheus API',
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Origin and path only: a login address can carry a state or token in its query. */
function redirectTarget(location: Reply['location']): string {
  if (typeof location !== 'string' || !URL.canParse(location)) return 'another path';
  const { origin, pathname } = new URL(location);
  return cut(`${origin}${pathname}`);
}

function failureWith(
  question: PrometheusQuestion,
  address: PrometheusAddress,
): (because: WhyUnreadable, happened: string) => PrometheusAnswer {
  return (because, happened) => failed(because, question, address, happened);
}

function failed(
  because: WhyUnreadable,
  question: PrometheusQuestion,
  address: PrometheusAddress,
  happened: string,
  isTooLarge = false,
): PrometheusAnswer {
  const query = question.parameters['query'];
  const asked = query === undefined ? '' : ` for ${redactText(query.slice(0, 200))}`;
  return { state: 'failed', because, isTooLarge, detail: `asked ${address.base}${question.path}${asked}: ${happened}` };
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
  ['UND_ERR_HEADERS_TIMEOUT', 'there was no answer'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stopped in the middle'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'what answers does not speak TLS: perhaps the address needs http'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is not trusted: name the authority in NODE_EXTRA_CA_CERTS'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
]);

/** The library's own message is left out: it can repeat the address or a header. */
function spoken(error: unknown): string {
  if (error instanceof errors.HTTPParserError) return 'what answers does not speak HTTP: perhaps the address needs https, or another port';
  const codes = [error, error instanceof Error ? error.cause : undefined, ...(error instanceof AggregateError ? error.errors : [])].flatMap(
    (each: unknown) => (isRecord(each) && typeof each['code'] === 'string' ? [each['code']] : []),
  );
  const words = codes.map((code) => spokenCodes.get(code)).find((each) => each !== undefined);
  return words ?? `the connection failed (${codes[0] ?? 'no code'})`;
}

function cut(text: string): string {
  const line = redactText(plainText(text)).replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
