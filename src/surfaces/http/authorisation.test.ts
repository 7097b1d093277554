import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles } from '../../domain/role.ts';
import { operations } from '../../engine/operations/index.generated.ts';
import { incidentId, startTestingHttp, type TestingHttp, tokens } from './testing-http.ts';

/**
 * Who may do what, written down a second time and by hand: an operation that is not in here, or that says otherwise, is
 * red. Input is given where an operation needs some to get as far as being done.
 */
const table: { readonly [operation: string]: { readonly may: readonly string[]; readonly input?: object } } = {
  abort: { may: ['operate', 'administer'] },
  acknowledge: { may: ['operate', 'administer'] },
  'answer-plan': { may: ['operate', 'administer'], input: { attempt: 1, plan: 'mark', answer: 'yes' } },
  'create-token': { may: ['administer'], input: { name: 'x', role: 'view' } },
  'explain-failure-mode': { may: ['view', 'operate', 'administer'] },
  investigate: { may: ['operate', 'administer'], input: { page: 'cart is slow', waitSeconds: 0 } },
  'list-failure-modes': { may: ['view', 'operate', 'administer'] },
  'list-incidents': { may: ['view', 'operate', 'administer'] },
  'list-similar-incidents': { may: ['view', 'operate', 'administer'] },
  'list-tokens': { may: ['administer'] },
  'open-incident': { may: ['operate', 'administer'], input: { page: 'cart is slow' } },
  propose: { may: ['view', 'operate', 'administer'] },
  'read-audit': { may: ['administer'] },
  'read-evidence': { may: ['view', 'operate', 'administer'] },
  'read-incident': { may: ['view', 'operate', 'administer'] },
  'read-timeline': { may: ['view', 'operate', 'administer'] },
  restore: { may: ['operate', 'administer'] },
  'revoke-token': { may: ['administer'] },
  undo: { may: ['operate', 'administer'] },
  'write-notes': { may: ['operate', 'administer'], input: { text: 'x' } },
};

let http: TestingHttp;
beforeAll(async () => {
  http = await startTestingHttp({ limits: { failedSignIns: 1000 } });
});
afterAll(() => http.stop());

test('the table names every operation, and nothing else', () => {
  expect(Object.keys(table).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
});

describe.each(operations.map((operation) => [operation.name, operation] as const))('%s', (name, { route, effect }) => {
  const path = `/api/v1${route.replace(':incident', incidentId).replace(':mode', 'kube-proxy-rules-incomplete').replace(':token', 'token-1')}`;
  const isRead = effect === 'reads';
  const asking = (token: string | undefined): object => ({
    ...(token === undefined ? {} : { token }),
    ...(isRead ? {} : { body: table[name]?.input ?? {} }),
  });

  test.each(roles)('%s', async (role) => {
    const before = http.incidents.asked.length;
    const { status, json } = await http.ask(path, asking(tokens[role]));
    const isAllowed = table[name]?.may.includes(role) === true;

    // There is no token-1 in the facade of the tests, so that what is allowed to revoke it is told so.
    expect([status, isAllowed]).toEqual([isAllowed ? (name === 'revoke-token' && status === 404 ? 404 : 200) : 403, isAllowed]);
    if (!isAllowed) expect([json, http.incidents.asked.length]).toMatchObject([{ error: { attempted: name } }, before]);
  });

  test.each([
    ['nobody', undefined],
    ['a token that there is none of', `stanch_${'z'.repeat(43)}`],
    ['what is no token', 'hunter2'],
  ])('not %s', async (_who, token) => {
    const before = http.incidents.asked.length;
    const { status, headers, json } = await http.ask(path, asking(token));

    expect([status, headers.get('www-authenticate'), json]).toMatchObject([401, 'Bearer realm="stanch"', { error: { attempted: name } }]);
    expect(http.incidents.asked.length).toBe(before);
  });

  test(`not with the other verb`, async () => {
    const { status } = await http.ask(path, { token: tokens.administer, ...(isRead ? { body: {} } : {}) });
    const isTwin = operations.some((other) => other.route === route && (other.effect === 'reads') !== isRead);

    expect(status === 404 || isTwin).toBe(true);
  });
});

/** What the tool of this name answers, as far as it is told in one piece. */
async function toolAnswer(name: string, token: string): Promise<string> {
  const named = { incident: incidentId, mode: 'kube-proxy-rules-incomplete', token: 'token-1', ...table[name]?.input };
  const fields = Object.keys(operations.find((each) => each.name === name)?.input.shape ?? {});
  const given = Object.fromEntries(Object.entries(named).filter(([field]) => fields.includes(field)));
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } };
  const { text } = await http.ask('/mcp', { token, headers: { accept: 'application/json, text/event-stream' }, body });
  return text;
}

