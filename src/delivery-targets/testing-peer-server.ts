import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** lost: what was asked is done, and the connection breaks before the answer. silent: there is never an answer. */
export type Given =
  | { readonly status: number; readonly headers?: { readonly [name: string]: string }; readonly body?: unknown }
  | 'lost'
  | 'silent';

export interface Peer {
  readonly address: string;
  readonly asked: readonly Asked[];
  readonly close: () => Promise<void>;
}

/** A real server over loopback that stands for the other side, until it is closed. */
export async function startPeer(answer: (asked: Asked) => Given): Promise<Peer> {
  const asked: Asked[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Uint8Array[] = [];
    incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      asked.push(one);
      const given = answer(one);
      if (given === 'silent') return;
      if (given === 'lost') return void outgoing.destroy();
      const body = typeof given.body === 'string' ? given.body : given.body === undefined ? '' : JSON.stringify(given.body);
      outgoing.writeHead(given.status, { ...given.headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}
