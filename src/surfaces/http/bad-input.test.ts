import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { badBodies, badPaths, badTypes } from './testing-bad-input.ts';
import { incidentId, startTestingHttp, type TestingHttp, tokens, webhookSecrets } from './testing-http.ts';

let http: TestingHttp;
beforeAll(async () => {
  http = await startTestingHttp({
    limits: {
      perAddress: 1e9,
      perToken: 1e9,
      webhooksPerAddress: 1e9,
      failedSignIns: 1e9,
      headersMilliseconds: 200,
      requestMilliseconds: 400,
      checkEveryMilliseconds: 50,
    },
  });
});
afterAll(() => http.stop());

/** Bytes as they are, so that what a well-behaved client would never send is sent. Gives back what was answered until the server hung up. */
function raw({ address }: TestingHttp, ...parts: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => void (answer += chunk.toString('latin1')));
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
    for (const part of parts) socket.write(part, 'latin1');
  });
}

const authorisations = [tokens.administer, tokens.view, webhookSecrets.alertmanager, webhookSecrets.page, 'hunter2', ''];

test('no request of whatever form crashes the server or is its fault', async () => {
  const given = fc.record({
    path: fc.oneof(
      fc.constantFrom(...badPaths(incidentId)),
      fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`)),
    ),
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'),
    body: fc.oneof(fc.constantFrom(...badBodies), fc.json(), fc.string({ unit: 'binary', maxLength: 200 })),
    type: fc.constantFrom(...badTypes),
    token: fc.constantFrom(...authorisations),
    query: fc.oneof(
      fc.constant(''),
      fc.webQueryParameters().map((query) => `?${query}`),
    ),
  });
  await fc.assert(
    fc.asyncProperty(given, async ({ path, method, body, type, token, query }) => {
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const answered = await fetch(`${http.address}${path}${path.includes('?') ? '' : query}`, {
        method,
        headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...(type === '' ? {} : { 'content-type': type }) },
        ...(hasBody ? { body: Buffer.from(body) } : {}),
        signal: AbortSignal.timeout(20_000),
      }).catch((error: unknown) => error);
      if (!(answered instanceof Response)) return;
      await answered.body?.cancel();
      expect([method, path, answered.status, answered.status < 500]).toEqual([method, path, answered.status, true]);
    }),
    { numRuns: Number(process.env['STANCH_FUZZ_RUNS'] ?? 400) },
  );
  expect(http.logged.filter(({ level }) => level === 'error')).toEqual([]);
  expect((await http.ask('/healthz')).status).toBe(200);
}, 600_000);

test('a body that is too large is not read to its end', async () => {
  for (const path of ['/api/v1/incidents', '/webhooks/alertmanager', '/webhooks/page', '/mcp']) {
    const token = path.includes('alertmanager')
      ? webhookSecrets.alertmanager
      : path.includes('page')
        ? webhookSecrets.page
        : tokens.administer;
    const answer = await raw(
      http,
      `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  }
});

test.each([
  ['headers that do not end', 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: '],
  [
    'a body that does not come',
    `POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
  ],
])('whoever is slow with %s is let go', async (_what, begun) => {
  expect(await raw(http, begun)).toMatch(/^(HTTP\/1\.1 4(08|00) |$)/);
});

test('a connection on which nothing comes or goes for long is let go', async () => {
  const impatient = await startTestingHttp({ limits: { silenceMilliseconds: 200 } });
  const body = '{"page":"cart is slow"}';
  const head = `POST /api/v1/investigations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokens.operate}\r\ncontent-type: application/json`;
  expect(await raw(impatient, `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`)).toBe('');
  await impatient.stop();
});

test('of hundreds of requests in one piece only the first few are taken', async () => {
  const before = (await http.ask('/metrics', { token: tokens.view })).text;
  const answer = await raw(http, 'GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(500));
  expect(answer.split('HTTP/1.1 200').length - 1).toBeLessThanOrEqual(4);
  const [asked = 0, askedBefore = 0] = [(await http.ask('/metrics', { token: tokens.view })).text, before].map(openApiRequests);
  expect(asked - askedBefore).toBeLessThan(10);
  expect(http.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

/** How often the description was asked for, as the server counts. */
function openApiRequests(metrics: string): number {
  return Number(
    /^stanch_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/openapi.json",.*\} (\d+)$/m.exec(metrics)?.[1] ?? 0,
  );
}

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'],
  ['a length and pieces', 'POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['very many headers', `GET / HTTP/1.1\r\nhost: x\r\n${'x: y\r\n'.repeat(20_000)}\r\n`],
  ['a path out of the folder', 'GET /../../../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
])('%s is refused', async (_what, bytes) => {
  const answer = await raw(http, bytes);

  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
  expect(answer).not.toContain('root:');
  expect((await http.ask('/healthz')).status).toBe(200);
});
