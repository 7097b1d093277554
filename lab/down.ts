import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hosts, machineName, stateDirectory } from './layout.ts';
import { machineLocks } from './machine/leftovers.ts';
import { removeNetwork } from './machine/network.ts';
import { endLabProcesses, removeControlGroups } from './machine/processes.ts';
import { runProgram, tryProgram } from './run-program.ts';

/** Removes everything that `up` made, from any state. The caches of programs and file systems stay. */
export async function down(): Promise<void> {
  // Mounts live in the hosts' own mount namespaces and vanish with their processes; nothing is mounted on this machine.
  await endLabProcesses();
  await removeNetwork();
  await removeControlGroups();
  await assertNothingMounted();
  for (const lock of await machineLocks()) await rm(lock, { force: true });
  await rm(stateDirectory, { recursive: true, force: true });
  for (const host of hosts) {
    for (const kept of ['propagate', 'unix-export'])
      await rm(join('/run/systemd/nspawn', kept, machineName(host)), { recursive: true, force: true });
  }
}

/** Deleting below a mount would delete what is mounted; better to stop and say so. */
async function assertNothingMounted(): Promise<void> {
  const listed = await tryProgram(['findmnt', '--noheadings', '--list', '--output=TARGET']);
  const mounted = listed.output.split('\n').filter((target) => target.startsWith(`${stateDirectory}/`));
  for (const target of mounted.reverse()) await runProgram(['umount', '--lazy', target]);
}
