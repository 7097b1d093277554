import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestCluster } from '../../engine/act/testing-cluster.ts';

/** A request, before it is answered. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  /** True: it would really change something. */
  readonly isWrite: boolean;
}

/** How the server answers in place of the cluster. */
export interface Said {
  readonly status: number;
  readonly body: unknown;
}

export interface ServedCluster {
  readonly kubeconfigPath: string;
  readonly close: () => Promise<void>;
}

/**
 * A test cluster behind HTTP on loopback, for the real program. Its time is that of the machine. `before` is awaited before a
 * request is answered, and may answer it itself.
 */
export async function serveCluster(
  cluster: TestCluster,
  { folder, before }: { readonly folder: string; readonly before: (incoming: Incoming) => Promise<Said | undefined> },
): Promise<ServedCluster> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    const { method = 'GET', url: path = '/' } = request;
    const isWrite = method !== 'GET' && !/dryRun/.test(path + text);
    const said = (await before({ method, path, isWrite })) ?? answer(cluster, { method, path, text });
    response.writeHead(said.status, { 'content-type': 'application/json' });
    response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfigPath: writeKubeconfig(folder, `http://127.0.0.1:${port}`),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function answer(cluster: TestCluster, asked: { readonly method: string; readonly path: string; readonly text: string }): Said {
  cluster.advance(Math.max(0, Date.now() - cluster.now));
  const { pathname } = new URL(asked.path, 'http://cluster');
  if (pathname === '/version') return { status: 200, body: { gitVersion: 'v1.34.1' } };
  if (pathname.endsWith('/log')) return { status: 200, body: '' };
  const list = asked.method === 'GET' ? listAt(cluster, pathname) : undefined;
  if (list !== undefined) return { status: 200, body: { kind: 'List', metadata: {}, items: list } };
  const { method, path, text } = asked;
  const answered = cluster.answer({ method: method as 'GET', path, ...(text === '' ? {} : { body: JSON.parse(text) as object }) });
  if (answered.state === 'answered') return { status: 200, body: answered.value };
  if (answered.state === 'no-answer') throw new Error(answered.detail);
  const { status, reason, message, causes } = answered;
  return { status, body: { kind: 'Status', status: 'Failure', code: status, reason, message, details: { causes } } };
}

/** Undefined: the path is that of one object. */
function listAt(cluster: TestCluster, path: string): readonly unknown[] | undefined {
  const resource = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?([a-z]+)$/.exec(path)?.[1];
  switch (resource) {
    case undefined:
      return undefined;
    case 'pods':
    case 'nodes':
    case 'replicasets':
    case 'deployments':
      return cluster.list(resource);
    case 'namespaces':
      return [{ metadata: { name: 'shop', uid: 'uid-shop' } }];
    default:
      return [];
  }
}

function writeKubeconfig(folder: string, server: string): string {
  const path = join(mkdtempSync(join(folder, 'cluster-')), 'config');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'ada', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'ada' } }],
    'current-context': 'test',
  };
  writeFileSync(path, JSON.stringify(kubeconfig));
  return path;
}
