import { expect, test } from 'vitest';
import { exampleProgram } from './example-composition.ts';
import { parseCommandLine } from './parse-command-line.ts';
import type { ServeRequest, ServingComposition } from './serving-composition.ts';

const parse = (...given: readonly string[]) => parseCommandLine({ arguments: ['serve', ...given], version: '1.2.3', columns: 100 });
const usual: ServeRequest = {
  source: { lookBackMilliseconds: 86_400_000, budgetSeconds: 60 },
  settings: { soakMilliseconds: 60_000, withinMilliseconds: 180_000 },
  listen: { host: '127.0.0.1', port: 8747 },
};

test('a server that nobody set up listens on this machine only', () => {
  expect(parse()).toEqual({ state: 'asked', request: { command: 'serve', request: usual } });
});

test('everything that it is told', () => {
  const place = ['--kubeconfig', 'k', '--context', 'c', '--prometheus', 'http://p:9090', '--node-access', 'ssh', '--allow-exec'];
  const acting = ['--policy', 'p.yaml', '--soak', '9s', '--within', '1m', '--time-zone', 'Europe/Berlin', '--database', 'sqlite:s.db'];
  expect(parse(...place, ...acting, '--host', '0.0.0.0', '--port', '80', '--config', 's.yaml', '--admin-token-file', 't')).toEqual({
    state: 'asked',
    request: {
      command: 'serve',
      request: {
        source: { ...usual.source, kubeconfig: 'k', context: 'c', prometheus: 'http://p:9090', nodeAccess: { kind: 'ssh' }, canExec: true },
        settings: {
          policy: 'p.yaml',
          database: 'sqlite:s.db',
          timeZone: 'Europe/Berlin',
          soakMilliseconds: 9000,
          withinMilliseconds: 60_000,
        },
        listen: { host: '0.0.0.0', port: 80 },
        config: 's.yaml',
        adminTokenFile: 't',
      },
    },
  });
});

test.each([
  ['--port', '65536'],
  ['--port', 'eighty'],
  ['--host', ''],
  ['--alert', 'page.json'],
])('it refuses %s %s', (...given) => {
  expect(parse(...given)).toMatchObject({ state: 'failed', whatToDo: 'See stanch serve --help.' });
});

function serving(serve: ServingComposition['serve']): ReturnType<typeof exampleProgram> {
  return exampleProgram({ composition: { openServing: () => Promise.resolve({ serve }) } });
}

test('what it tells goes to standard output; stopped in good order it ends with 0', async () => {
  const program = serving((_request, told) => {
    told('Stanch serves at http://127.0.0.1:8747');
    return Promise.resolve({ state: 'stopped' });
  });
  expect(await program.run('serve')).toEqual({ status: 0, out: 'Stanch serves at http://127.0.0.1:8747\n', error: '' });
});

test('where it cannot start it ends with 3, and one line says why', async () => {
  const failure = { state: 'failed', attempted: 'listening', happened: 'something else listens there', whatToDo: 'Stop it' } as const;
  const { status, error } = await serving(() => Promise.resolve(failure)).run('serve');
  expect([status, error.trim().split('\n')]).toEqual([3, [expect.stringContaining('something else listens there')]]);
});
