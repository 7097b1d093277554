import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseWanted, openDatabase } from './database.ts';
import { listIncidents, readIncident } from './incidents.ts';
import { created } from '../stores/incident-store.contract.ts';
import { needsPostgres, type PrivatePostgres, startPostgres } from '../stores/postgresql/testing-postgres.ts';
import { readDatabase } from '../surfaces/command-line/option-values.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-compose-database-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fail(trouble: string): void {
  throw new Error(trouble);
}

async function expectSharedAt(written: string): Promise<void> {
  const database = readDatabase(written);
  const opened = await openDatabase(database, fail);
  if (opened.state === 'failed') throw new Error(opened.happened);
  const id = await created(opened.store.incidents);
  expect(await listIncidents({ database }, 10)).toMatchObject({ state: 'listed', incidents: [{ id }] });
  await opened.store.close();
}

test('a file is SQLite’s, and commands see what the server keeps there', () => expectSharedAt(`sqlite:${join(folder, 'stanch.db')}`));

test('who looks for incidents in a file that is not there is told so, and none is made', async () => {
  const path = join(folder, 'mistyped', 'stanch.db');
  const refused = {
    state: 'failed',
    attempted: `opening the database ${path}`,
    happened: 'there is no such file',
    whatToDo: 'Check the path',
  };
  expect(await listIncidents({ database: `sqlite:${path}` }, 10)).toEqual(refused);
  expect(await readIncident({ database: `sqlite:${path}` }, 'any')).toEqual(refused);
  expect(existsSync(join(folder, 'mistyped'))).toBe(false);
});

test('any other kind of address is refused, with the two that there are', () => {
  expect(() => readDatabase('mysql://stanch@database/stanch')).toThrow(/sqlite:FILE or postgres:/);
});

test.each([
  ['sqlite:asked.db', 'postgres://stanch:secret@database/stanch', 'sqlite:asked.db'],
  [undefined, 'postgres://stanch:secret@database/stanch', 'postgres://stanch:secret@database/stanch'],
  [undefined, 'sqlite:/var/lib/stanch.db', 'sqlite:/var/lib/stanch.db'],
  [undefined, '', undefined],
  [undefined, undefined, undefined],
])('asked for %s, with %s in the environment, it is %s', (asked, set, database) => {
  expect(databaseWanted(asked, { STANCH_DATABASE: set })).toEqual({ state: 'wanted', database });
});

test('an address in the environment that cannot be used is refused without showing its password', () => {
  const refused = databaseWanted(undefined, { STANCH_DATABASE: 'mysql://stanch:hunter2@database/stanch' });
  expect(refused).toMatchObject({ state: 'failed', happened: 'it begins with neither sqlite: nor postgres://' });
  expect(JSON.stringify(refused)).not.toContain('hunter2');
});

describe.skipIf(needsPostgres !== '')(`PostgreSQL as the place${needsPostgres}`, () => {
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.remove());

  test('an address is PostgreSQL’s, and commands see what the server keeps there', async () =>
    expectSharedAt(await postgres.createDatabase('stanch')));
});
