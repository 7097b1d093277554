import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, sourceDirectory } from '../layout.ts';
import { runProgram } from '../run-program.ts';
import { ensureCached } from './cache.ts';

const release = 'bookworm';

/** One root file system serves every host as the lower layer of its overlay; a host's role decides which units start. */
const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'iproute2',
  'iptables',
  'ipset',
  'nftables',
  'procps',
  'kmod',
  'conntrack',
  'ethtool',
  'ca-certificates',
  'iputils-ping',
  'netcat-openbsd',
  'curl',
  'busybox-static',
  'containerd',
  'runc',
  'containernetworking-plugins',
  'postgresql',
  'prometheus',
  'prometheus-alertmanager',
  'prometheus-node-exporter',
] as const;

/** Path of the shared Debian root file system, made once and cached. */
export async function ensureRootFileSystem(): Promise<string> {
  const finishing = join(sourceDirectory, 'hosts', 'finish-root-file-system.sh');
  const key = createHash('sha256')
    .update(release)
    .update(packages.join(' '))
    .update(await readFile(finishing))
    .digest('hex')
    .slice(0, 16);
  return ensureCached({
    name: `root-file-system-${key}`,
    title: "Making the hosts' Debian root file system",
    make: async (directory) => {
      // debootstrap mounts /proc and /sys below. In a mount namespace of its own they vanish with it, however it ends.
      const debootstrap = ['debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, release, directory];
      await runProgram(['unshare', '--mount', ...debootstrap], { logPath: join(cacheDirectory, 'root-file-system.log') });
      await runProgram(['sh', finishing, directory]);
    },
  });
}
