import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { ServerStore } from '../../ports/server-store.ts';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { accessIn } from './access-in.ts';
import { migrate, migrations } from './database-schema.ts';
import { incidentsIn, type LeaseSettings } from './incidents-in.ts';
import { jobsIn } from './jobs-in.ts';
import { loadSqlite } from './load-sqlite.ts';
import { openDatabase } from './open-database.ts';
import { pagesIn } from './pages-in.ts';
import { hasProcessEnded } from './process-mark.ts';
import { storeFailure } from './sqlite-failure.ts';

export type OpenedServerStore = { readonly state: 'opened'; readonly store: ServerStore } | StoreFailure;

export interface SqliteSettings {
  /** How long another program's writing is waited for. A write takes milliseconds. */
  readonly patienceMilliseconds?: number;
  /** Whether the process of a lease is known to have ended. Absent: this system is asked. */
  readonly hasEnded?: (process: string) => boolean;
}

/** Long enough for another program's write on a disk that stalls. */
const usualPatienceMilliseconds = 5000;

/** Opens the file, or makes it. Several programs may have it open at once. Never throws. */
export function openSqliteServerStore(path: string, { patienceMilliseconds, hasEnded }: SqliteSettings = {}): OpenedServerStore {
  const file = resolve(path);
  const attempted = `opening the database ${file}`;
  let database: DatabaseSync | undefined;
  try {
    makeFile(file);
    database = new (loadSqlite().DatabaseSync)(file, { timeout: patienceMilliseconds ?? usualPatienceMilliseconds });
    settle(database);
    const migrated = migrate(database, migrations);
    if (migrated.state === 'ready')
      return { state: 'opened', store: serverStoreIn(database, { path: file, hasEnded: hasEnded ?? hasProcessEnded }) };
    database.close();
    return migrated.state === 'foreign' ? foreign(attempted, file) : newer(attempted, file, migrated.version);
  } catch (problem) {
    if (database?.isOpen === true) database.close();
    return storeFailure(attempted, file, problem);
  }
}

/** The store over an open database of the newest schema. `path`: for messages. */
export function serverStoreIn(database: DatabaseSync, { path, hasEnded }: LeaseSettings & { readonly path: string }): ServerStore {
  const open = openDatabase(database, path);
  return {
    incidents: incidentsIn(open, { hasEnded }),
    pages: pagesIn(open),
    jobs: jobsIn(open),
    access: accessIn(open),
    check: () =>
      open.asked('asking for the schema', () => {
        database.prepare('select version from schema_version').get();
        return { state: 'ready' };
      }),
    close: open.close,
  };
}

/** Only for whoever runs the program: what an incident saw can hold what redaction does not know. */
function makeFile(file: string): void {
  const directory = dirname(file);
  const firstMade = mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    // An existing file is not touched: closing it would take away the locks that this process has on it.
    closeSync(openSync(file, 'wx', 0o600));
  } catch (problem) {
    if (problem instanceof Error && 'code' in problem && problem.code === 'EEXIST') return;
    throw problem;
  }
  // The name of a new file, and of a new directory, is to outlive a power loss as well.
  for (const changed of firstMade === undefined ? [directory] : [directory, dirname(firstMade)]) flush(changed);
}

function flush(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function settle(database: DatabaseSync): void {
  database.exec('pragma journal_mode = wal');
  // Each commit waits until the disk has it: what is answered as stored stays stored.
  database.exec('pragma synchronous = full');
  database.exec('pragma foreign_keys = on');
}

function foreign(attempted: string, path: string): StoreFailure {
  return {
    state: 'failed',
    attempted,
    happened: 'it is a database of another program, and was left as it is',
    whatToDo: `Choose another file with --database, or move ${path} out of the way`,
  };
}

function newer(attempted: string, path: string, version: number): StoreFailure {
  return {
    state: 'failed',
    attempted,
    happened: `a newer stanch wrote it (schema ${version}; this one knows ${migrations.length}), and it was left as it is`,
    whatToDo: `Use the newer stanch, or choose another file than ${path} with --database`,
  };
}
