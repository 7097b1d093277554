import { getCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici';
import { type Change, contentTypeOf } from './change.ts';
import { type Credentials, credentialsOf, isSameTls, type TlsMaterial } from './credentials.ts';
import type { ExecPlugin } from './exec-plugin.ts';
import { errorCode, spokenError } from './failure.ts';
import type { ChosenCluster } from './kubeconfig.ts';
import type { ClusterLimits } from './limits.ts';

export interface Question {
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly accept: string;
  /** A larger answer is not read to its end. */
  readonly limitBytes: number;
  /** Until the first sign of an answer. Absent: as the limits say. */
  readonly answerMilliseconds?: number;
  /** Absent: GET. */
  readonly change?: Change;
}

/** What a WebSocket to the server is opened with. */
export interface Dialing {
  readonly state: 'ready';
  /** The server's address, without a slash at its end. */
  readonly address: string;
  readonly headers: { readonly [name: string]: string };
  readonly dispatcher: Dispatcher;
}

export type Reply =
  | {
      readonly state: 'answered';
      readonly status: number;
      readonly retryAfter: string | undefined;
      /** Only good until `release`: the next answer is written over it. */
      readonly body: Buffer;
      readonly release: () => void;
    }
  /** Nothing that HTTP could say: the connection, the certificate, the credentials or the patience failed. */
  | {
      readonly state: 'broken';
      readonly because: 'unreachable' | 'timed-out' | 'too-large' | 'untrusted' | 'no-credentials' | 'given-up';
      readonly detail: string;
      readonly whatToDo?: string;
    };

type Broken = Extract<Reply, { readonly state: 'broken' }>;
type ReadyCredentials = Extract<Credentials, { readonly state: 'ready' }>;

/** One way to one API server: a shared pool of connections, with fresh credentials on every request. */
export interface Connection {
  readonly send: (question: Question, signal: AbortSignal) => Promise<Reply>;
  readonly dial: (signal: AbortSignal) => Promise<Dialing | Broken>;
  /** The server refused the credentials: whatever was kept of them is worth nothing. */
  readonly forgetCredentials: () => void;
  readonly bytesReceived: () => number;
  readonly close: () => Promise<void>;
}

export interface ConnectionParts {
  readonly cluster: ChosenCluster;
  readonly plugin: ExecPlugin | undefined;
  readonly limits: ClusterLimits;
  /** A proxy for clusters that name none. Absent: a direct connection. */
  readonly proxy: string | undefined;
}

export function connect(parts: ConnectionParts): Connection {
  const { cluster, plugin } = parts;
  // Compression costs the server and us more than the bytes that it saves where there is no wire.
  const encoding = cluster.wantsNoCompression || isLoopback(cluster.server) ? 'identity' : 'gzip';
  const server = new URL(cluster.server);
  const prefix = server.pathname.replace(/\/+$/, '');
  let pool: { readonly tls: TlsMaterial; readonly dispatcher: Dispatcher } | undefined;
  let bytes = 0;
  const read = bodyReader((count) => (bytes += count));

  const poolFor = (tls: TlsMaterial): Dispatcher => {
    if (pool === undefined || !isSameTls(pool.tls, tls)) {
      pool?.dispatcher.close().catch(() => undefined);
      pool = { tls, dispatcher: newPool(parts, tls) };
    }
    return pool.dispatcher;
  };

  return {
    async dial(signal) {
      const credentials = await readyCredentials(parts, signal);
      if (credentials.state === 'broken') return credentials;
      const headers = singleHeaders(cluster.extraHeaders);
      if (typeof headers === 'string') return { state: 'broken', because: 'no-credentials', detail: headers };
      return {
        state: 'ready',
        address: server.origin + prefix,
        headers: { ...credentials.headers, ...headers, 'user-agent': 'stanch' },
        dispatcher: poolFor(credentials.tls),
      };
    },
    async send(question, signal) {
      const credentials = await readyCredentials(parts, signal);
      if (credentials.state === 'broken') return credentials;
      try {
        const { statusCode, headers, body } = await request(server.origin + prefix + question.path, {
          ...requestOptions(parts, credentials, question, encoding),
          dispatcher: poolFor(credentials.tls),
          signal,
        });
        const received = await read(body, question.limitBytes);
        if (received === undefined) return tooLarge(question.limitBytes);
        const isPacked = headers['content-encoding'] === 'gzip';
        const plain = isPacked ? await unzip(received.body, { maxOutputLength: question.limitBytes }) : received.body;
        return {
          state: 'answered',
          status: statusCode,
          retryAfter: single(headers['retry-after']),
          body: plain,
          release: received.release,
        };
      } catch (error) {
        return broken(error, signal, question.limitBytes);
      }
    },
    forgetCredentials: () => plugin?.forget(),
    bytesReceived: () => bytes,
    async close() {
      await pool?.dispatcher.destroy();
      pool = undefined;
    },
  };
}

async function readyCredentials({ cluster, plugin }: ConnectionParts, signal: AbortSignal): Promise<ReadyCredentials | Broken> {
  const credentials = await credentialsOf(cluster, plugin, signal);
  if (signal.aborted) return givenUp;
  return credentials.state === 'ready'
    ? credentials
    : { state: 'broken', because: 'no-credentials', detail: credentials.happened, whatToDo: credentials.whatToDo };
}

/** Text: why they cannot be sent. A WebSocket would join several values to one, and so to another identity. */
function singleHeaders(headers: ChosenCluster['extraHeaders']): { readonly [name: string]: string } | string {
  const several = Object.entries(headers).find(([, values]) => values.length > 1);
  if (several !== undefined) return `several values of ${several[0]} cannot be sent when a WebSocket is opened`;
  return Object.fromEntries(Object.entries(headers).flatMap(([name, [value]]) => (value === undefined ? [] : [[name, value]])));
}

type RequestOptions = Pick<NonNullable<Parameters<typeof request>[1]>, 'method' | 'body' | 'headers' | 'headersTimeout' | 'bodyTimeout'>;

function requestOptions(
  { cluster, limits }: ConnectionParts,
  credentials: ReadyCredentials,
  { accept, change, answerMilliseconds = limits.answerMilliseconds }: Question,
  encoding: 'gzip' | 'identity',
): RequestOptions {
  return {
    method: change?.method ?? 'GET',
    ...(change === undefined ? {} : { body: JSON.stringify(change.body) }),
    headers: {
      ...credentials.headers,
      ...mutable(cluster.extraHeaders),
      ...(change === undefined ? {} : { 'content-type': contentTypeOf(change) }),
      accept,
      'accept-encoding': encoding,
      'user-agent': 'stanch',
    },
    headersTimeout: answerMilliseconds,
    bodyTimeout: limits.silenceMilliseconds,
  };
}

interface ReceivedBody {
  readonly body: Buffer;
  readonly release: () => void;
}

/** Enough for a page of 500 large pods. The system gives real memory only to what is written to. */
const firstRoomBytes = 8 * 1024 * 1024;

/**
 * Puts the parts of an answer together. The memory for it is used again: pages of lists are large, and fresh memory for
 * each of them would have the garbage collector look through everything that was read so far, again and again.
 * Undefined: the answer is larger than the limit, and was left there.
 */
function bodyReader(
  onPart: (bytes: number) => void,
): (body: AsyncIterable<Buffer>, limitBytes: number) => Promise<ReceivedBody | undefined> {
  const free: Buffer[] = [];
  let taken = 0;
  const release = (room: Buffer): void => {
    taken -= 1;
    free.push(room);
    // One list at a time needs one; the others would only take up memory while somebody thinks.
    if (taken === 0) free.splice(1);
  };
  return async (body, limitBytes) => {
    let room: Buffer = free.pop() ?? Buffer.allocUnsafeSlow(firstRoomBytes);
    let length = 0;
    taken += 1;
    try {
      for await (const part of body) {
        onPart(part.length);
        if (length + part.length > limitBytes) {
          release(room);
          return undefined;
        }
        if (length + part.length > room.length) {
          const larger = Buffer.allocUnsafeSlow(Math.max(2 * room.length, length + part.length));
          room.copy(larger, 0, 0, length);
          room = larger;
        }
        part.copy(room, length);
        length += part.length;
      }
    } catch (error) {
      release(room);
      throw error;
    }
    // A view of its own for each answer: readers tell texts apart by it.
    return { body: room.subarray(0, length), release: () => release(room) };
  };
}

const unzip = promisify(gunzip);

function newPool({ cluster, limits, proxy }: ConnectionParts, tls: TlsMaterial): Dispatcher {
  const material = Object.fromEntries(
    Object.entries({ ...tls, ca: tls.ca ?? systemAuthorities(cluster, tls) }).filter(([, value]) => value !== undefined),
  );
  const connect = { ...material, timeout: limits.connectMilliseconds, keepAlive: true, keepAliveInitialDelay: 30_000 };
  // Over one HTTP/2 connection large lists would wait for one another.
  const shared = { connections: limits.requestsAtOnce, allowH2: false, connectTimeout: limits.connectMilliseconds };
  const through = cluster.proxy ?? proxy;
  if (through === undefined) return new Agent({ ...shared, connect });
  // Both mean that the proxy resolves the name, which is what undici always asks for.
  const uri = through.replace(/^socks5h:/, 'socks5:');
  return new ProxyAgent({ ...shared, uri, requestTls: { ...connect, allowH2: false } });
}

/** Where a kubeconfig names no authority, kubectl trusts those of the machine, among them a company's own; Node only those that it brings along. */
function systemAuthorities(cluster: ChosenCluster, tls: TlsMaterial): string[] | undefined {
  if (!cluster.server.startsWith('https:') || tls.rejectUnauthorized === false) return undefined;
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

function mutable(headers: ChosenCluster['extraHeaders']): { [name: string]: string[] } {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));
}

