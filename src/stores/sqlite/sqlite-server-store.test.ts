import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import type { IncidentStore } from '../../ports/incident-store.ts';
import type { ServerStore } from '../../ports/server-store.ts';
import { created, note, opening } from '../incident-store.contract.ts';
import { serverStoreContract } from '../server-store.contract.ts';
import { loadSqlite } from './load-sqlite.ts';
import { hasProcessEnded, processMark } from './process-mark.ts';
import { openSqliteServerStore, serverStoreIn, type SqliteSettings } from './sqlite-server-store.ts';

const { DatabaseSync } = loadSqlite();

const folders: string[] = [];
const stores: ServerStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-store-'));
  folders.push(folder);
  return folder;
}

function openedServer(path: string, settings: SqliteSettings = {}): ServerStore {
  const outcome = openSqliteServerStore(path, settings);
  if (outcome.state === 'failed') throw new Error(`${outcome.attempted}: ${outcome.happened}`);
  stores.push(outcome.store);
  return outcome.store;
}

function opened(path: string, settings: SqliteSettings = {}): IncidentStore {
  return openedServer(path, settings).incidents;
}

serverStoreContract('in SQLite', {
  seesProcesses: true,
  share: () => {
    const folder = mkdtempSync(join(tmpdir(), 'stanch-store-'));
    const settings = { hasEnded: (process: string): boolean => process.startsWith('ended') };
    return Promise.resolve({
      open: () => Promise.resolve(openedServer(join(folder, 'stanch.db'), settings)),
      setTime: () => Promise.resolve(),
      remove: () => Promise.resolve(rmSync(folder, { recursive: true })),
    });
  },
});

const moduleAddress = new URL('sqlite-server-store.ts', import.meta.url).href;

interface Child {
  readonly lines: AsyncIterableIterator<string>;
  readonly kill: () => void;
  readonly ended: Promise<void>;
  readonly number: number;
}

/** Another process that has the store open, and tells on standard output what was acknowledged. */
function child(path: string, work: string): Child {
  const program = `
    const { openSqliteServerStore } = await import(${JSON.stringify(moduleAddress)});
    const { processMark } = await import(${JSON.stringify(new URL('process-mark.ts', import.meta.url).href)});
    const { writeSync } = await import('node:fs');
    const tell = (text) => writeSync(1, text + '\\n');
    const outcome = openSqliteServerStore(${JSON.stringify(path)});
    if (outcome.state === 'failed') throw new Error(JSON.stringify(outcome));
    const { incidents: store, jobs, pages } = outcome.store;
    ${work}`;
  const started = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  return {
    lines: createInterface({ input: started.stdout })[Symbol.asyncIterator](),
    kill: () => started.kill('SIGKILL'),
    ended: new Promise((resolve) => started.on('close', () => resolve())),
    number: started.pid ?? 0,
  };
}

async function told(lines: AsyncIterableIterator<string>): Promise<string> {
  const next = await lines.next();
  return next.done === true ? 'nothing' : next.value;
}

