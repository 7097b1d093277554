import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { ClusterAnswer, ClusterRequest } from '../../ports/cluster-requests.ts';
import { openCluster } from './open-cluster.ts';
import { kubeconfigFor, testNow } from './testing.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Heard {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

type Give = { readonly status: number; readonly headers?: { readonly [name: string]: string }; readonly body: string } | 'lost';

async function send(request: ClusterRequest, give: Give): Promise<{ readonly answer: ClusterAnswer; readonly heard: readonly Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (part: string) => (body += part));
    incoming.on('end', () => {
      heard.push({ method: incoming.method, path: incoming.url, contentType: incoming.headers['content-type'], body });
      if (give === 'lost') response.destroy();
      else response.writeHead(give.status, give.headers).end(give.body);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const wait = (): Promise<void> => Promise.resolve();
  const opened = openCluster({ clock: { now: () => testNow }, environment: {}, kubeconfigPath: kubeconfigFor(url), wait });
  if (opened.state === 'failed') throw new Error(opened.happened);
  closing.push(
    () => opened.source.close(),
    () => new Promise((done) => server.close(done)),
  );
  const requests = await opened.openRequests();
  return { answer: await requests.send(request, AbortSignal.timeout(5_000)), heard };
}

const path = '/api/v1/nodes/a?fieldManager=stanch';

test('a patch is sent as a JSON patch, and what the server answers is handed on', async () => {
  const { answer, heard } = await send(
    { method: 'PATCH', path, body: [{ op: 'remove', path: '/spec' }] },
    { status: 200, body: '{"kind":"Node"}' },
  );

  expect(answer).toEqual({ state: 'answered', value: { kind: 'Node' } });
  expect(heard).toEqual([{ method: 'PATCH', path, contentType: 'application/json-patch+json', body: '[{"op":"remove","path":"/spec"}]' }]);
});

test.each(['POST', 'DELETE'] as const)('%s carries its body as JSON', async (method) => {
  const { heard } = await send({ method, path, body: { kind: 'X' } }, { status: 201, body: '{}' });

  expect(heard).toEqual([{ method, path, contentType: 'application/json', body: '{"kind":"X"}' }]);
});

test.each([500, 429, 'lost'] as const)('a write is sent once, also where the answer is: %s', async (how) => {
  const { answer, heard } = await send({ method: 'PATCH', path, body: [] }, how === 'lost' ? how : { status: how, body: '{}' });

  expect([answer.state, heard.length]).toEqual([how === 'lost' ? 'no-answer' : 'refused', 1]);
});

test('reading is tried again', async () => {
  const { answer, heard } = await send({ method: 'GET', path }, { status: 500, body: '{}' });

  expect([answer.state, heard.map(({ method, body }) => [method, body])]).toEqual([
    'refused',
    [
      ['GET', ''],
      ['GET', ''],
    ],
  ]);
});

test('a refusal comes with its reason, its causes and the time to wait', async () => {
  const body = {
    reason: 'TooManyRequests',
    message: 'Cannot evict\npod',
    details: { causes: [{ reason: 'DisruptionBudget', message: 'needs 3' }, { field: 'x' }], retryAfterSeconds: 10 },
  };
  const given = async (headers: { readonly [name: string]: string }): Promise<ClusterAnswer> =>
    (await send({ method: 'POST', path, body: {} }, { status: 429, headers, body: JSON.stringify(body) })).answer;
  const expected = {
    state: 'refused',
    status: 429,
    reason: 'TooManyRequests',
    message: 'the server answered 429: Cannot evict pod',
    causes: [
      { reason: 'DisruptionBudget', message: 'needs 3' },
      { reason: undefined, message: '' },
    ],
  };

  expect(await given({})).toEqual({ ...expected, retryAfterSeconds: 10 });
  expect(await given({ 'retry-after': '3' })).toEqual({ ...expected, retryAfterSeconds: 3 });
});

test('what is no API server refuses without a reason', async () => {
  const { answer } = await send({ method: 'GET', path }, { status: 404, body: '<h1>No such</h1> page' });

  expect(answer).toEqual({
    state: 'refused',
    status: 404,
    reason: undefined,
    message: 'the server answered 404: No such page',
    causes: [],
    retryAfterSeconds: undefined,
  });
});

test('a write whose answer is no JSON has no answer', async () => {
  expect((await send({ method: 'PATCH', path, body: [] }, { status: 200, body: 'fine' })).answer).toMatchObject({
    state: 'no-answer',
    because: 'malformed',
  });
});
