import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { created, note } from '../incident-store.contract.ts';
import { job } from '../job-queue.contract.ts';
import { migrations } from './postgres-schema.ts';
import { openPostgresServerStore } from './postgres-server-store.ts';
import { administer, needsPostgres, openedAt, type PrivatePostgres, startPostgres } from './testing-postgres.ts';

test('a migration that was released stays as it is: databases out there were made by it', () => {
  const marks = migrations.map((text) => createHash('sha256').update(text).digest('hex').slice(0, 16));
  expect(marks).toEqual(['f0c967b7d4d64ef9', '66f178905700a72c']);
});

describe.skipIf(needsPostgres !== '')(`the schema in PostgreSQL${needsPostgres}`, () => {
  let postgres: PrivatePostgres;
  const silent = { tell: (): void => undefined };
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.remove());

  test('replicas that start at once on an empty database all get it', async () => {
    const address = await postgres.createDatabase('together');
    const stores = await Promise.all([1, 2, 3, 4].map(() => openedAt(address)));
    for (const store of stores) await created(store.incidents);
    expect(await stores[0]?.incidents.list({ limit: 10, which: 'all' })).toMatchObject({ incidents: { length: 4 } });
    for (const store of stores) await store.close();
  });

  test('opened again it is as it was left', async () => {
    const address = await postgres.createDatabase('again');
    const first = await openedAt(address);
    const id = await created(first.incidents);
    await first.incidents.append(id, 1, [note(1)], [job('a')]);
    await first.close();
    const second = await openedAt(address);
    expect(await second.incidents.read(id)).toMatchObject({ state: 'read', events: { length: 2 } });
    expect(await second.jobs.count('work-incident')).toMatchObject({ waiting: 1 });
    await second.close();
  });

  test('what was stored can be neither changed nor forgotten, not even by hand', async () => {
    const address = await postgres.createDatabase('by_hand');
    const store = await openedAt(address);
    await created(store.incidents);
    await store.access.audit({ at: 1, by: 'ada', what: 'approve', result: 'done', detail: '' });
    const refused = (statement: string, words: string): Promise<void> => expect(administer(address, statement)).rejects.toThrow(words);
    await refused("update stanch.incident_event set event = '{}'", 'an event of an incident is never changed');
    await refused('delete from stanch.incident_event', 'an event of an incident is never forgotten');
    await refused('truncate stanch.incident_event', 'an event of an incident is never forgotten');
    await refused("update stanch.audit set by_whom = 'bob'", 'who did what is never changed');
    await refused('delete from stanch.audit', 'who did what is never forgotten');
    await refused('truncate stanch.audit', 'who did what is never forgotten');
    await store.close();
  });

  test('what is answered as stored is on the disk, though the server is set to be quicker', async () => {
    const address = await postgres.createDatabase('hasty');
    await (await openedAt(address)).close();
    await administer(
      address,
      'create table seen (setting text)',
      `create function see() returns trigger language plpgsql as $$
         begin insert into seen values (current_setting('synchronous_commit')); return null; end $$`,
      'create trigger seen after insert on stanch.incident execute function see()',
      'alter database hasty set synchronous_commit = off',
    );
    const store = await openedAt(address);
    await created(store.incidents);
    await store.close();
    expect(await administer(address, 'select setting from seen', 'show synchronous_commit')).toEqual([
      { setting: 'on' },
      { synchronous_commit: 'off' },
    ]);
  });

  test('a database of a newer version is left as it is', async () => {
    const address = await postgres.createDatabase('newer');
    await (await openedAt(address)).close();
    await administer(address, 'update stanch.schema_version set version = version + 1');
    expect(await openPostgresServerStore(address, silent)).toMatchObject({
      state: 'failed',
      happened: `a newer stanch wrote it (schema ${migrations.length + 1}; this one knows ${migrations.length}), and it was left as it is`,
    });
  });

  test('another program’s schema of the same name is left alone', async () => {
    const address = await postgres.createDatabase('foreign_one');
    await administer(address, 'create schema stanch', 'create table stanch.song (title text)');
    expect(await openPostgresServerStore(address, silent)).toMatchObject({
      state: 'failed',
      happened: 'there is a schema "stanch" of another program, and it was left as it is',
    });
    const tables = "select tablename from pg_tables where schemaname = 'stanch'";
    expect(await administer(address, tables)).toEqual([{ tablename: 'song' }]);
  });

  test('a user that may not make a schema is told so, and needs no more than one that is made for it', async () => {
    const address = await postgres.createDatabase('guarded');
    await administer(address, 'create role clerk login');
    const asClerk = address.replace('stanch@', 'clerk@');
    expect(await openPostgresServerStore(asClerk, silent)).toMatchObject({
      state: 'failed',
      happened: expect.stringContaining('does not permit it (permission denied for database guarded)'),
      whatToDo: expect.stringContaining('grant create on database'),
    });
    await administer(address, 'create schema stanch authorization clerk');
    const store = await openedAt(asClerk);
    await created(store.incidents);
    await store.close();
  });

  test('a database that is not there is told without the password', async () => {
    const address = (await postgres.createDatabase('somewhere')).replace('stanch@/somewhere', 'stanch:secret@/nowhere');
    const outcome = await openPostgresServerStore(address, silent);
    expect(outcome).toMatchObject({
      state: 'failed',
      happened: expect.stringMatching(/^there is no such database: PostgreSQL at .*, database nowhere$/),
    });
    expect(JSON.stringify(outcome)).not.toContain('secret');
    expect(await openPostgresServerStore('postgres://clerk:secret@[nonsense/', silent)).toMatchObject({
      state: 'failed',
      attempted: 'preparing the schema "stanch" in PostgreSQL at an address that cannot be read',
    });
  });
});
