import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hosts, sshConfigPath, stateDirectory } from '../layout.ts';
import { runProgram } from '../run-program.ts';

/** Keys for sshd of every host and for the engineer, and the ssh_config that uses them with strict host key checking. */
export async function createRemoteKeys(): Promise<void> {
  const directory = join(stateDirectory, 'ssh');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of ['engineer', ...hosts.map((host) => host.name)]) {
    await runProgram(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(directory, name)]);
  }
  const known: string[] = [];
  for (const host of hosts)
    known.push(`${host.name},${host.address} ${(await readFile(join(directory, `${host.name}.pub`), 'utf8')).trim()}`);
  await writeFile(join(directory, 'known_hosts'), `${known.join('\n')}\n`);
  const blocks = hosts.map((host) => `Host ${host.name} ${host.address}\n  HostName ${host.address}\n`);
  const common = `Host *\n  User root\n  IdentityFile ${directory}/engineer\n  IdentitiesOnly yes\n  UserKnownHostsFile ${directory}/known_hosts\n  StrictHostKeyChecking yes\n`;
  await writeFile(sshConfigPath, blocks.join('\n') + '\n' + common);
}
