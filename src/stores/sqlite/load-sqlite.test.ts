import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { defaultDatabasePath } from './default-database-path.ts';

test('loading SQLite says nothing, also where Node calls it experimental, and every other warning is told', () => {
  const program = `
    const { loadSqlite } = await import(${JSON.stringify(new URL('load-sqlite.ts', import.meta.url).href)});
    const real = process.getBuiltinModule;
    process.getBuiltinModule = (name) => {
      process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
      process.emitWarning('another feature is experimental', 'ExperimentalWarning');
      process.emitWarning('SQLite is old', 'DeprecationWarning');
      return real(name);
    };
    const tell = process.emitWarning;
    const { DatabaseSync } = loadSqlite();
    console.log(typeof DatabaseSync, process.emitWarning === tell);
    process.emitWarning('SQLite is an experimental feature, said later', 'ExperimentalWarning');`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect(stdout).toBe('function true\n');
  expect(
    stderr
      .split('\n')
      .filter((line) => line.includes('Warning:'))
      .map((line) => line.replace(/^\(node:\d+\) /, '')),
  ).toEqual([
    'ExperimentalWarning: another feature is experimental',
    'DeprecationWarning: SQLite is old',
    'ExperimentalWarning: SQLite is an experimental feature, said later',
  ]);
});

test.each([
  [{ XDG_STATE_HOME: '/state' }, '/state/stanch/stanch.db'],
  [{ XDG_STATE_HOME: 'relative' }, expect.stringMatching(/^\/.*\/\.local\/state\/stanch\/stanch\.db$/)],
  [{}, expect.stringMatching(/^\/.*\/\.local\/state\/stanch\/stanch\.db$/)],
])('with %j incidents are kept in the state of the user', (environment, path) => {
  expect(defaultDatabasePath(environment)).toEqual(path);
});
