import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ServerStore } from '../ports/server-store.ts';
import type { Failure } from '../surfaces/command-line/looking.ts';

export interface OpenedDatabase {
  readonly state: 'opened';
  readonly store: ServerStore;
  /** Where else something about incidents may be kept. */
  readonly directory: string;
}

/** `asked`: as --database takes it. Absent: as STANCH_DATABASE says, or a file in the state directory of the user. `tell`: of trouble that nobody waits for an answer to. `mayMake`: whether a file that was named and is not there is made. */
export async function openDatabase(
  asked: string | undefined,
  tell: (trouble: string) => void,
  mayMake = true,
): Promise<OpenedDatabase | Failure> {
  const wanted = databaseWanted(asked, process.env);
  if (wanted.state === 'failed') return wanted;
  const { database } = wanted;
  const { defaultDatabasePath } = await import('../stores/sqlite/default-database-path.ts');
  if (database !== undefined && /^postgres(ql)?:/.test(database)) {
    const { openPostgresServerStore } = await import('../stores/postgresql/postgres-server-store.ts');
    const opened = await openPostgresServerStore(database, { tell });
    return opened.state === 'failed' ? opened : { ...opened, directory: dirname(defaultDatabasePath(process.env)) };
  }
  const path = database === undefined ? defaultDatabasePath(process.env) : resolve(database.replace(/^sqlite:/, ''));
  if (!mayMake && database !== undefined && !existsSync(path))
    return { state: 'failed', attempted: `opening the database ${path}`, happened: 'there is no such file', whatToDo: 'Check the path' };
  const { openSqliteServerStore } = await import('../stores/sqlite/sqlite-server-store.ts');
  const opened = openSqliteServerStore(path);
  return opened.state === 'failed' ? opened : { ...opened, directory: dirname(path) };
}

const variable = 'STANCH_DATABASE';

/** An address with a password belongs into the environment, where no list of processes shows it. It is not repeated in a message. */
export function databaseWanted(
  asked: string | undefined,
  environment: { readonly [name: string]: string | undefined },
): { readonly state: 'wanted'; readonly database: string | undefined } | Failure {
  const set = environment[variable];
  if (asked !== undefined || set === undefined || set === '') return { state: 'wanted', database: asked };
  if (/^(sqlite:.|postgres(ql)?:\/\/)/.test(set)) return { state: 'wanted', database: set };
  return {
    state: 'failed',
    attempted: `opening the database that ${variable} names`,
    happened: 'it begins with neither sqlite: nor postgres://',
    whatToDo: `Set ${variable} to sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE`,
  };
}
