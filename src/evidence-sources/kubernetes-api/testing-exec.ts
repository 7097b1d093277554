import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a container does with the program that it is given: frames by channel, then the end. */
export interface ExecAnswer {
  readonly frames: readonly (readonly [channel: number, content: string])[];
  /** True: the connection stays open. */
  readonly hangs?: boolean;
}

export interface ExecServer {
  readonly url: string;
  readonly paths: string[];
  readonly inputs: string[];
  readonly close: () => Promise<void>;
}

/** Half of an API server: upgrades requests to exec as a real one does, or refuses them with a Status. */
export async function startExecServer(answer: ExecAnswer | { readonly refusal: number; readonly message: string }): Promise<ExecServer> {
  const [paths, inputs]: [string[], string[]] = [[], []];
  const sockets = new Set<Socket>();
  const refuse = (): { readonly status: number; readonly body: string } => {
    const [code, message] = 'refusal' in answer ? [answer.refusal, answer.message] : [400, 'Upgrade request required'];
    return { status: code, body: JSON.stringify({ kind: 'Status', status: 'Failure', code, message }) };
  };
  const server: Server = createServer((_request, response) => {
    const { status, body } = refuse();
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('upgrade', (request, socket) => {
    if ('refusal' in answer) {
      const { status, body } = refuse();
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    paths.push(request.url ?? '');
    const accepted = createHash('sha1')
      .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accepted}\r\nsec-websocket-protocol: v5.channel.k8s.io\r\n\r\n`,
    );
    socket.once('data', (frame: Buffer) => {
      inputs.push(unmasked(frame));
      for (const [channel, content] of answer.frames) socket.write(binaryFrame(channel, content));
      if (answer.hangs !== true) socket.end(Buffer.from([0x88, 0x02, 0x03, 0xe8]));
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    inputs,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** One unfragmented binary frame of a server, RFC 6455 section 5.2. */
function binaryFrame(channel: number, content: string): Buffer {
  const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(content)]);
  const header =
    payload.length < 126
      ? Buffer.from([0x82, payload.length])
      : Buffer.from([0x82, 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((bits) => (payload.length >>> bits) & 0xff)]);
  return Buffer.concat([header, payload]);
}

/** The content of a client's first frame, without its channel. Frames of clients are masked; these are short. */
function unmasked(frame: Buffer): string {
  const length = (frame[1] ?? 0) & 0x7f;
  const mask = frame.subarray(2, 6);
  return Buffer.from(frame.subarray(6, 6 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
    .subarray(1)
    .toString('utf8');
}
