import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { StoreFailure } from '../../ports/store-failure.ts';
import { storeFailure } from './sqlite-failure.ts';

export type Row = { readonly [column: string]: SQLOutputValue };

/** A database of the newest schema, asked so that nothing is ever thrown. */
export interface OpenDatabase {
  readonly database: DatabaseSync;
  /** Reads. */
  readonly asked: <Answer>(what: string, answer: () => Answer) => Promise<Answer | StoreFailure>;
  /** Writes, in one transaction: wholly or not at all. */
  readonly written: <Answer>(what: string, write: () => Answer) => Promise<Answer | StoreFailure>;
  readonly close: () => Promise<void>;
}

/** `path`: for messages. */
export function openDatabase(database: DatabaseSync, path: string): OpenDatabase {
  const asked: OpenDatabase['asked'] = (what, answer) => {
    const attempted = `${what} in ${path}`;
    if (!database.isOpen)
      return Promise.resolve({ state: 'failed', attempted, happened: 'the store is closed', whatToDo: 'Open it again' });
    try {
      return Promise.resolve(answer());
    } catch (problem) {
      return Promise.resolve(storeFailure(attempted, path, problem));
    }
  };
  return {
    database,
    asked,
    written: (what, write) => asked(what, () => inOneStep(database, write)),
    close: () => {
      if (database.isOpen) database.close();
      return Promise.resolve();
    },
  };
}

/** Locked for writing from its beginning, so that what it reads first still holds when it writes. */
function inOneStep<Answer>(database: DatabaseSync, work: () => Answer): Answer {
  database.exec('begin immediate');
  try {
    const answer = work();
    database.exec('commit');
    return answer;
  } catch (problem) {
    // SQLite has rolled back by itself after some failures, such as a full disk.
    if (database.isTransaction) database.exec('rollback');
    throw problem;
  }
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`the column ${column} holds no text`);
  return value;
}
