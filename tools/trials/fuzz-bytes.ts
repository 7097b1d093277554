import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { ask, type FuzzServer } from './fuzz-server.ts';
import { alertmanagerSecret } from './server-scene.ts';

/** Long enough for an answer of a server that means to give one; what is no whole request gets none. */
const listenMilliseconds = 300;
const megabyte = 1_000_000;

/** Well-formed requests, in bytes. */
function requestsTo({ incident, tokens }: FuzzServer): readonly string[] {
  const token = `authorization: Bearer ${tokens.administer[0] ?? ''}\r\n`;
  const json = 'content-type: application/json\r\n';
  return [
    'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
    `GET /api/v1/incidents/${incident} HTTP/1.1\r\nhost: x\r\n${token}\r\n`,
    `POST /api/v1/incidents/${incident}/notes HTTP/1.1\r\nhost: x\r\n${token}${json}content-length: 12\r\n\r\n{"text":"x"}`,
    `POST /mcp HTTP/1.1\r\nhost: x\r\n${token}${json}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    `POST /webhooks/alertmanager HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${alertmanagerSecret}\r\n${json}content-length: 13\r\nexpect: 100-continue\r\n\r\n{"alerts":[]}`,
    'GET /api/v1/session HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  ];
}

interface Edit {
  readonly at: number;
  readonly how: 'drop' | 'repeat' | 'insert' | 'cut';
  readonly bytes: string;
}

function edited(text: string, { at, how, bytes }: Edit): string {
  const place = text.length === 0 ? 0 : at % text.length;
  switch (how) {
    case 'drop':
      return text.slice(0, place) + text.slice(place + bytes.length + 1);
    case 'repeat':
      return text.slice(0, place) + text.slice(place, place + 40).repeat(bytes.length + 1) + text.slice(place);
    case 'insert':
      return text.slice(0, place) + bytes + text.slice(place);
    case 'cut':
      return text.slice(0, place);
  }
}

/** What is no HTTP, or nearly: refused or let go, and never a fault of the server's. */
export function malformedBytes(server: FuzzServer): fc.IAsyncProperty<unknown> {
  const edits = fc.array(
    fc.record({
      at: fc.nat(2000),
      how: fc.constantFrom('drop', 'repeat', 'insert', 'cut'),
      bytes: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.constantFrom('\r\n', '\0', ':', ' ', '%', '\r', 'ffffffffffffffff\r\n'),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  );
  return fc.asyncProperty(fc.constantFrom(...requestsTo(server)), edits, async (request, all) => {
    const told = await exchange(server, all.reduce<string>(edited, request));
    // 505: what it was given is no version of HTTP that there is.
    return !/^HTTP\/1\.1 5(?!05)/m.test(told);
  });
}

/** What was answered until the server hung up, or fell silent. */
function exchange({ process }: FuzzServer, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = open(process.address);
    let told = '';
    const finish = (): void => {
      socket.destroy();
      resolve(told);
    };
    socket.setTimeout(listenMilliseconds, finish);
    socket.on('data', (chunk) => {
      told += chunk.toString('latin1');
      // Whoever has an answer need not wait for more.
      if (told.includes('\r\n\r\n')) finish();
    });
    socket.on('close', finish);
    socket.write(bytes, 'latin1');
  });
}

function open(address: string): Socket {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => socket.destroy());
  return socket;
}

const sizes = ['/api/v1/incidents', '/webhooks/alertmanager', '/mcp', '/api/v1/session', '/api/v1/investigations'] as const;

/** Bodies beyond the limit, with their length told or in pieces without end: refused, and not read to their end. */
export function oversized({ process, tokens }: FuzzServer): fc.IAsyncProperty<unknown> {
  const given = fc.record({ path: fc.constantFrom(...sizes), isInPieces: fc.boolean(), megabytes: fc.integer({ min: 80, max: 120 }) });
  return fc.asyncProperty(given, async ({ path, isInPieces, megabytes }) => {
    const secret = path.startsWith('/webhooks') ? alertmanagerSecret : (tokens.administer[1] ?? '');
    const length = isInPieces ? 'transfer-encoding: chunked' : `content-length: ${megabytes * megabyte}`;
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secret}\r\ncontent-type: application/json\r\n${length}\r\n\r\n`;
    const piece = 'x'.repeat(megabyte);
    const chunk = isInPieces ? `${megabyte.toString(16)}\r\n${piece}\r\n` : piece;
    const { told, sent } = await pour(open(process.address), { head, chunk, times: megabytes });
    // What lies in buffers on the way was sent, and not read.
    if (!told.startsWith('HTTP/1.1 413 ') && (told !== '' || sent >= megabytes)) throw new Error(`${sent} megabytes were taken: ${told}`);
  });
}

interface Poured {
  readonly head: string;
  readonly chunk: string;
  readonly times: number;
}

/** Sends for as long as somebody takes it. */
function pour(socket: Socket, { head, chunk, times }: Poured): Promise<{ readonly told: string; readonly sent: number }> {
  return new Promise((resolve) => {
    let told = '';
    let sent = 0;
    socket.on('data', (bytes) => void (told += bytes.toString('latin1')));
    socket.on('close', () => resolve({ told, sent }));
    socket.setTimeout(20_000, () => socket.destroy());
    const more = (): void => {
      if (socket.destroyed || sent >= times) return;
      socket.write(chunk, 'latin1', (problem) => {
        // A write that failed is told of before its connection is known to be gone.
        if (problem !== null && problem !== undefined) return;
        sent += 1;
        more();
      });
    };
    socket.write(head, 'latin1', more);
  });
}

const slowOnes = 40;
/** Half a minute for a whole request, and the time until slow ones are looked for. */
const letGoMilliseconds = 60_000;

/** Requests that come byte by byte, and readers that read nothing: they are let go, and nobody waits because of them meanwhile. */
export async function slowPeers(server: FuzzServer): Promise<void> {
  const { process } = server;
  const begun = [
    'GET / HTTP/1.1\r\nhost: x\r\nx-slow: ',
    `POST /webhooks/alertmanager HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${alertmanagerSecret}\r\ncontent-length: 1000\r\n\r\n{`,
    '',
  ];
  const dribbling = Array.from({ length: slowOnes }, (_, index) => dribble(open(process.address), begun[index % begun.length] ?? ''));
  const deaf = Array.from({ length: slowOnes }, () => {
    const socket = open(process.address).pause();
    socket.write('GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(500));
    return socket;
  });
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const answer = await ask(`${process.address}/healthz`);
      if (answer?.status !== 200) throw new Error(`beside slow peers /healthz answered ${answer?.status ?? 'nothing'}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  const lasting = Promise.all(dribbling).finally(() => {
    isOver = true;
  });
  const [lasted] = await Promise.all([lasting, asking]);
  deaf.forEach((socket) => socket.destroy());
  const longest = Math.max(...lasted);
  if (longest > letGoMilliseconds) throw new Error(`a slow peer was kept for ${longest} ms`);
}

/** How long it was kept, in milliseconds. */
function dribble(socket: Socket, begun: string): Promise<number> {
  const startedAt = Date.now();
  socket.write(begun, 'latin1');
  const dripping = setInterval(() => socket.write(begun === '' ? '' : 'x'), 1000);
  const limit = setTimeout(() => socket.destroy(), letGoMilliseconds + 5000);
  socket.resume();
  return new Promise((resolve) =>
    socket.on('close', () => {
      clearInterval(dripping);
      clearTimeout(limit);
      resolve(Date.now() - startedAt);
    }),
  );
}
