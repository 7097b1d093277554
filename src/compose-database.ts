import { dirname, resolve } from 'node:path';
import type { ServerStore } from './ports/server-store.ts';
import type { Failure } from './surfaces/command-line/looking.ts';

export interface OpenedDatabase {
  readonly state: 'opened';
  readonly store: ServerStore;
  /** Where else something about incidents may be kept. */
  readonly directory: string;
}

/** `database`: as --database takes it. Absent: a file in the state directory of the user. `tell`: of trouble that nobody waits for an answer to. */
export async function openDatabase(database: string | undefined, tell: (trouble: string) => void): Promise<OpenedDatabase | Failure> {
  const { defaultDatabasePath } = await import('./stores/sqlite/default-database-path.ts');
  if (database !== undefined && /^postgres(ql)?:/.test(database)) {
    const { openPostgresServerStore } = await import('./stores/postgresql/postgres-server-store.ts');
    const opened = await openPostgresServerStore(database, { tell });
    return opened.state === 'failed' ? opened : { ...opened, directory: dirname(defaultDatabasePath(process.env)) };
  }
  const path = database === undefined ? defaultDatabasePath(process.env) : resolve(database.replace(/^sqlite:/, ''));
  const { openSqliteServerStore } = await import('./stores/sqlite/sqlite-server-store.ts');
  const opened = openSqliteServerStore(path);
  return opened.state === 'failed' ? opened : { ...opened, directory: dirname(path) };
}
