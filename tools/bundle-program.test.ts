import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleProgram } from './bundle-program.ts';

/** Far away from the packages of the repository, as where it is installed. */
const folder = mkdtempSync(join(tmpdir(), 'stanch-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => bundleProgram(folder), 60_000);

function run(...given: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(folder, 'stanch.js'), ...given], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder },
    cwd: folder,
  });
}

/** What it wrote to both, until it ends or has written this. */
async function told(child: ChildProcess, until?: RegExp): Promise<string> {
  let text = '';
  const heard = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (until?.test(text) === true) resolve();
      });
    child.once('close', () => resolve());
  });
  await heard;
  return text;
}

test('the bundle serves without any package beside it, and stops in good order', async () => {
  const kubeconfig = join(folder, 'kubeconfig.json');
  const cluster = { server: 'http://127.0.0.1:1' };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'a',
      clusters: [{ name: 'a', cluster }],
      users: [{ name: 'a', user: {} }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    }),
  );
  const child = run('serve', '--port', '0', '--kubeconfig', kubeconfig);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const text = await told(child, /Sign in with this token/);
  const address = /serves at (\S+)/.exec(text)?.[1] ?? '';
  expect(text).toContain('Stanch serves at http://127.0.0.1:');
  const states = [];
  for (const path of ['/healthz', '/readyz', '/api/v1/session']) states.push((await fetch(`${address}${path}`)).status);
  child.kill('SIGTERM');

  expect([states, await ended]).toEqual([[200, 200, 200], 0]);
}, 60_000);

test.each([
  [['permissions', '--only', 'exec'], 'name: stanch-exec'],
  [['explain', 'kube-proxy-rules-incomplete'], 'kube-proxy'],
  [['incidents'], 'No incident is kept here'],
  [['demo'], 'Cordon the node and reschedule its failing replicas'],
])(
  'the bundle answers %j',
  async (given, expected) => {
    expect(await told(run(...given))).toContain(expected);
  },
  30_000,
);
