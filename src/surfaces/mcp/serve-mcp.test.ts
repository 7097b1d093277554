import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operations } from '../../engine/operations/index.generated.ts';
import { incidentId, startTestingHttp, type TestingHttp, tokens } from '../http/testing-http.ts';

const main = fileURLToPath(new URL('../command-line/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stanch-mcp-'));
let http: TestingHttp;
beforeAll(async () => {
  http = await startTestingHttp();
});
afterAll(async () => {
  await http.stop();
  rmSync(folder, { recursive: true });
});

/** The real program as an assistant starts it, in front of a real server. */
async function connect(token: string, address = http.address): Promise<Client> {
  const file = join(folder, 'token');
  writeFileSync(file, `${token}\n`);
  const client = new Client({ name: 'test', version: '1' });
  const args = ['--disable-warning=ExperimentalWarning', main, 'mcp', '--server', address, '--token-file', file];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  return client;
}

test('over standard input and output it offers the same tools, which say what the server says', async () => {
  const client = await connect(tokens.operate);
  const { tools } = await client.listTools();
  const listed = await client.callTool({ name: 'list-incidents', arguments: { which: 'all', limit: 5 } });
  const evidence = await client.callTool({
    name: 'read-evidence',
    arguments: { incident: incidentId, ids: ['node/node-worker-3/iptables-services', 'nothing'] },
  });
  const heard: string[] = [];
  const asking = client.callTool(
    { name: 'investigate', arguments: { page: 'checkout is slow' } },
    { onprogress: ({ message }) => void heard.push(message ?? '') },
  );
  while (heard.length === 0) await http.ask('/healthz');
  http.incidents.assign('page-1', incidentId);
  http.passTime();
  const answer = await asking;
  await client.close();

  expect(tools.map(({ name }) => name).toSorted()).toEqual(operations.flatMap(({ name, isTool }) => (isTool ? [name] : [])).toSorted());
  expect(JSON.stringify(listed.content)).toContain(incidentId);
  expect(JSON.stringify(evidence.content)).toContain('\\"unknown\\"');
  expect([heard, JSON.stringify(answer.content)]).toEqual([
    ['waiting for a worker'],
    expect.stringContaining('kube-proxy-rules-incomplete'),
  ]);
}, 60_000);

test('what the server refuses, and a server that does not answer, are told', async () => {
  const refused = await connect(`stanch_${'z'.repeat(43)}`);
  const answer = await refused.callTool({ name: 'list-incidents', arguments: {} });
  await refused.close();
  // Port 9 is "discard", which nothing listens to.
  const alone = await connect(tokens.view, 'http://127.0.0.1:9');
  const silence = await alone.callTool({ name: 'list-incidents', arguments: {} });
  await alone.close();

  expect([answer.isError, JSON.stringify(answer.content)]).toEqual([true, expect.stringContaining('the secret is not valid')]);
  expect([silence.isError, JSON.stringify(silence.content)]).toEqual([true, expect.stringContaining('it did not answer')]);
}, 60_000);