describe('a store in SQLite', () => {
  test.each([1, 7, 40])('killed after %i acknowledged events it has kept them all, whole and in order', async (count) => {
    const path = join(temporaryFolder(), 'stanch.db');
    const id = await created(opened(path));
    const { lines, kill, ended } = child(
      path,
      `for (let length = 1; ; length += 1) {
        const because = String(length).padStart(length % 3 === 0 ? 200000 : 20, '.');
        const answer = await store.append(${JSON.stringify(id)}, length, [{ kind: 'aborted', at: length, by: 'child', because }]);
        tell(answer.state + ' ' + answer.length);
      }`,
    );
    let acknowledged = '';
    for (let line = 0; line < count; line += 1) acknowledged = await told(lines);
    kill();
    for await (const line of lines) acknowledged = line;
    await ended;

    const length = Number(acknowledged.replace('appended ', ''));
    expect(length).toBeGreaterThan(count);
    const read = await opened(path).read(id);
    const texts = read.state === 'read' ? read.events.slice(1).map((event) => ('because' in event ? String(event.because) : '')) : [];
    // One more may have been stored without having been acknowledged any more.
    expect([length - 1, length]).toContain(texts.length);
    expect(texts.map((text) => Number(text.replaceAll('.', '')))).toEqual(texts.map((_, index) => index + 1));
  });

  test('four processes that make the file at the same time all get it', async () => {
    const path = join(temporaryFolder(), 'state', 'stanch.db');
    const makes = `tell((await store.create(${JSON.stringify(opening())})).state); await store.close();`;
    const children = [1, 2, 3, 4].map(() => child(path, makes));
    expect(await Promise.all(children.map(({ lines }) => told(lines)))).toEqual(['created', 'created', 'created', 'created']);
    await Promise.all(children.map(({ ended }) => ended));
    const listed = await opened(path).list({ limit: 10, which: 'all' });
    expect(listed.state === 'read' && listed.incidents).toHaveLength(4);
  });

  test('what a killed process worked on is taken over at once, and not before', async () => {
    const path = join(temporaryFolder(), 'stanch.db');
    const store = opened(path);
    const id = await created(store);
    const { lines, kill, ended } = child(
      path,
      `const holder = { name: 'the killed one', process: processMark() };
       tell((await store.lease(${JSON.stringify(id)}, { holder, now: 0, until: 1e9 })).state);
       setInterval(() => undefined, 1000);`,
    );
    const holder = { name: 'we', process: processMark() };
    expect(await told(lines)).toBe('leased');
    expect(await store.lease(id, { holder, now: 1, until: 2 })).toEqual({ state: 'taken', by: 'the killed one', until: 1e9 });
    kill();
    await ended;
    expect(await store.lease(id, { holder, now: 1, until: 2 })).toEqual({ state: 'leased', takenOverFrom: 'the killed one' });
  });

  test('only its owner may read it, and a directory that it makes', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'made', 'deep', 'stanch.db');
    await created(opened(path));
    const modeOf = (each: string): string => (statSync(each).mode & 0o777).toString(8);
    expect([join(folder, 'made'), join(folder, 'made', 'deep')].map(modeOf)).toEqual(['700', '700']);
    expect(readdirSync(join(folder, 'made', 'deep')).map((name) => [name, modeOf(join(folder, 'made', 'deep', name))])).toEqual([
      ['stanch.db', '600'],
      ['stanch.db-shm', '600'],
      ['stanch.db-wal', '600'],
    ]);
  });

  test('what was stored can be neither changed nor forgotten, not even by hand in the same file', async () => {
    const path = join(temporaryFolder(), 'stanch.db');
    const server = openedServer(path);
    await created(server.incidents);
    await server.access.audit({ at: 1, by: 'ada', what: 'approve', result: 'done', detail: '' });
    const database = new DatabaseSync(path);
    const changed = 'an event of an incident is never changed';
    expect(() => database.exec("update incident_event set event = '{}'")).toThrow(changed);
    expect(() => database.exec("insert or replace into incident_event select incident, sequence, '{}' from incident_event")).toThrow(
      changed,
    );
    expect(() => database.exec('delete from incident_event')).toThrow('an event of an incident is never forgotten');
    expect(() => database.exec("update audit set by_whom = 'bob'")).toThrow('who did what is never changed');
    expect(() =>
      database.exec("replace into audit select number, at, 'bob', what, incident, result, detail, credential from audit"),
    ).toThrow('who did what is never changed');
    expect(() => database.exec('delete from audit')).toThrow('who did what is never forgotten');
    expect(await server.access.readAudit({ limit: 5 })).toMatchObject({ entries: [{ by: 'ada' }] });
    database.close();
  });
});

