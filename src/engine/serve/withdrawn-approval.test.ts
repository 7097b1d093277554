import { describe, expect, test } from 'vitest';
import type { Incident } from '../../domain/incident.ts';
import { Moments } from '../act/testing-night.ts';
import { planMark } from './plan-mark.ts';
import type { Asker } from './served-incidents.ts';
import { ada, alertOf, incidentsIn, page, serverOf, type TestScene, testScene, type TestServer } from './testing-server.contract.ts';

const session: Asker = { name: 'bob', credential: { kind: 'session', hash: 'hash of the session' } };
const late: Asker = { name: 'carol', credential: { kind: 'token', id: 'token-carol' } };
const viewer: Asker = { name: 'dave', credential: { kind: 'token', id: 'token-dave' } };
const minuteMilliseconds = 60_000;

async function scene(): Promise<TestScene> {
  const made = testScene();
  const { access } = made.memory.open();
  const inAMinute = made.time.now() + 10 * minuteMilliseconds;
  await access.createSession({ hash: 'hash of the session', user: 'bob', role: 'operate', expiresAt: inAMinute });
  const carol = { id: 'token-carol', name: 'carol', hash: 'hash of carol', createdAt: 0 } as const;
  await access.createToken({ ...carol, role: 'operate', expiresAt: inAMinute });
  await access.createToken({ ...carol, id: 'token-dave', name: 'dave', hash: 'hash of dave', role: 'view' });
  return made;
}

async function only(server: TestServer): Promise<{ readonly id: string; readonly incident: Incident }> {
  const [[id, incident] = []] = await incidentsIn(server);
  if (id === undefined || incident === undefined) throw new Error('There is no incident.');
  return { id, incident };
}

async function approve(server: TestServer, by: Asker): Promise<string> {
  const { id, incident } = await only(server);
  const attempt = incident.attempts.at(-1);
  if (attempt === undefined) throw new Error('Nothing waits.');
  const answer = { attempt: attempt.number, plan: planMark(attempt), answer: 'yes' } as const;
  expect(await server.incidents.answer(id, answer, by)).toEqual({ state: 'done' });
  return id;
}

async function waiting(at: TestScene): Promise<TestServer> {
  const server = serverOf(at);
  await page(server, alertOf('CartErrors'));
  await server.workOff();
  return server;
}

describe('a yes does not stand any more, nothing is changed, and the plan waits for somebody else, where before it was carried out', () => {
  test.each([
    [
      'its token was revoked',
      ada,
      ({ memory }: TestScene) => memory.open().access.revokeToken('token-ada', 1),
      'ada approved it with the token token-ada, which was revoked before anything was changed.',
    ],
    [
      'its token ran out',
      late,
      ({ time }: TestScene) => time.leapTo(time.now() + 9 * minuteMilliseconds),
      'carol approved it with the token token-carol, which ran out before anything was changed.',
    ],
    [
      'its session ended',
      session,
      ({ memory }: TestScene) => memory.open().access.endSession('hash of the session'),
      'bob approved it with the session hash of the sess, which has ended before anything was changed.',
    ],
    ['it was of somebody who may only look', viewer, () => undefined, 'dave approved it with the token token-dave, which may only view.'],
  ] as const)('%s', async (_why, by, happens, because) => {
    const at = await scene();
    const server = await waiting(at);
    if (by === late) at.time.leapTo(at.time.now() + 2 * minuteMilliseconds);
    const id = await approve(server, by);
    await happens(at);
    await server.workOff();

    expect(at.time.cluster.writes).toEqual([]);
    expect((await only(server)).incident.attempts.map(({ approval, declined }) => [approval, declined])).toEqual([
      [undefined, { because, isSuperseded: true }],
      [undefined, undefined],
    ]);
    expect((await server.incidents.read(id)).state).toBe('waiting-for-approval');
  });

  test('and is carried out once somebody who may approves it', async () => {
    const at = await scene();
    const server = await waiting(at);
    await approve(server, ada);
    await at.memory.open().access.revokeToken('token-ada', 1);
    await server.workOff();
    await approve(server, session);
    await server.workOff();

    expect(at.time.cluster.writes[0]).toBe('PATCH /api/v1/nodes/node-3 /spec/unschedulable=true');
    expect((await only(server)).incident.attempts.at(-1)?.approval?.by).toBe('bob');
  });
});

test('where it cannot be known whether it stands, nothing is changed, and it is tried again', async () => {
  const at = await scene();
  const server = await waiting(at);
  await approve(server, ada);
  const { listTokens } = server.store.access;
  const failure = { state: 'failed', attempted: 'listing the access tokens', happened: 'it does not answer', whatToDo: 'Wait' } as const;
  const blind = serverOf(at, { name: 'blind', access: { listTokens: () => Promise.resolve(failure) } });
  await blind.workOff();

  expect((await listTokens()).state).toBe('read');
  expect(at.time.cluster.writes).toEqual([]);
  expect((await only(server)).incident.attempts.map(({ declined }) => declined)).toEqual([undefined]);
  at.time.advance(minuteMilliseconds);
  await server.workOff();
  expect(at.time.cluster.writes).not.toEqual([]);
});

test('whenever the process dies after the yes, the next one changes nothing for a revoked token unless something was changed already', async () => {
  const wrong: string[] = [];
  const seen = new Set<boolean>();
  for (let last = 1; ; last += 1) {
    const at = await scene();
    await approve(await waiting(at), ada);
    const moments = new Moments(last);
    const killed = serverOf(at, { name: 'killed', moments });
    if ((await Promise.race([killed.workOff(), moments.death])) !== 'killed') break;
    const isBegun = (await only(serverOf(at))).incident.attempts.some(({ done }) => done.some(({ begun }) => begun > 0));
    if (isBegun && seen.has(true)) break;
    seen.add(isBegun);
    await at.memory.open().access.revokeToken('token-ada', 1);
    at.time.advance(15_000);
    const next = serverOf(at, { name: 'next' });
    await next.workOff();
    const isWritten = at.time.cluster.writes.length > 0;
    const [first] = (await only(next)).incident.attempts;
    if (isWritten !== isBegun || (first?.declined?.because.includes('was revoked') ?? false) === isBegun)
      wrong.push(`killed at ${last}: begun ${isBegun}, written ${isWritten}, ${first?.declined?.because ?? 'not declined'}`);
  }
  expect([wrong, seen]).toEqual([[], new Set([false, true])]);
});
