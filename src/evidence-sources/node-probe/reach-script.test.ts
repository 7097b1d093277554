import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isReachable, reachOutcome, reachScriptFor } from './reach-script.ts';
import { splitOutput } from './split-output.ts';

/** Accepts, and never says a word: the hardest target for programs that want to talk. */
const silent: Server = createServer(() => undefined);
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => void silent.close());

test('the script runs in a plain shell, ends by itself, and tells connected from refused', () => {
  const ran = spawnSync('sh', ['-s'], {
    encoding: 'utf8',
    input: reachScriptFor('mark', [
      { host: '127.0.0.1', port },
      { host: '127.0.0.1', port: 1 },
      { host: 'x; touch /x', port: 1 },
    ]),
  });
  const outcomes = splitOutput(ran.stdout, 'mark').map(
    ({ id, exitStatus, output }) => `${id.split(' ')[0]} ${reachOutcome(id.split(' ')[1] ?? '', exitStatus, output)}`,
  );

  expect([ran.status, outcomes.toSorted()]).toEqual([0, ['0 connected', '1 refused']]);
});

test('where nothing can connect, nothing is claimed', () => {
  const nothing = reachScriptFor('mark', [{ host: '127.0.0.1', port: 1 }]).replace(/\ntry\(\)/, '\ntool=\ntry()');
  const ran = spawnSync('sh', ['-s'], { encoding: 'utf8', input: nothing });

  expect(
    splitOutput(ran.stdout, 'mark').map(({ id, exitStatus, output }) => reachOutcome(id.split(' ')[1] ?? '', exitStatus, output)),
  ).toEqual([undefined]);
});

describe('what programs say', () => {
  test.each([
    ['nc', 0, 'Connection to 10.0.0.1 5432 port [tcp/*] succeeded!', 'connected'],
    ['nc', 1, 'nc: connect to 10.0.0.1 port 5432 (tcp) failed: Connection refused', 'refused'],
    ['nc', 1, 'nc: connect to 10.0.0.1 port 5432 (tcp) timed out: Operation now in progress', 'timed-out'],
    ['nc', 1, 'nc: getaddrinfo for host "db" port 5432: Name or service not known', 'name-not-resolved'],
    ['nc', 1, 'db: forward host lookup failed: Unknown host', 'name-not-resolved'],
    ['nc', 1, 'nc: connect to 10.0.0.1 port 5432 (tcp) failed: No route to host', 'unreachable'],
    ['nc', 143, '', undefined],
    ['bash', 143, '', 'timed-out'],
    ['bash', 1, 'bash: connect: Network is unreachable', 'unreachable'],
    ['bash', 1, 'bash: /dev/tcp/10.0.0.1/5432: Connection timed out', 'timed-out'],
    ['plain-nc', 1, 'nc: timed out', 'timed-out'],
    ['plain-nc', 143, '', 'connected'],
    ['plain-nc', 1, "nc: bad address 'db'", 'name-not-resolved'],
    ['curl', 28, '* Connected to 10.0.0.1 (10.0.0.1) port 5432\n* Operation timed out after 4001 milliseconds', 'connected'],
    ['curl', 28, '*   Trying 10.0.0.1:5432...\n* Connection timed out after 3001 milliseconds', 'timed-out'],
    ['curl', 7, '* connect to 10.0.0.1 port 5432 from 10.0.0.2 port 4 failed: Connection refused', 'refused'],
    ['curl', 1, '* Protocol "telnet" not supported', undefined],
    ['wget', 1, 'Connecting to 10.0.0.1:5432 (10.0.0.1:5432)\nwget: download timed out', undefined],
    ['wget', 4, 'Connecting to 10.0.0.1:5432... failed: Connection timed out.', 'timed-out'],
    ['wget', 1, 'Connecting to db:80 (10.0.0.1:80)\nwget: server returned error: HTTP/1.1 404 Not Found', 'connected'],
    ['wget', 1, "wget: can't connect to remote host (10.0.0.1): Connection refused", 'refused'],
    ['python3', 1, 'TimeoutError: timed out', 'timed-out'],
    ['node', 1, 'connect EHOSTUNREACH 10.0.0.1:5432', 'unreachable'],
    ['perl', 1, 'IO::Socket::INET: connect: timeout Connection timed out', 'timed-out'],
    ['nc', 127, 'sh: nc: not found', undefined],
    ['', 127, '', undefined],
  ])('%s, status %d: %s', (tool, status, output, outcome) => {
    expect(reachOutcome(tool, status, output)).toBe(outcome);
  });
});

test('no text that is taken for a host has a meaning to a shell', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), (host, number) => {
      expect(isReachable({ host, port: number }) && /[^A-Za-z0-9.:-]/.test(host)).toBe(false);
    }),
  );
  expect([
    isReachable({ host: '10.96.0.1', port: 443 }),
    isReachable({ host: 'fd00::1', port: 443 }),
    isReachable({ host: '-oProxyCommand=x', port: 443 }),
    isReachable({ host: 'db', port: 0 }),
  ]).toEqual([true, true, false, false]);
});
