import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, sourceDirectory } from '../layout.ts';
import { step } from '../progress.ts';
import { runProgram } from '../run-program.ts';

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
  const finished = join(cacheDirectory, `root-file-system-${key}`);
  if (existsSync(finished)) return finished;
  await step("Making the hosts' Debian root file system", async () => {
    const unfinished = `${finished}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(cacheDirectory, { recursive: true });
    await runProgram(['debootstrap', '--variant=minbase', `--include=${packages.join(',')}`, release, unfinished], {
      logPath: join(cacheDirectory, 'root-file-system.log'),
    });
    await runProgram(['sh', finishing, unfinished]);
    await rename(unfinished, finished);
  });
  return finished;
}