describe.each(operations.map(({ name, isTool }) => [name, isTool] as const))('%s as a tool', (name, isTool) => {
  test.each(roles)('%s', async (role) => {
    const before = http.incidents.asked.length;
    const said = await toolAnswer(name, tokens[role]);
    const isAllowed = isTool && table[name]?.may.includes(role) === true;

    expect([/"result":/.test(said) && !said.includes('"isError":true'), said]).toEqual([isAllowed, said]);
    if (isAllowed) return;
    expect(said).toContain(isTool ? `Refused: the role \\"${role}\\" may not do it` : `Tool ${name} not found`);
    expect(http.incidents.asked.length).toBe(before);
  });
});

test('a token that was revoked or has run out lets nobody in', async () => {
  const { access } = http.store;
  const late = `stanch_${'l'.repeat(43)}`;
  const { hashOfSecret } = await import('../../engine/access/access-secret.ts');
  await access.createToken({
    id: 'late',
    name: 'late',
    role: 'administer',
    hash: hashOfSecret(late),
    createdAt: 0,
    expiresAt: http.clock.now() + 1000,
  });

  expect((await http.ask('/api/v1/tokens', { token: late })).status).toBe(200);
  http.clock.advance(1000);
  expect((await http.ask('/api/v1/tokens', { token: late })).status).toBe(401);
});

test('who changed what, and who was not allowed to, is in the audit log; what was read is not', async () => {
  const fresh = await startTestingHttp();
  await fresh.ask(`/api/v1/incidents/${incidentId}/answer`, { token: tokens.operate, body: { attempt: 1, plan: 'mark', answer: 'yes' } });
  await fresh.ask(`/api/v1/incidents/${incidentId}/answer`, {
    token: tokens.operate,
    body: { attempt: 1, plan: 'outdated', answer: 'yes' },
  });
  await fresh.ask(`/api/v1/incidents/${incidentId}/undo`, { token: tokens.view, body: {} });
  await fresh.ask(`/api/v1/incidents/${incidentId}/notes`, { token: tokens.operate, body: { text: `password=hunter2hunter2` } });
  await fresh.ask('/api/v1/incidents', { token: tokens.view });
  await fresh.ask('/api/v1/incidents', { token: 'hunter2' });
  const entries = (await fresh.audit()).map(({ by, credential, what, incident, result, detail }) => [
    by,
    credential,
    what,
    incident,
    result,
    detail,
  ]);
  await fresh.stop();

  expect(entries).toEqual([
    ['nobody', undefined, 'sign-in', undefined, 'refused', 'list-incidents from 127.0.0.1: no valid secret'],
    ['operate-user', 'token token-operate', 'write-notes', incidentId, 'done', 'text=password=‹redacted›'],
    ['view-user', 'token token-view', 'undo', undefined, 'refused', 'view may not do it'],
    [
      'operate-user',
      'token token-operate',
      'answer-plan',
      incidentId,
      'refused',
      'attempt=1, plan=outdated, answer=yes, The plan is another one by now.',
    ],
    ['operate-user', 'token token-operate', 'answer-plan', incidentId, 'done', 'attempt=1, plan=mark, answer=yes'],
  ]);
});

test('a token that is made is recorded where it is made, and not once more; one that is refused is recorded here', async () => {
  const fresh = await startTestingHttp();
  await fresh.ask('/api/v1/tokens', { token: tokens.administer, body: { name: 'bob', role: 'view' } });
  const made = await fresh.audit();
  fresh.incidents.breakDown({ state: 'failed', attempted: 'storing', happened: 'the disk is full', whatToDo: 'Make room' });
  await fresh.ask('/api/v1/tokens', { token: tokens.administer, body: { name: 'bob', role: 'view' } });
  const failed = await fresh.audit();
  await fresh.stop();

  expect(made).toEqual([]);
  expect(failed).toMatchObject([{ by: 'administer-user', what: 'create-token', result: 'failed' }]);
});

test.each(['stanch', 'nobody', 'ada\u202e'])('no token speaks in the name of %j', async (name) => {
  const answered = await http.ask('/api/v1/tokens', { token: tokens.administer, body: { name, role: 'view' } });

  expect(answered).toMatchObject({ status: 400, json: { error: { happened: expect.stringContaining('the name of nobody') } } });
});
