import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import { apiServerUrl, desk, kubeconfigPath } from '../layout.ts';

/** A request that would really change something: no dry run. */
export interface Write {
  /** Counted from 1 since `watch`. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface LoggedWrite extends Write {
  /** What the server answered. Absent: it was never asked. */
  status?: number;
}

/** What the client gets in place of the server's answer. */
export type Instead = 'cut' | { readonly status: number; readonly reason: string; readonly retryAfterSeconds?: number };

/** Called at the moments of a write. What is returned is done instead; undefined: it goes on. */
export interface Moments {
  /** The server knows nothing of it. */
  readonly before?: (write: Write) => Promise<Instead | undefined>;
  /** The server has done it, the client knows nothing. */
  readonly unanswered?: (write: Write) => Promise<Instead | undefined>;
  /** Before any request is looked at, also one that only reads. */
  readonly refused?: () => Instead | undefined;
  /** The client has the whole answer. */
  readonly answered?: (write: Write) => void;
}

/** Stands between Stanch and the API server, as the administrator, and counts every write. */
export interface WriteProxy {
  /** Leads clients here. */
  readonly kubeconfigPath: string;
  /** Begins to count anew, and does this from now on. */
  readonly watch: (moments?: Moments) => void;
  readonly writes: () => readonly LoggedWrite[];
  readonly close: () => Promise<void>;
}

interface Upstream {
  readonly agent: Agent;
  readonly sockets: Set<Socket>;
  moments: Moments;
  log: LoggedWrite[];
}

/** Must run on the desk's network. `directory`: where the kubeconfig is written. */
export async function openWriteProxy(directory: string): Promise<WriteProxy> {
  const credentials = await administrator();
  const upstream: Upstream = {
    agent: new Agent({ ...credentials, keepAlive: true, maxSockets: 64 }),
    sockets: new Set(),
    moments: {},
    log: [],
  };
  const server = createServer((incoming, outgoing) => void serve(upstream, incoming, outgoing).catch(() => outgoing.destroy()));
  server.on('connection', (socket) => {
    upstream.sockets.add(socket);
    socket.once('close', () => upstream.sockets.delete(socket));
  });
  const path = `${directory}/proxied-kubeconfig`;
  await writeFile(path, JSON.stringify(kubeconfigFor(await listen(server))));
  return {
    kubeconfigPath: path,
    watch: (moments = {}) => {
      upstream.moments = moments;
      upstream.log = [];
    },
    writes: () => upstream.log,
    close: async () => {
      for (const socket of upstream.sockets) socket.destroy();
      upstream.agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, desk.address, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy listens, and does not say on which port.');
  return address.port;
}

function kubeconfigFor(port: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: `http://${desk.address}:${port}` } }],
    users: [{ name: 'admin', user: {} }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'admin' } }],
    'current-context': 'lab',
  };
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly [field: string]: string } }];
  readonly users: readonly [{ readonly user: { readonly [field: string]: string } }];
}

async function administrator(): Promise<{ readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer }> {
  const { clusters, users } = JSON.parse(await readFile(kubeconfigPath, 'utf8')) as Kubeconfig;
  const decoded = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
  const [{ cluster }, { user }] = [clusters[0], users[0]];
  return {
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  };
}

async function serve(upstream: Upstream, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await bodyOf(incoming);
  const { method = 'GET', url: path = '/' } = incoming;
  const refused = upstream.moments.refused?.();
  if (refused !== undefined) return answerInstead(outgoing, refused);
  if (!wouldWrite(method, path, body)) {
    const answer = await ask(upstream, incoming, body);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
    return;
  }
  const { moments, log } = upstream;
  const write: LoggedWrite = { number: log.length + 1, method, path, body: body.toString() };
  log.push(write);
  const early = await moments.before?.(write);
  if (early !== undefined) return answerInstead(outgoing, early);
  const answer = await ask(upstream, incoming, body);
  const text = await bodyOf(answer);
  write.status = answer.statusCode ?? 502;
  const late = await moments.unanswered?.(write);
  if (late !== undefined) return answerInstead(outgoing, late);
  outgoing.writeHead(write.status, withoutLength(answer.headers));
  outgoing.end(text, () => moments.answered?.(write));
}

function wouldWrite(method: string, path: string, body: Buffer): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method) && !path.includes('dryRun=') && !body.includes('"dryRun"') && !isQuestion(path);
}

/** Reviews are asked with POST, and change nothing. */
function isQuestion(path: string): boolean {
  return /\/(self)?subject(access|rules)reviews/.test(path);
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function ask({ agent }: Upstream, { method, url = '/', headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { host: _host, connection: _connection, ...kept } = headers;
    request(`${apiServerUrl}${url}`, { agent, method, headers: { ...kept, 'content-length': body.length } })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
}

function withoutLength({
  'content-length': _length,
  'transfer-encoding': _encoding,
  ...headers
}: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers;
}

function answerInstead(outgoing: ServerResponse, instead: Instead): void {
  if (instead === 'cut') {
    outgoing.destroy();
    return;
  }
  const { status, reason, retryAfterSeconds } = instead;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(
    JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message: `${reason} (made by the lab)`, code: status }),
  );
}
