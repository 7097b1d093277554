import { expect, test } from 'vitest';
import { storeFailure } from './sqlite-failure.ts';

function sqliteError(errcode: number, message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode });
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: mkdir '/state/stanch'`), { code });
}

// The higher bits of SQLite's codes tell variants: 1032 is read-only because the database was moved, 4618 a failed write.
test.each([
  [sqliteError(5, 'database is locked'), 'another program kept /s.db locked for too long'],
  [sqliteError(261, 'database is locked'), 'another program kept /s.db locked for too long'],
  [sqliteError(8, 'attempt to write a readonly database'), 'writing to /s.db and its directory is not permitted'],
  [sqliteError(1032, 'attempt to write a readonly database'), 'writing to /s.db and its directory is not permitted'],
  [sqliteError(10, 'disk I/O error'), 'reading or writing /s.db failed in the operating system'],
  [sqliteError(4618, 'disk I/O error'), 'reading or writing /s.db failed in the operating system'],
  [sqliteError(11, 'database disk image is malformed'), '/s.db is damaged'],
  [sqliteError(13, 'database or disk is full'), 'there is no space left for /s.db'],
  [sqliteError(14, 'unable to open database file'), '/s.db cannot be opened'],
  [sqliteError(26, 'file is not a database'), '/s.db is no database, or the beginning of it is damaged'],
  [sqliteError(1, 'no such\ntable: incident'), 'SQLite refused it (no such table: incident, code 1)'],
  [systemError('ENOSPC'), 'there is no space left for /s.db'],
  [systemError('EROFS'), 'writing to /s.db and its directory is not permitted'],
  [systemError('ENOTDIR'), "there can be no directory for /s.db (ENOTDIR: mkdir '/state/stanch')"],
  [new Error('something\nelse'), 'something else'],
  ['thrown', 'thrown'],
])('%s is told in words that help', (problem, happened) => {
  expect(storeFailure('reading', '/s.db', problem)).toEqual({
    state: 'failed',
    attempted: 'reading',
    happened,
    whatToDo: expect.stringMatching(/^[A-Z].*[a-z]/),
  });
});
