import { rm } from 'node:fs/promises';
import { hosts, stateDirectory } from './layout.ts';
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
  await rm(stateDirectory, { recursive: true, force: true });
  for (const host of hosts) {
    await rm(`/run/systemd/nspawn/propagate/${host.name}`, { recursive: true, force: true });
    await rm(`/run/systemd/nspawn/unix-export/${host.name}`, { recursive: true, force: true });
  }
}

/** Deleting below a mount would delete what is mounted; better to stop and say so. */
async function assertNothingMounted(): Promise<void> {
  const listed = await tryProgram(['findmnt', '--noheadings', '--list', '--output=TARGET']);
  const mounted = listed.output.split('\n').filter((target) => target.startsWith(`${stateDirectory}/`));
  for (const target of mounted.reverse()) await runProgram(['umount', '--lazy', target]);
}
