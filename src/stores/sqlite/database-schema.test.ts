import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { note, opening, openedAt } from '../incident-store.contract.ts';
import { migrate, migrations } from './database-schema.ts';
import { loadSqlite } from './load-sqlite.ts';
import { openSqliteServerStore, serverStoreIn } from './sqlite-server-store.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function databaseAt(): { readonly path: string; readonly database: DatabaseSync } {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-schema-'));
  folders.push(folder);
  const path = join(folder, 'stanch.db');
  return { path, database: new (loadSqlite().DatabaseSync)(path) };
}

test('a migration that was released stays as it is: files out there were made by it', () => {
  const marks = migrations.map((text) => createHash('sha256').update(text).digest('hex').slice(0, 16));
  expect(marks).toEqual(['2857409828bc8e56', 'f6221c64480de603', 'e7eab372340a40c4', '29314be8a7f7bdba']);
});

test('what an earlier version stored is there after a migration, and more can be added', async () => {
  const { path, database } = databaseAt();
  const settings = { path, hasEnded: () => false };
  expect(migrate(database, migrations)).toEqual({ state: 'ready' });
  const made = await serverStoreIn(database, settings).incidents.create(opening());
  const id = made.state === 'created' ? made.id : '';

  const later = [...migrations, 'alter table incident add column note text', 'create index incident_by_cluster on incident (cluster)'];
  expect(migrate(database, later)).toEqual({ state: 'ready' });
  expect(migrate(database, later)).toEqual({ state: 'ready' });

  const store = serverStoreIn(database, settings).incidents;
  expect(await store.append(id, 1, [note(1)])).toEqual({ state: 'appended', length: 2 });
  expect(await store.read(id)).toEqual({ state: 'read', events: [opening(), note(1)] });
  await store.close();
});

test('a file of the first release is brought forward with everything in it, and serves', async () => {
  const { path, database } = databaseAt();
  migrate(database, migrations.slice(0, 1));
  database
    .prepare('insert into incident values (?, ?, ?, ?, 2, ?, 0)')
    .run('2026-11-21-0247-first-release-2345', openedAt, 'production', 'PaymentServiceErrorRate', openedAt + 60_000);
  const insert = database.prepare('insert into incident_event values (?, ?, ?)');
  const events = [opening(), note(1)];
  for (const [index, event] of events.entries()) insert.run('2026-11-21-0247-first-release-2345', index, JSON.stringify(event));
  database.prepare('insert into lease values (?, ?, ?, ?)').run('2026-11-21-0247-first-release-2345', 'ada', 'one', openedAt + 30_000);
  database.close();

  const outcome = openSqliteServerStore(path, { hasEnded: () => false });
  if (outcome.state === 'failed') throw new Error(outcome.happened);
  const { incidents, jobs, close } = outcome.store;
  expect(await incidents.read('2026-11-21-0247-first-release-2345')).toEqual({ state: 'read', events });
  const holder = { name: 'bob', process: 'two' };
  expect(await incidents.lease('2026-11-21-0247-first-release-2345', { holder, now: openedAt, until: openedAt + 1 })).toMatchObject({
    state: 'taken',
    by: 'ada',
  });
  const job = { kind: 'remind', key: 'a', payload: null, runAt: openedAt, mostTries: 1 };
  expect(await incidents.append('2026-11-21-0247-first-release-2345', 2, [note(2)], [job])).toEqual({ state: 'appended', length: 3 });
  expect(await jobs.count('remind')).toMatchObject({ waiting: 1 });
  await close();
});

test('a migration that fails half-way changes nothing', () => {
  const { database } = databaseAt();
  migrate(database, migrations);
  expect(() => migrate(database, [...migrations, 'create table extra (a integer)', 'alter table nothing add column b text'])).toThrow();
  expect(database.isTransaction).toBe(false);
  expect(database.prepare("select name from sqlite_schema where name = 'extra'").all()).toEqual([]);
  expect(migrate(database, migrations)).toEqual({ state: 'ready' });
  database.close();
});

test('a file of a newer version is left as it is', () => {
  const { path, database } = databaseAt();
  migrate(database, [...migrations, 'create table extra (a integer)']);
  database.close();
  expect(openSqliteServerStore(path)).toEqual({
    state: 'failed',
    attempted: `opening the database ${path}`,
    happened: `a newer stanch wrote it (schema ${migrations.length + 1}; this one knows ${migrations.length}), and it was left as it is`,
    whatToDo: `Use the newer stanch, or choose another file than ${path} with --database`,
  });
});
