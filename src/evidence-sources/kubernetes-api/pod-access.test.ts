import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { BoundedProgram, PodAccess } from '../../ports/pod-access.ts';
import { openCluster } from './open-cluster.ts';
import { kubeconfigFor, testNow } from './testing.ts';
import { type ExecAnswer, type ExecServer, startExecServer } from './testing-exec.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const place = { namespace: 'shop', pod: 'cart-1', container: 'main' };
const program: BoundedProgram = { argv: ['sh', '-s'], input: 'exit 0\n', outputBytes: 1000, totalMilliseconds: 5_000 };
const success = [3, '{"status":"Success"}'] as const;
const failure = (message: string) => [3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message })] as const;

async function accessTo(url: string): Promise<PodAccess> {
  const opened = openCluster({
    clock: { now: () => testNow },
    environment: {},
    kubeconfigPath: kubeconfigFor(url),
    wait: () => Promise.resolve(),
  });
  if (opened.state === 'failed') throw new Error(opened.happened);
  closing.push(() => opened.source.close());
  return opened.openPods();
}

async function run(answer: Parameters<typeof startExecServer>[0], bounds: Partial<BoundedProgram> = {}) {
  const server: ExecServer = await startExecServer(answer);
  closing.push(server.close);
  const outcome = await (await accessTo(server.url)).run(place, { ...program, ...bounds }, new AbortController().signal);
  return { server, outcome };
}

describe('a program in a container', () => {
  test('gets its script on standard input, and what it prints is read to its end', async () => {
    const answer: ExecAnswer = { frames: [[1, 'one '], [2, 'grumble'], [1, 'two'.repeat(100)], success] };
    const { server, outcome } = await run(answer);

    expect(outcome).toEqual({ state: 'ran', output: `one ${'two'.repeat(100)}`, bytes: 304, isCut: false });
    expect([server.inputs, server.paths]).toEqual([
      ['exit 0\n'],
      ['/api/v1/namespaces/shop/pods/cart-1/exec?container=main&stdin=true&stdout=true&stderr=true&tty=false&command=sh&command=-s'],
    ]);
  });

  test('that prints too much is left behind', async () => {
    expect((await run({ frames: [[1, 'x'.repeat(5000)]], hangs: true })).outcome).toEqual({
      state: 'ran',
      output: 'x'.repeat(1000),
      bytes: 5000,
      isCut: true,
    });
  });

  test('that does not end is left behind, with what it printed', async () => {
    expect((await run({ frames: [[1, 'half']], hangs: true }, { totalMilliseconds: 50 })).outcome).toEqual({
      state: 'ran',
      output: 'half',
      bytes: 4,
      isCut: true,
    });
    expect((await run({ frames: [], hangs: true }, { totalMilliseconds: 50 })).outcome).toMatchObject({
      state: 'failed',
      because: 'timed-out',
    });
  });

  test('whose connection breaks off has said only a part', async () => {
    expect((await run({ frames: [[1, 'half']] })).outcome).toEqual({ state: 'ran', output: 'half', bytes: 4, isCut: true });
  });

  test.each([
    [
      'a container without a shell',
      {
        frames: [
          failure('rpc error: OCI runtime exec failed: unable to start container process: exec: "sh": executable file not found in $PATH'),
        ],
      },
      'unsupported',
      'has nothing to run it with (exec: "sh": executable file not found in $PATH)',
    ],
    [
      'a container that is gone',
      { frames: [failure('unable to upgrade connection: container not found ("main")')] },
      'unreachable',
      ': unable to upgrade connection: container not found ("main")',
    ],
    [
      'a refusal',
      { refusal: 403, message: 'pods "cart-1" is forbidden' },
      'forbidden',
      ': the server answered 403: pods "cart-1" is forbidden',
    ],
    [
      'a pod that is gone',
      { refusal: 404, message: 'pods "cart-1" not found' },
      'unsupported',
      ': the server answered 404: pods "cart-1" not found',
    ],
    [
      'a proxy that knows no WebSockets',
      { refusal: 400, message: 'Upgrade request required' },
      'unsupported',
      ': the way to the API server does not let WebSockets through (the server answered 400: Upgrade request required)',
    ],
  ] as const)('%s is told as such', async (_what, answer, because, detail) => {
    expect((await run(answer)).outcome).toEqual({
      state: 'failed',
      because,
      detail: expect.stringContaining(`container main of pod shop/cart-1${detail.startsWith(':') ? '' : ' '}${detail}`),
    });
  });

  test('on a server that is not there', async () => {
    expect(await (await accessTo('http://127.0.0.1:1')).run(place, program, new AbortController().signal)).toMatchObject({
      state: 'failed',
      because: 'unreachable',
    });
  });
});

