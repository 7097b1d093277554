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

test('a dump that is too large goes as if it had never been asked for', async () => {
  const left = await cleaned({ 'df.txt': 'small', 'iptables-save-nat.txt': 'x'.repeat(300 * 1024) });
  expect(Object.keys(left)).toEqual(['commands.json', 'df.txt']);
  expect(JSON.parse(left['commands.json'] ?? '')).toEqual([{ command: 'df', file: 'df.txt' }]);
});
