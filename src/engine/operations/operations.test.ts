import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../../catalogue/index.generated.ts';
import { exampleChoice, exampleIncident, examplePlan, openedAt } from '../../domain/example-incident.ts';
import { exampleNight } from '../../writing/example-night.ts';
import { planMark } from '../serve/plan-mark.ts';
import type { AnyOperation, OperationResult, OperationRun } from '../serve/operation.ts';
import { type TestingServed, testingServedIncidents } from '../serve/testing-served-incidents.ts';
import { operations } from './index.generated.ts';

const id = '2026-09-15-0247-payment-service-errors-k3f9';
const elsewhere = '2026-09-15-0250-other-aaaa';

function served(): TestingServed {
  const incidents = testingServedIncidents(catalogue);
  incidents.put(id, exampleNight(), 'closed');
  return incidents;
}

async function run(
  name: string,
  input: { readonly [field: string]: unknown },
  incidents: TestingServed = served(),
  how: Partial<OperationRun> = {},
): Promise<OperationResult<unknown>> {
  const operation = named(name);
  const result = await operation.run(operation.input.parse(input), {
    incidents,
    by: 'ada',
    credential: { kind: 'token', id: 'token-ada' },
    role: 'administer',
    signal: new AbortController().signal,
    progress: () => undefined,
    pause: () => Promise.resolve(),
    ...how,
  });
  if (result.state === 'done') expect(operation.output.safeParse(result.value).error).toBe(undefined);
  return result;
}

