import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCluster } from './cluster/start-cluster.ts';
import { down } from './down.ts';
import {
  certificatesDirectory,
  desk,
  hosts,
  kubeconfigPath,
  kubernetesVersion,
  prometheusUrl,
  readyMarkerPath,
  sshConfigPath,
  stateDirectory,
} from './layout.ts';
import { createCertificates } from './machine/certificates.ts';
import { ensureDebianPackages } from './machine/debian-packages.ts';
import { ensureKubernetesPrograms, ensureShopPrograms } from './machine/go-programs.ts';
import { bootHost, type HostParts, prepareHost } from './machine/hosts.ts';
import { ensureImages } from './machine/images.ts';
import { createNetwork } from './machine/network.ts';
import { joinLab, labProcesses, leaderOf } from './machine/processes.ts';
import { createRemoteKeys } from './machine/remote-keys.ts';
import { ensureRootFileSystem } from './machine/root-file-system.ts';
import { requireWatches } from './machine/watches.ts';
import { say, step } from './progress.ts';

/** Brings the whole lab up. A lab that is already up is left alone; what an interrupted run left is removed first. */
export async function up(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error('The lab makes network namespaces and boots hosts, which only root may. Run it again as root.');
  if (await isUp()) {
    say('The lab is already up.');
  } else {
    await startFromNothing();
  }
  say(`kubeconfig: ${kubeconfigPath}`);
  say(`ssh_config: ${sshConfigPath}`);
  say(`Prometheus: ${prometheusUrl}`);
  say(`These answer on the lab's own network. Run a program there with: npm run lab -- exec -- PROGRAM …`);
}

async function startFromNothing(): Promise<void> {
  if (existsSync(stateDirectory) || (await labProcesses()).length > 0) await step('Removing what an earlier run left', down);
  await requireWatches();
  await joinLab();
  await ensureDebianPackages();
  const kubernetes = await ensureKubernetesPrograms();
  const shop = await ensureShopPrograms();
  const rootFileSystem = await ensureRootFileSystem();
  const images = await ensureImages({ kubernetes, shop, rootFileSystem });
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  await step('Making keys and certificates', async () => {
    await createCertificates();
    await createRemoteKeys();
    await cp(join(certificatesDirectory, 'admin.kubeconfig'), kubeconfigPath);
  });
  await step('Making the network', createNetwork);
  await step(`Booting ${hosts.length} hosts`, () => bootAll({ rootFileSystem, kubernetes, shop, images }));
  await startCluster();
  await writeFile(readyMarkerPath, JSON.stringify({ readyAt: new Date().toISOString(), kubernetesVersion, desk: desk.name }));
}

async function bootAll(parts: HostParts): Promise<void> {
  // The control plane comes first, so that no kubelet spends its first minute in back-off.
  for (const host of hosts) {
    await prepareHost(host);
    await bootHost(host, parts);
  }
}

export async function isUp(): Promise<boolean> {
  if (!existsSync(readyMarkerPath)) return false;
  const leaders = await Promise.all(hosts.map((host) => leaderOf(host)));
  return leaders.every((leader) => leader !== undefined);
}
