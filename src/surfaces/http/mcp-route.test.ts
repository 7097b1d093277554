import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { operations } from '../../engine/operations/index.generated.ts';
import { exampleNight } from '../../writing/example-night.ts';
import { incidentId, startTestingHttp, type TestingHttp, tokens } from './testing-http.ts';

let http: TestingHttp;
beforeEach(async () => {
  http = await startTestingHttp();
});
afterEach(() => http.stop());

async function connect(token: string = tokens.operate): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${http.address}/mcp`), { requestInit }));
  return client;
}

interface Said {
  readonly isError: boolean;
  readonly text: string;
}

async function call(client: Client, name: string, input: { readonly [field: string]: unknown }): Promise<Said> {
  const answer = await client.callTool({ name, arguments: input });
  const [first] = answer.content as readonly { readonly text?: string }[];
  return { isError: answer.isError === true, text: first?.text ?? '' };
}

test('the tools are the operations that are for programs, and nothing else; none of them changes a cluster', async () => {
  const client = await connect();
  const { tools } = await client.listTools();
  await client.close();

  expect(tools.map(({ name }) => name).toSorted()).toEqual(
    operations
      .filter(({ isTool }) => isTool)
      .map(({ name }) => name)
      .toSorted(),
  );
  expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name)).toEqual(['investigate']);
  expect(tools.filter(({ annotations }) => annotations?.destructiveHint === true)).toEqual([]);
});

test('a tool says what the route says, and answers too large say where the rest is', async () => {
  const client = await connect(tokens.view);
  const listed = await call(client, 'list-incidents', { which: 'all' });
  const whole = await call(client, 'read-incident', { incident: incidentId });
  const proposed = await call(client, 'propose', { incident: incidentId });
  await client.close();

  expect(JSON.parse(listed.text)).toEqual((await http.ask('/api/v1/incidents?which=all', { token: tokens.view })).json);
  expect(whole.text).toContain(`the whole of it is at /api/v1/incidents/${incidentId} of the server.`);
  expect(proposed.text).toContain('kubectl cordon node-worker-3');
  for (const { text } of [listed, whole, proposed]) expect(text.length / 4).toBeLessThanOrEqual(4000);
});

test('every tool answers within four thousand tokens, also of an incident with thousands of events', async () => {
  const [first, second, ...others] = exampleNight();
  const many = Array.from({ length: 5000 }, () => others.find(({ kind }) => kind === 'observed')).flatMap((each) => each ?? []);
  http.incidents.put(incidentId, [...(first === undefined || second === undefined ? [] : [first, second]), ...others.slice(0, 3), ...many]);
  http.incidents.assign('page-1', incidentId);
  const client = await connect();
  const inputs: { readonly [name: string]: object } = {
    'explain-failure-mode': { mode: 'kube-proxy-rules-incomplete' },
    'list-failure-modes': {},
    'list-incidents': {},
    investigate: { opened: 'page-1' },
  };
  const answers = await Promise.all(
    operations.filter(({ isTool }) => isTool).map(({ name }) => call(client, name, { ...(inputs[name] ?? { incident: incidentId }) })),
  );
  await client.close();

  expect(answers.filter(({ isError }) => isError)).toEqual([]);
  for (const { text } of answers) expect(text.length / 4).toBeLessThanOrEqual(4000);
});

test('who waits for an investigation hears what is waited for', async () => {
  const client = await connect();
  const heard: string[] = [];
  const asking = client.callTool(
    { name: 'investigate', arguments: { page: 'checkout is slow' } },
    { onprogress: ({ message }) => void heard.push(message ?? '') },
  );
  while (http.incidents.asked.length === 0) await http.ask('/healthz');
  http.incidents.assign('page-1', incidentId);
  while (heard.length === 0) await http.ask('/healthz');
  http.passTime();
  const answer = await asking;
  await client.close();

  expect(heard).toEqual(['waiting for a worker']);
  expect(JSON.stringify(answer.content)).toContain('kube-proxy-rules-incomplete');
  expect((await http.audit())[0]).toMatchObject({ by: 'operate-user', what: 'investigate', result: 'done' });
});

describe('refused', () => {
  test('nobody, and whoever holds no good token', async () => {
    await expect(connect('hunter2')).rejects.toThrow();
    expect((await http.ask('/mcp', { body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } })).status).toBe(401);
  });

  test('a role that may not do it, as an answer that an assistant can read', async () => {
    const client = await connect(tokens.view);

    expect(await call(client, 'investigate', { page: 'x' })).toEqual({ isError: true, text: 'Refused: the role "view" may not do it' });
    expect(http.incidents.asked).toEqual([]);
    expect(await http.audit()).toMatchObject([{ by: 'view-user', what: 'investigate', result: 'refused', detail: 'view may not do it' }]);
    await client.close();
  });

  test('input that the tool does not take, and an incident that there is none of', async () => {
    const client = await connect();

    expect(await call(client, 'read-incident', { incident: '2026-09-15-0250-other-aaaa' })).toEqual({
      isError: true,
      text: 'There is no incident 2026-09-15-0250-other-aaaa.',
    });
    const refused = await call(client, 'read-incident', { incident: '../x' }).catch((error: unknown) => ({
      isError: true,
      text: String(error),
    }));
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('it is no id of an incident') });
    await client.close();
  });

  test('a page of another origin, also with a token', async () => {
    const headers = { origin: 'https://evil.example' };

    expect((await http.ask('/mcp', { token: tokens.operate, headers, body: { jsonrpc: '2.0', id: 1, method: 'ping' } })).status).toBe(403);
  });
});

test('several calls in one request are refused, so that each is limited and admitted by itself', async () => {
  const calls = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'list-incidents', arguments: {} } }));
  const headers = { accept: 'application/json, text/event-stream' };
  const several = await http.ask('/mcp', { token: tokens.view, body: calls, headers });
  const one = await http.ask('/mcp', { token: tokens.view, body: calls[0], headers });

  expect([several.status, one.status]).toEqual([400, 200]);
  expect(several.json).toMatchObject({ error: { happened: 'it holds several messages' } });
});
