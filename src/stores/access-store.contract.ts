import { expect, test } from 'vitest';
import type { AccessSession, AccessToken, AuditEntry } from '../ports/access-store.ts';
import { hostileTexts, openedAt } from './incident-store.contract.ts';
import type { Pair } from './shared-server.contract.ts';

const start = openedAt;

function token(id: string, more: Partial<AccessToken> = {}): AccessToken {
  return { id, name: `${id}'s laptop`, role: 'operate', hash: `hash of ${id}`, createdAt: start, ...more };
}

function session(user: string, more: Partial<AccessSession> = {}): AccessSession {
  return { hash: `cookie of ${user}`, user, role: 'view', expiresAt: start + 1000, ...more };
}

export function accessStoreContract(pair: () => Promise<Pair>): void {
  testTokens(pair);
  testSessions(pair);
  testSessionsOfUser(pair);
  testAudit(pair);
}

function testTokens(pair: () => Promise<Pair>): void {
  test('a token is found by its hash until it runs out or is revoked', async () => {
    const { one, other } = await pair();
    const [plain, short] = [token('ada'), token('bob', { expiresAt: start + 10, role: 'administer' })];
    expect(await one.access.createToken(plain)).toEqual({ state: 'created' });
    expect(await one.access.createToken(short)).toEqual({ state: 'created' });
    expect(await other.access.findToken('hash of ada', start + 1e12)).toEqual({ state: 'found', token: plain });
    expect(await other.access.findToken('hash of bob', start + 9)).toEqual({ state: 'found', token: short });
    expect(await other.access.findToken('hash of bob', start + 10)).toEqual({ state: 'missing' });
    expect(await other.access.findToken('hash of eve', start)).toEqual({ state: 'missing' });
    expect(await other.access.revokeToken('ada', start + 5)).toEqual({ state: 'revoked' });
    expect(await one.access.findToken('hash of ada', start)).toEqual({ state: 'missing' });
    expect(await one.access.revokeToken('eve', start)).toEqual({ state: 'missing' });
  });

  test('of several that make the same token at once one makes it, and the others are told, and find it', async () => {
    const { one, other } = await pair();
    const made = await Promise.all([one, other, one, other].map(({ access }) => access.createToken(token('ada'))));
    expect(made.map(({ state }) => state).toSorted()).toEqual(['created', 'failed', 'failed', 'failed']);
    expect(await one.access.createToken(token('bob', { hash: 'hash of ada' }))).toMatchObject({ state: 'failed' });
    expect(await one.access.listTokens()).toEqual({ state: 'read', tokens: [token('ada')] });
    expect(await other.access.findToken('hash of ada', start)).toMatchObject({ state: 'found' });
  });

  test('all tokens are listed, oldest first, and one that was revoked twice was revoked the first time', async () => {
    const { one, other } = await pair();
    const [late, early] = [token('late', { createdAt: start + 1 }), token('early', { expiresAt: start })];
    for (const each of [late, early]) await one.access.createToken(each);
    await one.access.revokeToken('late', start + 2);
    await one.access.revokeToken('late', start + 3);
    expect(await other.access.listTokens()).toEqual({ state: 'read', tokens: [early, { ...late, revokedAt: start + 2 }] });
  });
}

function testSessions(pair: () => Promise<Pair>): void {
  test('a session is found until it runs out or is ended', async () => {
    const { one, other } = await pair();
    const [ada, bob] = [session('ada'), session('bob')];
    for (const each of [ada, bob]) expect(await one.access.createSession(each)).toEqual({ state: 'created' });
    expect(await other.access.findSession(ada.hash, start + 999)).toEqual({ state: 'found', session: ada });
    expect(await other.access.endSession(bob.hash)).toEqual({ state: 'ended' });
    expect(await other.access.endSession(bob.hash)).toEqual({ state: 'ended' });
    expect(await one.access.findSession(bob.hash, start)).toEqual({ state: 'missing' });
    expect(await one.access.findSession(ada.hash, start)).toEqual({ state: 'found', session: ada });
    expect(await other.access.findSession(ada.hash, start + 1000)).toEqual({ state: 'missing' });
  });

  test('a revoked token takes the sessions with it that were begun with it', async () => {
    const { one, other } = await pair();
    for (const id of ['ada', 'bob']) await one.access.createToken(token(id));
    const begun = [session('ada', { token: 'ada' }), session('bob', { token: 'bob' }), session('carol')] as const;
    for (const each of begun) await one.access.createSession(each);
    await other.access.revokeToken('ada', start);
    const states = [];
    for (const { hash } of begun) states.push((await one.access.findSession(hash, start)).state);
    expect(states).toEqual(['missing', 'found', 'found']);
  });
}