describe('a store that cannot', () => {
  test('wait any longer for another program says that the file is locked, and goes on afterwards', async () => {
    const path = join(temporaryFolder(), 'stanch.db');
    const store = opened(path, { patienceMilliseconds: 10 });
    const id = await created(store);
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    expect(await store.append(id, 1, [note(1)])).toEqual({
      state: 'failed',
      attempted: `adding to incident ${id} in ${path}`,
      happened: `another program kept ${path} locked for too long`,
      whatToDo: 'Find who has it open (lsof) and let it finish; then try again',
    });
    expect(await store.read(id)).toEqual({ state: 'read', events: [opening()] });
    other.exec('rollback');
    other.close();
    expect(await store.append(id, 1, [note(1)])).toEqual({ state: 'appended', length: 2 });
  });

  test('find room on the disk says so, loses nothing, and goes on when there is room', async () => {
    const path = join(temporaryFolder(), 'stanch.db');
    await opened(path).close();
    const database = new DatabaseSync(path);
    const store = serverStoreIn(database, { path, hasEnded: () => false }).incidents;
    const id = await created(store);
    database.exec('pragma max_page_count = 1');
    const large = note(1, 'x'.repeat(200_000));
    expect(await store.append(id, 1, [note(2), large])).toMatchObject({ state: 'failed', happened: `there is no space left for ${path}` });
    expect(await store.read(id)).toEqual({ state: 'read', events: [opening()] });
    database.exec('pragma max_page_count = 100000');
    expect(await store.append(id, 1, [large])).toEqual({ state: 'appended', length: 2 });
    await store.close();
  });

  test('read a damaged file says so', async () => {
    const path = join(temporaryFolder(), 'stanch.db');
    const store = opened(path);
    const id = await created(store);
    await store.append(id, 1, [note(1, 'x'.repeat(100_000))]);
    await store.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 4096));
    const outcome = openSqliteServerStore(path);
    const read = outcome.state === 'failed' ? outcome : await outcome.store.incidents.read(id);
    if (outcome.state === 'opened') await outcome.store.close();
    expect(read).toMatchObject({ state: 'failed', happened: `${path} is damaged` });
  });

  test('make sense of a file that is no database leaves it alone', () => {
    const path = join(temporaryFolder(), 'stanch.db');
    writeFileSync(path, 'dear diary\n'.repeat(1000));
    expect(openSqliteServerStore(path)).toEqual({
      state: 'failed',
      attempted: `opening the database ${path}`,
      happened: `${path} is no database, or the beginning of it is damaged`,
      whatToDo: 'Choose another file, or move this one out of the way',
    });
    expect(readFileSync(path, 'utf8')).toBe('dear diary\n'.repeat(1000));
  });

  test('use another program’s database leaves it alone', () => {
    const path = join(temporaryFolder(), 'stanch.db');
    const database = new DatabaseSync(path);
    database.exec('create table song (title text)');
    database.close();
    expect(openSqliteServerStore(path)).toMatchObject({
      state: 'failed',
      happened: 'it is a database of another program, and was left as it is',
    });
    const again = new DatabaseSync(path);
    expect(
      again
        .prepare('select name from sqlite_schema')
        .all()
        .map(({ name }) => name),
    ).toEqual(['song']);
    again.close();
  });

  test('make its directory says what stands in its way', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const outcome = openSqliteServerStore(join(file, 'stanch.db'));
    expect(outcome).toMatchObject({ state: 'failed', whatToDo: 'Choose another file with --database' });
    expect(existsSync(join(file, 'stanch.db'))).toBe(false);
  });

  test('open a directory as a file says so', () => {
    expect(openSqliteServerStore(temporaryFolder())).toMatchObject({
      state: 'failed',
      happened: expect.stringContaining('cannot be opened'),
    });
  });

  test('an empty file is a new store', async () => {
    const path = join(temporaryFolder(), 'stanch.db');
    writeFileSync(path, '');
    truncateSync(path, 0);
    chmodSync(path, 0o600);
    expect(await opened(path).list({ limit: 1, which: 'all' })).toEqual({ state: 'read', incidents: [], revision: 0 });
  });
});

test('a process has ended when it runs no more; of processes elsewhere that cannot be told', () => {
  const [place, number, start]: readonly unknown[] = JSON.parse(processMark());
  expect(hasProcessEnded(processMark())).toBe(false);
  expect(hasProcessEnded(JSON.stringify([place, 2 ** 22 + 1, start]))).toBe(true);
  expect(hasProcessEnded(JSON.stringify([place, number, 'another start']))).toBe(true);
  expect(hasProcessEnded(JSON.stringify(['another machine', 2 ** 22 + 1, start]))).toBe(false);
  for (const mark of ['', 'x', '[]', '[1,2,3]', '{}', JSON.stringify([place, 0, ''])]) expect(hasProcessEnded(mark)).toBe(false);
});
