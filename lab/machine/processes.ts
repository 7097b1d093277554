import { existsSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controlGroupName, type Host } from '../layout.ts';
import { pause, waitFor } from '../run-program.ts';
import { labNetworkNamespaces } from './network.ts';

const controlGroupMount = '/sys/fs/cgroup';

/** Process id, as this machine sees it, of the host's init. Absent: the host is not booted. */
export async function leaderOf(host: Host): Promise<number | undefined> {
  for (const process of await processesInGroups(`${controlGroupName}/${host.name}`)) {
    const status = await readFile(`/proc/${process}/status`, 'utf8').catch(() => '');
    const identifiers = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    const name = /^Name:\s+(.*)$/m.exec(status)?.[1];
    if (identifiers.length === 2 && identifiers[1] === '1' && name === 'systemd') return process;
  }
  return undefined;
}

/**
 * Counts this process, and so every program that it starts, among the lab's. Whatever becomes of it, `down` finds what it
 * left: a build that goes on, or a host that was just about to boot.
 */
export async function joinLab(): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const lab = join(hierarchy, controlGroupName);
    await mkdir(lab, { recursive: true });
    if (existsSync(join(lab, 'cpuset.cpus'))) {
      // A new cpuset is empty and admits no process; its children then copy it.
      for (const name of ['cpuset.cpus', 'cpuset.mems']) await writeFile(join(lab, name), await readFile(join(hierarchy, name)));
      await writeFile(join(lab, 'cgroup.clone_children'), '1');
    }
    await mkdir(join(lab, 'up'), { recursive: true });
    await writeFile(join(lab, 'up', 'cgroup.procs'), String(process.pid));
  }
}

/** Ends every process of the lab: those in its cgroups, and any that linger in its network namespaces. */
export async function endLabProcesses(): Promise<void> {
  await waitFor({
    what: "the lab's processes to end",
    withinSeconds: 60,
    everyMilliseconds: 300,
    check: async () => {
      const processes = await labProcesses();
      for (const id of processes) {
        try {
          process.kill(id, 'SIGKILL');
        } catch (cause) {
          // Already gone is what we want.
          if (!(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH')) throw cause;
        }
      }
      return processes.length === 0 || `${processes.length} processes, for example ${processes[0]}`;
    },
  });
}

export async function labProcesses(): Promise<readonly number[]> {
  const found = new Set(await processesInGroups(controlGroupName));
  const namespaces = new Set<number>();
  for (const name of await labNetworkNamespaces()) namespaces.add((await stat(`/run/netns/${name}`)).ino);
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const inode = /\[(\d+)\]/.exec(readlinkSync(`/proc/${name}/ns/net`))?.[1];
      if (inode !== undefined && namespaces.has(Number(inode))) found.add(Number(name));
    } catch {
      // The process ended while we looked, or is a kernel thread: neither is ours.
    }
  }
  return [...found];
}

/** Removes the lab's empty cgroups, deepest first, in every hierarchy. */
export async function removeControlGroups(): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const root = join(hierarchy, controlGroupName);
    for (let attempt = 0; existsSync(root) && attempt < 20; attempt++) {
      for (const group of (await groupsBelow(root)).reverse()) await rmdir(group).catch(() => undefined);
      if (existsSync(root)) await pause(200);
    }
    if (existsSync(root))
      throw new Error(
        `Removed the lab's cgroups, but ${root} stays. Look for its processes with: find ${root} -name cgroup.procs -exec cat {} +`,
      );
  }
}

async function processesInGroups(name: string): Promise<readonly number[]> {
  const found = new Set<number>();
  for (const hierarchy of await hierarchies()) {
    for (const group of await groupsBelow(join(hierarchy, name))) {
      const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const line of text.split('\n')) if (line !== '' && line !== '0') found.add(Number(line));
    }
  }
  return [...found];
}

/** The group itself and all below it, parents first. Empty when it does not exist. */
async function groupsBelow(root: string): Promise<string[]> {
  if (!existsSync(root)) return [];
  const groups = [root];
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) groups.push(...(await groupsBelow(join(root, entry.name))));
  return groups;
}

/** Roots of the machine's cgroup hierarchies. */
export async function hierarchies(): Promise<readonly string[]> {
  const entries = await readdir(controlGroupMount, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(controlGroupMount, entry.name));
}
