import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controlGroupName, hostDirectory, hosts, machineName, networkNamespaces, stateDirectory } from '../layout.ts';
import { tryProgram } from '../run-program.ts';
import { hierarchies, labProcesses } from './processes.ts';

/**
 * Everything on this machine that is the lab's, in words. Empty: nothing is left of it. The mark is a setting in the
 * environment of its runs, by which also those of their processes are found that left the lab's cgroups and networks.
 */
export async function leftovers(mark: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of new Set([...(await labProcesses()), ...(await processesWith(mark))]))
    found.push(`process ${id}: ${await commandOf(id)}`);
  for (const name of await readdir('/run/netns').catch(() => []))
    if (networkNamespaces.includes(name)) found.push(`network namespace ${name}`);
  for (const line of (await readFile('/proc/self/mountinfo', 'utf8')).split('\n'))
    if (line.includes(`${stateDirectory}/`)) found.push(`mount ${line.split(' ')[4]}`);
  const loops = await tryProgram(['losetup', '--list', '--noheadings', '--output=NAME,BACK-FILE']);
  for (const line of loops.output.split('\n')) if (line.includes(`${stateDirectory}/`)) found.push(`loop device ${line}`);
  for (const hierarchy of await hierarchies())
    if (existsSync(join(hierarchy, controlGroupName))) found.push(`cgroup ${join(hierarchy, controlGroupName)}`);
  const paths = hosts.flatMap((host) => ['propagate', 'unix-export'].map((kept) => join('/run/systemd/nspawn', kept, machineName(host))));
  for (const path of [stateDirectory, ...paths]) if (existsSync(path)) found.push(`directory ${path}`);
  return found;
}

/** Locks that systemd-nspawn holds for the lab's hosts. Their names are known only as long as the hosts' directories exist. */
export async function machineLocks(): Promise<readonly string[]> {
  const locks: string[] = [];
  for (const host of hosts) {
    const name = (await readFile(join(hostDirectory(host), 'lock-name'), 'utf8').catch(() => '')).trim();
    if (/^inode-\d+:\d+$/.test(name)) locks.push(join('/run/systemd/nspawn/locks', name));
  }
  return locks;
}

/** What the machine's own network looks like: filter rules, interfaces, addresses and routes, without what counts traffic. */
export async function machineNetwork(): Promise<string> {
  const questions: readonly (readonly [string, ...string[]])[] = [
    ['iptables-save'],
    ['ip6tables-save'],
    ['ip', '-brief', 'link'],
    ['ip', '-brief', 'address'],
    ['ip', 'route'],
  ];
  const answers: string[] = [];
  for (const question of questions) {
    const { output } = await tryProgram(question);
    // A line for the table or chain itself appears as soon as anybody lists it, and carries counters.
    answers.push(...output.split('\n').filter((line) => line !== '' && !/^[#:*]|^COMMIT$/.test(line)));
  }
  return answers.join('\n');
}

/** Processes that inherited a setting of their environment, wherever they went since. */
async function processesWith(setting: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(setting)) found.push(Number(name));
  }
  return found;
}

async function commandOf(id: number): Promise<string> {
  return (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim().slice(0, 200);
}
