import { expect, test } from 'vitest';
import { Secret } from '../../domain/secret.ts';
import type { AccessStore } from '../../ports/access-store.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import { hashOfSecret, newSecret } from './access-secret.ts';
import { makeFirstToken } from './first-token.ts';
import { keepOwnToken } from './own-token.ts';
import { beginSession, userOfSession, userOfToken } from './users.ts';

const now = Date.parse('2026-03-01T02:47:00Z');

async function roleOf(access: AccessStore, secret: string): Promise<string | undefined> {
  const found = await userOfToken(access, secret, now);
  return found.state === 'found' ? found.user.role : undefined;
}

async function details(access: AccessStore): Promise<readonly string[]> {
  const read = await access.readAudit({ limit: 10 });
  return read.state === 'read' ? read.entries.map(({ by, what, detail }) => `${by} ${what}: ${detail}`) : [];
}

test('the token lets an administrator in, however often servers start, and none is told by the first of them', async () => {
  const { access } = serverStoreInMemory().open();
  const secret = newSecret();

  for (let start = 0; start < 3; start += 1) expect(await keepOwnToken(access, new Secret(secret), now)).toEqual({ state: 'there' });

  expect(await roleOf(access, secret)).toBe('administer');
  expect(await makeFirstToken(access, now)).toEqual({ state: 'there' });
  expect(await details(access)).toEqual([expect.stringMatching(/^stanch admin-token-file: made token-file-[0-9a-f]{16} for administer/)]);
  expect(JSON.stringify(await access.listTokens())).not.toContain(secret);
});

test('replicas that start at once make one token', async () => {
  const memory = serverStoreInMemory();
  const views = [memory.open(), memory.open(), memory.open()].map(({ access }) => access);
  const secret = new Secret(newSecret());

  // Each has looked before any has written.
  expect(await Promise.all(views.map((access) => keepOwnToken(access, secret, now)))).toEqual(views.map(() => ({ state: 'there' })));
  const listed = await memory.open().access.listTokens();
  expect(listed.state === 'read' && listed.tokens.length).toBe(1);
});

test('another token takes the place of the one before, and ends what was begun with it; others stay', async () => {
  const { access } = serverStoreInMemory().open();
  const [before, after] = [newSecret(), newSecret()];
  const first = await makeFirstToken(access, now);
  await keepOwnToken(access, new Secret(before), now);
  const begun = await beginSession(access, before, now);
  const cookie = begun.state === 'begun' ? begun.cookie : '';
  expect((await userOfSession(access, cookie, now)).state).toBe('found');

  expect(await keepOwnToken(access, new Secret(after), now)).toEqual({ state: 'there' });

  expect(await roleOf(access, before)).toBeUndefined();
  expect((await userOfSession(access, cookie, now)).state).toBe('unknown');
  expect(await roleOf(access, after)).toBe('administer');
  expect(await roleOf(access, first.state === 'made' ? first.secret : '')).toBe('administer');
  expect(await details(access)).toContainEqual(expect.stringMatching(/revoked token-file-[0-9a-f]{16}: the token file holds another one$/));
});

test('a token that somebody revoked stays revoked', async () => {
  const { access } = serverStoreInMemory().open();
  const secret = newSecret();
  await keepOwnToken(access, new Secret(secret), now);
  const listed = await access.listTokens();
  const id = listed.state === 'read' ? (listed.tokens[0]?.id ?? '') : '';
  await access.revokeToken(id, now);

  expect(await keepOwnToken(access, new Secret(secret), now)).toEqual({
    state: 'useless',
    because: `${id} was revoked; put a new one into the file`,
  });
  expect(await roleOf(access, secret)).toBeUndefined();
});

test.each([
  ['view', now + 1, 'ada is there already, for view only; put a new one into the file'],
  ['administer', now, 'ada has run out; put a new one into the file'],
] as const)('a token that is there already for %s, until %i, is not raised', async (role, expiresAt, because) => {
  const { access } = serverStoreInMemory().open();
  const secret = newSecret();
  await access.createToken({ id: 'ada', name: 'ada', role, hash: hashOfSecret(secret), createdAt: now - 1, expiresAt });

  expect(await keepOwnToken(access, new Secret(secret), now)).toEqual({ state: 'useless', because });
});

test('where the store does not answer, that is what is said', async () => {
  const { access, close } = serverStoreInMemory().open();
  await close();

  expect(await keepOwnToken(access, new Secret(newSecret()), now)).toMatchObject({ state: 'failed' });
});