function single(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

export function isLoopback(server: string): boolean {
  const { hostname } = new URL(server);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

const givenUp: Broken = {
  state: 'broken',
  because: 'given-up',
  detail: 'the time for the investigation was used up before it was answered',
};

function tooLarge(limitBytes: number): Reply {
  return { state: 'broken', because: 'too-large', detail: `the answer is larger than ${Math.round(limitBytes / 1024)} KiB` };
}

/** Codes of Node and undici by what they mean for the reader. */
const slow: ReadonlySet<string> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const distrusted = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_SSL_\w*ALERT|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH)/;

function broken(error: unknown, signal: AbortSignal, limitBytes: number): Reply {
  if (signal.aborted) return givenUp;
  const code = errorCode(error) ?? '';
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(limitBytes);
  if (distrusted.test(code)) {
    return {
      state: 'broken',
      because: 'untrusted',
      detail: `its certificate was not accepted: ${spokenError(error)} (${code})`,
      whatToDo: 'check certificate-authority-data and tls-server-name in the kubeconfig, and whether a certificate has expired',
    };
  }
  if (slow.has(code))
    return {
      state: 'broken',
      because: 'timed-out',
      detail: code === 'UND_ERR_BODY_TIMEOUT' ? 'the answer stopped half way' : 'no answer came in time',
    };
  return {
    state: 'broken',
    because: 'unreachable',
    detail: `${spokenError(error)}${code === '' || spokenError(error).includes(code) ? '' : ` (${code})`}`,
  };
}
