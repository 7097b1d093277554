import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cacheDirectory } from '../layout.ts';
import { cleanRecording } from './clean-recording.ts';

const folder = mkdtempSync(join(tmpdir(), 'stanch-clean-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is left of a recording with these outputs of one node. */
async function cleaned(outputs: { readonly [file: string]: string }): Promise<{ readonly [file: string]: string }> {
  const directory = mkdtempSync(join(folder, 'recording-'));
  const node = join(directory, 'nodes/node-1');
  mkdirSync(join(directory, 'objects'));
  mkdirSync(node, { recursive: true });
  writeFileSync(join(directory, 'objects/nodes.json'), '{"status":{"nodeInfo":{"kernelVersion":"6.18.44-of-this-machine"}}}');
  const commands = Object.keys(outputs).map((file) => ({ command: file.replace(/\.txt$/, ''), file }));
  writeFileSync(join(node, 'commands.json'), JSON.stringify(commands));
  for (const [file, text] of Object.entries(outputs)) writeFileSync(join(node, file), text);
  await cleanRecording(directory);
  return Object.fromEntries(readdirSync(node).map((file) => [file, readFileSync(join(node, file), 'utf8')]));
}

test('the boot of the machine goes, and what the kernel said later stays', async () => {
  const log = [
    '2026-03-01T09:00:00.815755+0000 node-1 kernel: Linux version 6.18.44-of-this-machine',
    '2026-03-01T09:00:00.815783+0000 node-1 kernel: Command line: of this machine',
    '2026-03-01T09:30:00.000000+0000 node-1 kernel: Memory cgroup out of memory: Killed process 7 (kube-proxy)',
  ].join('\n');
  expect((await cleaned({ 'journal-kernel.txt': log }))['journal-kernel.txt']).toBe(
    '2026-03-01T09:30:00.000000+0000 node-1 kernel: Memory cgroup out of memory: Killed process 7 (kube-proxy)',
  );
});

test("the kernel's build name and the lab's own places are replaced", async () => {
  const text = `Linux 6.18.44-of-this-machine, lowerdir=${cacheDirectory}/base`;
  expect((await cleaned({ 'mounts.txt': text }))['mounts.txt']).toBe('Linux 6.18.44, lowerdir=/var/cache/lab/base');
});

/** What is left of the objects of a kind. */
async function cleanedObjects(kind: string, items: readonly object[]): Promise<readonly object[]> {
  const directory = mkdtempSync(join(folder, 'recording-'));
  const path = join(directory, 'objects', `${kind}.json`);
  mkdirSync(join(directory, 'objects'));
  writeFileSync(path, JSON.stringify({ kind: 'List', apiVersion: 'v1', items }));
  await cleanRecording(directory);
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly items: readonly object[] }).items;
}

const managedFields = [{ manager: 'somebody' }];

test('who wrote the fields of a pod goes, and of a ConfigMap it stays', async () => {
  expect(await cleanedObjects('pods', [{ metadata: { name: 'cart-1', managedFields }, spec: {} }])).toEqual([
    { metadata: { name: 'cart-1' }, spec: {} },
  ]);
  const settings = { metadata: { name: 'cart', managedFields }, data: {} };
  expect(await cleanedObjects('configmaps', [settings])).toEqual([settings]);
});

test('who wrote the roles that every API server brings goes, and of the others it stays', async () => {
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  const own = { metadata: { name: 'cart-reader', managedFields } };
  expect(await cleanedObjects('clusterroles', [{ metadata: { name: 'view', labels, managedFields } }, own])).toEqual([
    { metadata: { name: 'view', labels } },
    own,
  ]);
});

test('a list without objects stays one', async () => {
  expect(await cleanedObjects('pods', [])).toEqual([]);
});

test('a dump that is too large goes as if it had never been asked for', async () => {
  const left = await cleaned({ 'df.txt': 'small', 'iptables-save-nat.txt': 'x'.repeat(300 * 1024) });
  expect(Object.keys(left)).toEqual(['commands.json', 'df.txt']);
  expect(JSON.parse(left['commands.json'] ?? '')).toEqual([{ command: 'df', file: 'df.txt' }]);
});
