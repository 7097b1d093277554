import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { incidentId, startTestingHttp, type TestingHttp, tokens } from './testing-http.ts';

let http: TestingHttp;
beforeAll(async () => {
  http = await startTestingHttp({ set: { publicAddress: 'https://stanch.example.com' } });
});
afterAll(() => http.stop());

/** The first answer to these bytes, with the names of its headers in lower case. */
function headOf(bytes: string): Promise<{ readonly status: number; readonly headers: ReadonlyMap<string, string> }> {
  const { hostname, port } = new URL(http.address);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void socket.write(bytes));
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve({ status: 0, headers: new Map() }));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      const [first = '', ...lines] = (text.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
      const headers = new Map(lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*: */, '')]));
      resolve({ status: Number(first.split(' ')[1]), headers });
      socket.destroy();
    });
  });
}

const authorised = `host: x\r\nauthorization: Bearer ${tokens.view}`;

test.each([
  ['the page', 'GET / HTTP/1.1\r\nhost: x', 200],
  ['an answer', `GET /api/v1/incidents HTTP/1.1\r\n${authorised}`, 200],
  ['an address in its absolute form', `GET http://elsewhere/api/v1/incidents HTTP/1.1\r\n${authorised}`, 200],
  ['a stream', `GET /api/v1/incidents/${incidentId}/stream HTTP/1.1\r\n${authorised}`, 200],
  ['a tool that is not asked as one', `GET /mcp HTTP/1.1\r\n${authorised}`, 405],
  ['metrics', `GET /metrics HTTP/1.1\r\n${authorised}`, 200],
  ['a refusal', 'GET /api/v1/incidents HTTP/1.1\r\nhost: x', 401],
  ['nothing', 'GET /x.png HTTP/1.1\r\nhost: x', 404],
  [
    'a body that is no JSON',
    `POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n{`,
    400,
  ],
  ['an address that cannot be read', 'GET /%zz HTTP/1.1\r\nhost: x', 400],
  ['what is no HTTP', 'hello', 400],
  ['two lengths', 'POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked', 400],
  ['headers without an end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}`, 431],
])('%s is answered with all security headers, and is kept nowhere', async (_what, request, status) => {
  const answer = await headOf(`${request}\r\n\r\n`);

  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
  expect(answer.headers.get('cache-control')).toMatch(/^no-(store|cache)/);
});

test('only webhooks that there are go without the limit of their address', async () => {
  const limited = await startTestingHttp({ limits: { perAddress: 2 } });
  const statuses: number[] = [];
  for (const path of ['/webhooks/x', '/webhooks/y', '/webhooks/z', '/healthz']) statuses.push((await limited.ask(path)).status);
  statuses.push((await limited.ask('/webhooks/page', { body: 'x' })).status);
  await limited.stop();

  expect(statuses).toEqual([404, 404, 429, 200, 401]);
});
