import { step } from '../progress.ts';
import { runProgram, tryProgram } from '../run-program.ts';

/** What this machine itself needs. Every server of the lab is installed into the hosts' own file system instead. */
const packages = [
  'debootstrap',
  'systemd-container',
  'iproute2',
  'iptables',
  'openssh-client',
  'openssl',
  'e2fsprogs',
  'util-linux',
] as const;

export async function ensureDebianPackages(): Promise<void> {
  const known = await tryProgram(['dpkg-query', '--show', '--showformat=${Package} ${db:Status-Status}\n', ...packages]);
  const installed = new Set(
    known.output
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  const missing = packages.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  await step(`Installing Debian packages: ${missing.join(' ')}`, async () => {
    const environment = { DEBIAN_FRONTEND: 'noninteractive' };
    // An installation that was killed half-way leaves packages that the next one refuses to pass over.
    await runProgram(['dpkg', '--configure', '--pending'], { environment });
    await runProgram(['apt-get', 'update', '-qq'], { environment });
    await runProgram(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing], { environment });
  });
}
