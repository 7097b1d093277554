import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeProbeSource } from './node-probe-source.ts';
import { sshNodes, usualSettings } from './ssh-session.ts';

const sshd = '/usr/sbin/sshd';
const clock = { now: () => 1_000_000 };
const base = { namespaces: [], from: 0, until: 0, why: 'a test asks' };

/** What the hosts of the test do, whatever is asked of them. A key of its own for each lets a single sshd play them all. */
const hosts: { readonly [name: string]: string | undefined } = {
  honest: undefined,
  hangs: 'sleep 60',
  floods: "head -c 100000000 /dev/zero | tr '\\0' x",
  lies: "printf '\\033]0;owned\\007\\033[2Jstanch-forged begin df\\nall is well\\nstanch-forged end 0\\n'",
};

const hasSshd = existsSync(sshd);
const folder = hasSshd ? mkdtempSync(join(tmpdir(), 'stanch-ssh-')) : '';
let daemon: ChildProcess | undefined;
let closedPort = 0;

function inFolder(name: string): string {
  return join(folder, name);
}

async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeAll(async () => {
  if (!hasSshd) return;
  chmodSync(folder, 0o755);
  for (const key of ['host', 'other-host', 'unknown', ...Object.keys(hosts)])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', inFolder(key)]);
  const allowed = Object.entries(hosts).map(
    ([name, command]) =>
      `${command === undefined ? '' : `command="${command.replaceAll('"', '\\"')}" `}${readFileSync(inFolder(`${name}.pub`), 'utf8').trim()}`,
  );
  writeFileSync(inFolder('authorized_keys'), `${allowed.join('\n')}\n`);
  const port = await freePort();
  closedPort = await freePort();
  writeFileSync(
    inFolder('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${inFolder('host')}`,
      `AuthorizedKeysFile ${inFolder('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin yes',
      `PidFile ${inFolder('pid')}`,
      '',
    ].join('\n'),
  );
  const entry = (host: string, key: string, known: string, at: number): string =>
    [
      `Host ${host}`,
      '  HostName 127.0.0.1',
      `  Port ${at}`,
      `  User ${userInfo().username}`,
      `  IdentityFile ${inFolder(key)}`,
      '  IdentitiesOnly yes',
      `  UserKnownHostsFile ${inFolder(`known-${known}`)}`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
    ].join('\n');
  writeFileSync(
    inFolder('ssh_config'),
    [
      ...Object.keys(hosts).map((name) => entry(name, name, 'right', port)),
      entry('stranger', 'unknown', 'right', port),
      entry('impostor', 'honest', 'wrong', port),
      entry('silent', 'honest', 'right', closedPort),
      '',
    ].join('\n'),
  );
  for (const [known, key] of [
    ['right', 'host'],
    ['wrong', 'other-host'],
  ] as const)
    writeFileSync(inFolder(`known-${known}`), `[127.0.0.1]:${port} ${readFileSync(inFolder(`${key}.pub`), 'utf8')}`);
  execFileSync('mkdir', ['-p', '/run/sshd']);
  daemon = spawn(sshd, ['-D', '-e', '-f', inFolder('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    daemon?.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Server listening')) resolve();
    });
    daemon?.on('close', () => reject(new Error('sshd did not start')));
  });
});

afterAll(() => {
  daemon?.removeAllListeners('close');
  daemon?.kill();
  if (folder !== '') rmSync(folder, { recursive: true });
});

function source(settings: Partial<typeof usualSettings> = {}) {
  return nodeProbeSource(
    { nodes: sshNodes({ ...usualSettings, configPath: inFolder('ssh_config'), ...settings }), pods: undefined },
    clock,
  );
}

async function commandsOn(node: string, settings: Partial<typeof usualSettings> = {}) {
  return source(settings).read({ ...base, kind: 'node-commands', nodes: [node] }, new AbortController().signal);
}

describe.skipIf(!hasSshd)('over a real sshd (skipped where openssh-server is not installed)', () => {
  test('the fixed list is run in one connection, and what the node lacks is left out', async () => {
    const reading = await commandsOn('honest');
    const outputs = reading.state === 'read' ? reading.value : [];
    expect(outputs.find((each) => each.command === 'uptime')).toEqual({
      node: 'honest',
      command: 'uptime',
      at: 1_000_000,
      exitStatus: 0,
      output: expect.stringMatching(/^[\d.]+ [\d.]+$/),
    });
    expect(outputs.every((each) => each.exitStatus !== 127)).toBe(true);
  });

  test('connections are tried from the node: connected and refused are told apart', async () => {
    const port = Number(/Port (\d+)/.exec(readFileSync(inFolder('sshd_config'), 'utf8'))?.[1]);
    const from = { kind: 'node', name: 'honest' } as const;
    const probes = [
      { from, host: '127.0.0.1', port },
      { from, host: '127.0.0.1', port: closedPort },
      { from, host: '127.0.0.1; touch /pwned', port: 80 },
    ];
    const reading = await source().read({ ...base, kind: 'connectivity-probes', probes }, new AbortController().signal);
    expect(reading.state === 'read' ? reading.value.map((probe) => [probe.host, probe.outcome]) : reading).toEqual([
      ['127.0.0.1', 'connected'],
      ['127.0.0.1', 'refused'],
    ]);
  });

  test.each([
    ['silent', 'unreachable', /no connection .*refused.*; check that sshd runs there/i],
    ['stranger', 'forbidden', /the login was refused .*Permission denied.*; give a user and key/i],
    ['impostor', 'forbidden', /the host key is not the known one, so nothing was sent/i],
    ['not a host; reboot', 'malformed', /no host name/],
  ])('%s: %s, in one clear line', async (node, because, detail) => {
    expect(await commandsOn(node)).toEqual({ state: 'unreadable', because, detail: expect.stringMatching(detail) });
  });

  test('a node that hangs is left after its time', async () => {
    expect(await commandsOn('hangs', { totalMilliseconds: 1500 })).toMatchObject({ state: 'unreadable', because: 'timed-out' });
  });

  test('a node that sends a hundred megabytes is read up to the bound and told as cut', async () => {
    const probe = source({ outputBytes: 1024 * 1024 });
    const reading = await probe.read({ ...base, kind: 'node-commands', nodes: ['floods'] }, new AbortController().signal);
    expect(reading).toMatchObject({ state: 'unreadable', because: 'timed-out' });
    expect(probe.cost().bytes).toBeLessThan(4 * 1024 * 1024);
  });

  test('a node that forges marks and sends escape sequences is believed in nothing', async () => {
    expect(await commandsOn('lies')).toEqual({ state: 'read', at: 1_000_000, value: [], gaps: [] });
  });

  test('one bad node does not take the other away', async () => {
    const reading = await source().read({ ...base, kind: 'node-commands', nodes: ['silent', 'honest'] }, new AbortController().signal);
    expect(reading.state === 'read' ? [reading.value.length > 10, reading.gaps.map((gap) => gap.what)] : reading).toEqual([
      true,
      ['commands on silent'],
    ]);
  });
});

test('no node and no known connection: nothing is asked', async () => {
  const allowed = nodeProbeSource({ nodes: sshNodes(usualSettings), pods: undefined }, clock);
  expect([
    await allowed.read({ ...base, kind: 'node-commands', nodes: [] }, new AbortController().signal),
    await allowed.read({ ...base, kind: 'connectivity-probes', probes: [] }, new AbortController().signal),
  ]).toEqual([
    { state: 'unreadable', because: 'not-asked', detail: 'no node stands out, so none was looked at' },
    { state: 'unreadable', because: 'not-asked', detail: 'no failing connection is known that could be tried again' },
  ]);
});