function testSessionsOfUser(pair: () => Promise<Pair>): void {
  test('what a user may not do any more ends, and nothing of others, nor what was begun with a token', async () => {
    const { one, other } = await pair();
    await one.access.createToken(token('ada'));
    const begun = [
      session('ada', { hash: 'high', role: 'administer' }),
      session('ada', { hash: 'middle', role: 'operate' }),
      session('ada', { hash: 'low' }),
      session('ada', { hash: 'by token', role: 'administer', token: 'ada' }),
      session('bob', { hash: 'of bob', role: 'administer' }),
    ];
    for (const each of begun) await one.access.createSession(each);
    const there = async (): Promise<readonly string[]> => {
      const found: string[] = [];
      for (const { hash } of begun) if ((await one.access.findSession(hash, start)).state === 'found') found.push(hash);
      return found;
    };
    expect(await other.access.endSessionsOf('ada', ['view', 'operate'])).toEqual({ state: 'ended' });
    expect(await there()).toEqual(['middle', 'low', 'by token', 'of bob']);
    expect(await other.access.endSessionsOf('ada', [])).toEqual({ state: 'ended' });
    expect(await there()).toEqual(['by token', 'of bob']);
  });
}

function testAudit(pair: () => Promise<Pair>): void {
  test('hostile text can be written down, and what can be shown of it comes back', async () => {
    const { one } = await pair();
    for (const text of hostileTexts) {
      const entry: AuditEntry = { at: start, by: text, what: 'webhook', incident: text, result: 'refused', detail: text };
      expect(await one.access.audit(entry)).toEqual({ state: 'stored' });
    }
    const read = await one.access.readAudit({ limit: 10 });
    const details = read.state === 'read' ? read.entries.map(({ detail }) => detail).toReversed() : [];
    expect(details).toHaveLength(hostileTexts.length);
    for (const index of [0, 3, 4, 5]) expect(details[index]).toBe(hostileTexts[index]);
  });

  test('who did what is read page by page, latest first', async () => {
    const { one, other } = await pair();
    const entries = ['sign-in', 'approve', 'webhook'].map(
      (what, index): AuditEntry => ({
        at: start - index,
        by: index === 2 ? 'nobody' : 'ada',
        ...(index === 2 ? {} : { credential: 'token ada' }),
        what,
        ...(index === 1 ? { incident: 'an-incident' } : {}),
        result: index === 2 ? 'refused' : 'done',
        detail: "'; drop table audit; -- 漢字",
      }),
    );
    for (const entry of entries) expect(await one.access.audit(entry)).toEqual({ state: 'stored' });
    const read = await other.access.readAudit({ limit: 2 });
    const numbers = read.state === 'read' ? read.entries.map(({ number }) => number) : [];
    const [last = 0, middle = 0] = numbers;
    expect(read).toEqual({
      state: 'read',
      entries: [
        { ...entries[2], number: last },
        { ...entries[1], number: middle },
      ],
    });
    expect(last).toBeGreaterThan(middle);
    const before = await other.access.readAudit({ limit: 2, before: middle });
    expect(before).toMatchObject({ state: 'read', entries: [{ ...entries[0] }] });
    expect(before.state === 'read' && before.entries.length).toBe(1);
  });
}
