import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EvidenceKind, Reading } from '../../domain/evidence.ts';
import type { EvidenceRequest, EvidenceSource } from '../../ports/evidence-source.ts';
import { type ClusterLimits, usualLimits } from './limits.ts';
import { metadataOnly } from './metadata-only.ts';
import { type ClusterToOpen, openCluster } from './open-cluster.ts';

export interface Asked {
  /** Path without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** How often this very path and query was asked for before. */
  readonly before: number;
}

export type Given =
  | { readonly status?: number; readonly headers?: { readonly [name: string]: string }; readonly body: unknown }
  /** Half of the body, then the connection is gone. */
  | { readonly breaksOff: string }
  /** Nothing, or half of a body, and then silence. */
  | { readonly hangs: 'before' | 'half way' };

export interface ApiServer {
  readonly url: string;
  /** Path and query of everything that was asked, in order. */
  readonly asked: readonly string[];
  /** What no client may do: writing, asking for whole Secrets, pinning a resourceVersion. */
  readonly violations: readonly string[];
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export interface ApiServerSetting {
  readonly routes: { readonly [path: string]: (asked: Asked) => Given };
  /** Absent: anybody may ask. */
  readonly isAllowed?: (request: IncomingMessage) => boolean;
  /** Absent: plain HTTP. */
  readonly tls?: ServerOptions;
}

/** An API server as strict as a real one, on loopback. What it has no route for, it does not have. */
export async function startApiServer({ routes, isAllowed = () => true, tls }: ApiServerSetting): Promise<ApiServer> {
  const asked: string[] = [];
  const violations: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://server');
    const whole = url.pathname + url.search;
    const before = asked.filter((each) => each === whole).length;
    asked.push(whole);
    if (request.method !== 'GET') violations.push(`${request.method} ${whole}`);
    if (url.searchParams.has('resourceVersion')) violations.push(`resourceVersion in ${whole}`);
    if (/\/(secrets|configmaps)$/.test(url.pathname) && request.headers.accept !== metadataOnly)
      violations.push(`whole objects of ${whole}`);
    const route = url.pathname === '/version' ? (routes[url.pathname] ?? version) : routes[url.pathname];
    if (!isAllowed(request)) give(response, status(401, 'Unauthorized'));
    else if (route === undefined) give(response, status(404, 'the server could not find the requested resource'));
    else give(response, route({ path: url.pathname, query: url.searchParams, headers: request.headers, before }), request);
  };
  const server: Server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    violations,
    connections: () => connections,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

const version = (): Given => ({ body: { gitVersion: 'v1.34.1' } });

function give(response: ServerResponse, given: Given, request?: IncomingMessage): void {
  if ('hangs' in given) {
    if (given.hangs === 'half way')
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"items":[');
    return;
  }
  if ('breaksOff' in given) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(given.breaksOff.length * 2) });
    response.write(given.breaksOff, () => response.destroy());
    return;
  }
  const body = Buffer.from(typeof given.body === 'string' ? given.body : JSON.stringify(given.body));
  const isZipped = /gzip/.test(request?.headers['accept-encoding'] ?? '');
  const sent = isZipped ? gzipSync(body) : body;
  response.writeHead(given.status ?? 200, {
    'content-type': 'application/json',
    ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
    'content-length': String(sent.length),
    ...given.headers,
  });
  response.end(sent);
}

/** How the API server says no. */
export function status(code: number, message: string, headers: { readonly [name: string]: string } = {}): Given {
  return { status: code, headers, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message } };
}

export function forbidden(resource: string): Given {
  return status(403, `${resource} is forbidden: User "jane" cannot list resource "${resource}"`);
}

/** A list in pages of as many as were asked for. */
export function listOf(objects: readonly unknown[], kind = 'List'): (asked: Asked) => Given {
  return ({ query }) => {
    const start = Number(query.get('continue') ?? 0);
    const end = start + Number(query.get('limit') ?? objects.length);
    const rest = Math.max(0, objects.length - end);
    return {
      body: {
        kind,
        metadata: { resourceVersion: '7', ...(rest > 0 ? { continue: String(end), remainingItemCount: rest } : {}) },
        items: objects.slice(start, end),
      },
    };
  };
}

export function podsNamed(...names: readonly string[]): readonly unknown[] {
  return names.map((name) => ({ metadata: { name, namespace: 'shop', uid: `uid-${name}` } }));
}

export interface KubeconfigParts {
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

/** A kubeconfig with one context, "night", in a directory of its own. The system clears its directory of temporary files. */
export function kubeconfigFor(server: string, { cluster, user, context }: KubeconfigParts = {}): string {
  const path = join(temporaryFolder(), 'config');
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'night',
      clusters: [{ name: 'shop-cluster', cluster: { server, ...cluster } }],
      users: [{ name: 'jane', user: { ...user } }],
      contexts: [{ name: 'night', context: { cluster: 'shop-cluster', user: 'jane', ...context } }],
    }),
  );
  return path;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'stanch-kubernetes-'));
}

export interface Opened {
  readonly source: EvidenceSource;
  /** The pauses that were asked for, in milliseconds. None is spent. */
  readonly pauses: readonly number[];
  readonly read: <Kind extends EvidenceKind>(kind: Kind, more?: Partial<EvidenceRequest<Kind>>) => Promise<Reading<Kind>>;
}

export const testNow = Date.parse('2026-03-01T10:00:00Z');

/** A longer silence than this is a failed test, not a slow one. */
const testBudgetMilliseconds = 5_000;

/** Opens a cluster without looking at this machine and without spending any pause. */
export function openForTest(wanted: Partial<ClusterToOpen>, limits: Partial<ClusterLimits> = {}): Promise<Opened> {
  const pauses: number[] = [];
  const wait = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  const opened = openCluster({
    clock: { now: () => testNow },
    environment: {},
    wait,
    ...wanted,
    limits: { ...usualLimits, ...limits },
  });
  if (opened.state === 'failed') return Promise.reject(new Error(`${opened.attempted}: ${opened.happened}`));
  const { source } = opened;
  return Promise.resolve({
    source,
    pauses,
    read: (kind, more) =>
      source.read(
        { kind, namespaces: [], from: testNow, until: testNow, why: 'test', ...more },
        AbortSignal.timeout(testBudgetMilliseconds),
      ),
  });
}