function named(name: string): AnyOperation {
  const found = operations.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no operation ${name}.`);
  return found;
}

describe('the list', () => {
  test('each is named after its file', () => {
    const files = readdirSync(new URL('.', import.meta.url)).filter((file) => !/generated|test/.test(file));

    expect(operations.map(({ name }) => `${name}.ts`)).toEqual(files.toSorted());
  });

  test('routes are unique, and their parameters are fields of the input', () => {
    const routes = operations.map(({ effect, route }) => `${effect === 'reads' ? 'GET' : 'POST'} ${route.replace(/:\w+/g, ':')}`);

    expect(new Set(routes).size).toBe(operations.length);
    for (const { route, input } of operations)
      for (const [, parameter = ''] of route.matchAll(/:(\w+)/g)) expect(Object.keys(input.shape)).toContain(parameter);
  });

  test('what changes a cluster is for those who operate, and is no tool: programs propose, people approve', () => {
    const changing = operations.filter(({ effect }) => effect === 'changes-cluster');

    expect(changing.map(({ name, role, isTool }) => [name, role, isTool])).toEqual([
      ['answer-plan', 'operate', false],
      ['restore', 'operate', false],
      ['undo', 'operate', false],
    ]);
  });

  test('whoever may only view changes nothing', () => {
    expect(operations.filter(({ role, effect }) => role === 'view' && effect !== 'reads')).toEqual([]);
  });

  test.each(operations.map((each) => [each.name, each] as const))(
    '%s describes itself, takes nothing unknown and can be published',
    (_name, operation) => {
      expect(operation.summary).toMatch(/^[A-Z].*\.$/);
      expect(operation.input.safeParse({ surprise: true }).error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
      expect(z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' })).toMatchObject({ type: 'object' });
      expect(z.toJSONSchema(operation.output, { unrepresentable: 'any' })).toMatchObject({ type: 'object' });
    },
  );
});

describe('reading', () => {
  test('incidents are listed with their state and their answer', async () => {
    expect(await run('list-incidents', { which: 'all', limit: '5' })).toMatchObject({
      state: 'done',
      value: { incidents: [{ id, state: 'closed', cluster: 'lab', alert: 'PaymentServiceErrors', openedAt: '2026-09-15T02:47:20Z' }] },
    });
    expect(await run('list-incidents', {})).toEqual({ state: 'done', value: { incidents: [] } });
  });

  test('an incident is read with its attempts, each with its mark', async () => {
    const result = await run('read-incident', { incident: id });

    expect(result).toMatchObject({
      state: 'done',
      value: { id, length: exampleNight().length, attempts: [{ number: 1, canBeApproved: false }, { number: 2 }], report: '# Incident' },
    });
  });

  test('a timeline is read in pages', async () => {
    const result = await run('read-timeline', { incident: id, from: '1', limit: '2' });
    const { entries, length } = (
      result as { readonly value: { readonly entries: readonly { readonly position: number }[]; readonly length: number } }
    ).value;

    expect([length, new Set(entries.map(({ position }) => position))]).toEqual([exampleNight().length, new Set([1, 2])]);
  });

  test('evidence is read by the ids that claims cite; one that there is none of is named', async () => {
    const known = 'node/node-worker-3/iptables-services';

    expect(await run('read-evidence', { incident: id, ids: [known, '__proto__'] })).toMatchObject({
      value: { evidence: [{ id: known, source: expect.any(String) }], unknown: ['__proto__'] },
    });
    expect(await run('read-evidence', { incident: id, ids: known })).toMatchObject({ value: { evidence: [{ id: known }] } });
    expect(await run('read-evidence', { incident: id })).toMatchObject({ value: { evidence: [], ids: expect.arrayContaining([known]) } });
  });

  test('proposals carry their preconditions, their undo and whether they are blocked', async () => {
    expect(await run('propose', { incident: id })).toMatchObject({
      value: { state: 'closed', proposals: [{ mitigation: 'cordon-node', blocked: false, undo: ['kubectl uncordon node-worker-3'] }] },
    });
  });

  test('the plan that waits for a person is named', async () => {
    const incidents = served();
    incidents.put(elsewhere, exampleNight().slice(0, 3));

    expect(await run('propose', { incident: elsewhere }, incidents)).toMatchObject({ value: { waiting: { attempt: 1 } } });
  });

  test('failure modes are listed, searched and explained', async () => {
    expect(await run('list-failure-modes', { search: 'service rules' })).toMatchObject({
      value: { failureModes: expect.arrayContaining([expect.objectContaining({ id: 'kube-proxy-rules-incomplete', proven: true })]) },
    });
    expect(await run('explain-failure-mode', { mode: 'Kube-Proxy-Rules-Incomplete' })).toMatchObject({
      value: { id: 'kube-proxy-rules-incomplete', whatItIs: expect.any(String) },
    });
    expect(await run('explain-failure-mode', { mode: 'gremlins' })).toEqual({ state: 'missing', what: 'failure mode gremlins' });
  });

  test('past incidents that looked alike', async () => {
    expect(await run('list-similar-incidents', { incident: id })).toMatchObject({ value: { incidents: [{ because: 'the same cause' }] } });
  });
});

describe('what people ask for is handed on with their name', () => {
  const answer = { attempt: 1, plan: 'mark', answer: 'yes' };

  test.each([
    ['acknowledge', {}, `acknowledge ${id} by ada`],
    ['abort', {}, `abort ${id} by ada`],
    ['restore', {}, `restore ${id} by ada`],
    ['undo', {}, `undo ${id} all by ada`],
    ['undo', { attempt: 2 }, `undo ${id} 2 by ada`],
    ['write-notes', { text: 'It was the node.' }, `write notes ${id} It was the node. by ada`],
    ['answer-plan', answer, `answer ${id} ${JSON.stringify(answer)} by ada`],
  ])('%s', async (name, input, expected) => {
    const incidents = served();

    expect(await run(name, { incident: id, ...input }, incidents)).toEqual({ state: 'done', value: { accepted: true } });
    expect(incidents.asked).toEqual([expected]);
  });

  test('an answer to another plan than the one that waits is refused', async () => {
    expect(await run('answer-plan', { incident: id, ...answer, plan: 'outdated' })).toEqual({
      state: 'refused',
      because: 'The plan is another one by now.',
    });
  });

  test('a page by hand', async () => {
    expect(await run('open-incident', { page: 'cart is slow' })).toEqual({ state: 'done', value: { page: 'page-1' } });
    expect(await run('open-incident', { page: 'nonsense' })).toEqual({ state: 'refused', because: 'it holds no words' });
  });
});

test('a token is told with its secret once, and listed without anything to use it with', async () => {
  const incidents = served();
  const created = await run('create-token', { name: 'ada', role: 'operate', expiresAt: '2027-01-01T00:00:00+01:00' }, incidents);

  expect(created).toMatchObject({
    value: { secret: expect.stringMatching(/^stanch_/), token: { id: 'token-1', expiresAt: '2026-12-31T23:00:00Z' } },
  });
  expect(await run('list-tokens', {}, incidents)).toEqual({
    state: 'done',
    value: {
      tokens: [{ id: 'token-1', name: 'ada', role: 'operate', createdAt: '2026-09-15T02:47:00Z', expiresAt: '2026-12-31T23:00:00Z' }],
    },
  });
  expect(await run('revoke-token', { token: 'token-1' }, incidents)).toEqual({ state: 'done', value: { accepted: true } });
  expect(await run('revoke-token', { token: 'token-9' }, incidents)).toEqual({ state: 'missing', what: 'token token-9' });
});

describe('of what is not there and of what failed', () => {
  const failure = { state: 'failed', attempted: 'reading', happened: 'the disk is full', whatToDo: 'Make room' } as const;
  const inputs: { readonly [name: string]: { readonly [field: string]: unknown } } = {
    'answer-plan': { attempt: 1, plan: 'mark', answer: 'no' },
    'write-notes': { text: '' },
    'create-token': { name: 'x', role: 'view' },
    'open-incident': { page: 'x' },
    'revoke-token': { token: 'x' },
    investigate: { opened: 'page-9', waitSeconds: 0 },
  };
  const ofAnIncident = operations.filter(({ input }) => 'incident' in input.shape).map(({ name }) => name);
  const withoutStore = ['explain-failure-mode', 'list-failure-modes'];
  const others = operations.map(({ name }) => name).filter((name) => !withoutStore.includes(name));

  test.each(ofAnIncident)('%s says that there is no such incident', async (name) => {
    expect(await run(name, { ...inputs[name], incident: elsewhere })).toEqual({ state: 'missing', what: `incident ${elsewhere}` });
  });

  test.each(others)('%s hands the failure on', async (name) => {
    const incidents = served();
    incidents.breakDown(failure);

    expect(await run(name, { ...(ofAnIncident.includes(name) ? { incident: id } : {}), ...inputs[name] }, incidents)).toEqual(failure);
  });

  test('what leads out of the place of incidents is no id', () => {
    for (const incident of ['../x', 'x', '', '2026-09-15-0247-a/../b', 7])
      expect(named('read-incident').input.safeParse({ incident }).success).toBe(false);
  });
});

describe('to investigate', () => {
  test('waits until there is an answer, and tells what it waits for', async () => {
    const incidents = served();
    const told: string[] = [];
    let pauses = 0;
    const pause = (): Promise<void> => {
      pauses += 1;
      if (pauses === 2) incidents.assign('page-1', elsewhere);
      if (pauses === 2) incidents.put(elsewhere, exampleNight().slice(0, 1), 'investigating');
      if (pauses === 3) incidents.tell(elsewhere, 'listing pods (3 of 22)');
      if (pauses === 4) incidents.put(elsewhere, exampleNight().slice(0, 2), 'waiting-for-approval');
      return Promise.resolve();
    };

    expect(
      await run('investigate', { page: 'cart is slow' }, incidents, { pause, progress: (text) => void told.push(text) }),
    ).toMatchObject({
      state: 'done',
      value: {
        page: 'page-1',
        incident: elsewhere,
        state: 'waiting-for-approval',
        answer: {
          outcome: 'explained',
          failing: 2,
          separates: ['node node-worker-3'],
          causes: [{ failureMode: 'kube-proxy-rules-incomplete' }],
          doFirst: { blocked: false },
        },
      },
    });
    expect(told).toEqual(['waiting for a worker', 'listing pods (3 of 22)']);
    expect(incidents.followers()).toBe(0);
  });

  test('gives up when its patience ends, and can be asked again by the page', async () => {
    const incidents = served();
    const first = await run('investigate', { page: 'cart is slow', waitSeconds: 1 }, incidents);
    incidents.assign('page-1', id);

    expect(first).toEqual({ state: 'done', value: { page: 'page-1' } });
    expect(await run('investigate', { opened: 'page-1' }, incidents)).toMatchObject({ value: { incident: id, answer: { failing: 2 } } });
  });

  test('finds the answer where the trouble is worked', async () => {
    const incidents = served();
    const [opened] = exampleNight();
    const joined = { at: openedAt, by: 'stanch', kind: 'joined', incident: id, because: 'the same node' } as const;
    incidents.put(elsewhere, opened === undefined ? [] : [opened, joined], 'joined');
    incidents.assign('page-7', elsewhere);

    expect(await run('investigate', { opened: 'page-7' }, incidents)).toMatchObject({ value: { incident: id } });
  });

  test('takes a page or the id of one, not both and not neither', () => {
    const { input } = named('investigate');

    expect(input.safeParse({}).success).toBe(false);
    expect(input.safeParse({ page: 'x', opened: 'page-1' }).success).toBe(false);
  });
});

test('a plan that waits is shown as one that can be approved, with the mark that the answer carries', async () => {
  const incidents = served();
  const [first, second] = exampleNight();
  const chosen = { at: openedAt, by: 'stanch', ...exampleChoice(1, examplePlan()) };
  incidents.put(elsewhere, first === undefined || second === undefined ? [] : [first, second, chosen]);
  const [attempt] = exampleIncident(exampleChoice(1, examplePlan())).attempts;

  expect(await run('read-incident', { incident: elsewhere }, incidents)).toMatchObject({
    value: { attempts: [{ canBeApproved: true, plan: attempt === undefined ? undefined : planMark(attempt) }] },
  });
});