interface Changed {
  readonly request: string;
  readonly body: unknown;
}

/** Answers every request with the same status and pod, and keeps what it was told to do. */
async function startPodServer(statuses: readonly number[]): Promise<{ readonly url: string; readonly changes: Changed[] }> {
  const changes: Changed[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (part: Buffer) => void (body += part.toString()));
    request.on('end', () => {
      const status = statuses[Math.min(changes.length, statuses.length - 1)] ?? 200;
      changes.push({ request: `${request.method ?? ''} ${request.url ?? ''}`, body: body === '' ? undefined : JSON.parse(body) });
      const pod = { kind: 'Pod', metadata: { name: 'x', namespace: 'night' }, status: { phase: 'Pending' } };
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(
          JSON.stringify(
            status < 300 ? (request.url?.includes('labelSelector') === true ? { items: [pod] } : pod) : { message: `no ${status}` },
          ),
        );
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closing.push(
    () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(done);
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, changes };
}

describe('pods of our own', () => {
  const manifest = { metadata: { name: 'x', namespace: 'night' } };
  const signal = new AbortController().signal;

  test('are created, looked at and deleted at once', async () => {
    const { url, changes } = await startPodServer([201, 200, 200]);
    const access = await accessTo(url);
    const answers = [
      await access.create(manifest, signal),
      await access.look('night', 'x', signal),
      await access.remove('night', 'x', signal),
    ];

    expect(answers.map((answer) => answer.state)).toEqual(['answered', 'answered', 'answered']);
    expect(changes).toEqual([
      { request: 'POST /api/v1/namespaces/night/pods', body: manifest },
      { request: 'GET /api/v1/namespaces/night/pods/x', body: undefined },
      { request: 'DELETE /api/v1/namespaces/night/pods/x', body: { gracePeriodSeconds: 0 } },
    ]);
  });

  test('that exist already are those of a first attempt whose answer was lost', async () => {
    const { url, changes } = await startPodServer([503, 409, 200]);
    expect(await (await accessTo(url)).create(manifest, signal)).toMatchObject({ state: 'answered' });
    expect(changes.map((change) => change.request.split(' ')[0])).toEqual(['POST', 'POST', 'GET']);
  });

  test('that are gone need no deleting', async () => {
    expect(await (await accessTo((await startPodServer([404])).url)).remove('night', 'x', signal)).toEqual({
      state: 'answered',
      value: undefined,
    });
  });

  test('are looked for in one namespace where not in all', async () => {
    const { url, changes } = await startPodServer([403, 200]);
    const listed = await (await accessTo(url)).listLabelled('a=b', 'night', signal);

    expect(listed.state === 'answered' ? listed.value.map((pod) => pod.metadata.name) : listed).toEqual(['x']);
    expect(changes.map((change) => change.request)).toEqual([
      'GET /api/v1/pods?labelSelector=a%3Db',
      'GET /api/v1/namespaces/night/pods?labelSelector=a%3Db',
    ]);
  });

  test('that may not be created are told as such', async () => {
    expect(await (await accessTo((await startPodServer([403])).url)).create(manifest, signal)).toEqual({
      state: 'failed',
      because: 'forbidden',
      detail: 'the server answered 403: no 403',
      isMissing: false,
    });
  });
});
