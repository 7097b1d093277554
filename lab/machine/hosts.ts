import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { cp, glob, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fillIn } from '../fill-in.ts';
import {
  addresses,
  apiServerUrl,
  certificatesDirectory,
  controlGroupName,
  type Host,
  hostDirectory,
  hostNamed,
  hosts,
  imageRegistry,
  machineName,
  networkNamespace,
  served,
  sourceDirectory,
  stanchTokenPath,
  stateDirectory,
} from '../layout.ts';
import { runProgram, waitFor } from '../run-program.ts';
import { leaderOf } from './processes.ts';

export interface HostParts {
  readonly rootFileSystem: string;
  readonly kubernetes: string;
  readonly shop: string;
  readonly images: string;
}

const unitsByRole: Readonly<Record<Host['role'], readonly string[]>> = {
  'control-plane': [
    'etcd.service',
    'kube-apiserver.service',
    'kube-controller-manager.service',
    'kube-scheduler.service',
    'image-registry.service',
  ],
  worker: ['containerd.service', 'kubelet.service', 'prometheus-node-exporter.service'],
  database: ['postgresql@15-main.service'],
  monitoring: ['prometheus.service', 'prometheus-alertmanager.service', 'alert-sink.service', 'target-discovery.service'],
};

/** Files of `/etc` that are secrets or certificates, by role: target below /etc → file in the certificates directory. */
function certificatesOf(host: Host): Readonly<Record<string, string>> {
  const same = (names: readonly string[]) => Object.fromEntries(names.map((name) => [`kubernetes/${name}`, name]));
  switch (host.role) {
    case 'control-plane':
      return same([
        'authority.crt',
        'kube-apiserver.crt',
        'kube-apiserver.key',
        'kubelet-client.crt',
        'kubelet-client.key',
        'service-account.pub',
        'service-account.key',
        'controller-manager.kubeconfig',
        'scheduler.kubeconfig',
      ]);
    case 'worker':
      return {
        'kubernetes/authority.crt': 'authority.crt',
        'kubernetes/kubelet.kubeconfig': `${host.name}.kubeconfig`,
        'kubernetes/kubelet-serving.crt': `${host.name}-serving.crt`,
        'kubernetes/kubelet-serving.key': `${host.name}-serving.key`,
      };
    case 'monitoring':
      return {
        'prometheus/authority.crt': 'authority.crt',
        'prometheus/client.crt': 'prometheus.crt',
        'prometheus/client.key': 'prometheus.key',
        'alertmanager/stanch-token': basename(stanchTokenPath),
      };
    case 'database':
      return {};
  }
}

/** Writes the host's own layer: templates of its role, keys, enabled units. */
export async function prepareHost(host: Host): Promise<void> {
  const directory = hostDirectory(host);
  const upper = join(directory, 'upper');
  for (const name of ['upper/etc/systemd/system/multi-user.target.wants', 'upper/root/.ssh', 'work', 'root', 'data'])
    await mkdir(join(directory, name), { recursive: true });
  for (const role of ['every', host.role])
    await copyTemplates({ from: join(sourceDirectory, 'hosts', role, 'etc'), to: join(upper, 'etc'), host });
  if (host.role === 'worker') {
    const trusted = join(upper, 'etc/containerd/certs.d', imageRegistry);
    await mkdir(trusted, { recursive: true });
    await cp(join(upper, 'etc/containerd/registry-hosts.toml'), join(trusted, 'hosts.toml'));
    await runProgram(['truncate', '--size=10G', join(directory, 'data.ext4')]);
    await runProgram(['mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-E', 'lazy_itable_init=1', join(directory, 'data.ext4')]);
  }
  await writeFile(join(upper, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
  await writeFile(join(upper, 'etc/hostname'), `${host.name}\n`);
  for (const [target, source] of Object.entries(certificatesOf(host))) {
    await mkdir(dirname(join(upper, 'etc', target)), { recursive: true });
    await cp(join(certificatesDirectory, source), join(upper, 'etc', target));
    // Prometheus does not run as root; the lab's keys are worth nothing outside of it.
    if (host.role === 'monitoring') await runProgram(['chmod', '0644', join(upper, 'etc', target)]);
  }
  await cp(join(stateDirectory, 'ssh', 'engineer.pub'), join(upper, 'root/.ssh/authorized_keys'));
  for (const suffix of ['', '.pub'])
    await cp(join(stateDirectory, 'ssh', `${host.name}${suffix}`), join(upper, `etc/ssh/ssh_host_ed25519_key${suffix}`));
  for (const unit of ['ssh.service', ...unitsByRole[host.role]]) {
    const file = unit.startsWith('postgresql@') ? 'postgresql@.service' : unit;
    const own = (await readdir(join(upper, 'etc/systemd/system'))).includes(file);
    await symlink(`${own ? '/etc' : '/usr/lib'}/systemd/system/${file}`, join(upper, 'etc/systemd/system/multi-user.target.wants', unit));
  }
}

async function copyTemplates({ from, to, host }: { from: string; to: string; host: Host }): Promise<void> {
  const values: Readonly<Record<string, string>> = {
    NAME: host.name,
    ADDRESS: host.address,
    POD_RANGE: host.podRange ?? '',
    ZONE: host.zone ?? '',
    INSTANCE_TYPE: host.instanceType ?? '',
    CONTROL_GROUP: controlGroupName,
    SERVICES: addresses.services,
    PODS: addresses.pods,
    UNDERLAY: addresses.underlay,
    CLUSTER_DNS: addresses.clusterDns,
    IMAGE_REGISTRY: imageRegistry,
    API_SERVER: apiServerUrl,
    STANCH: served.url,
    CONTROL_PLANE: hostNamed('control-plane').address,
    HOSTS_FILE: [
      ...hosts.map((each) => `${each.address} ${each.name}`),
      `${hostNamed('control-plane').address} ${imageRegistry.split(':')[0]}`,
    ].join('\n'),
  };
  for await (const name of glob('**/*', { cwd: from })) {
    if ((await stat(join(from, name))).isDirectory()) continue;
    const text = fillIn(await readFile(join(from, name), 'utf8'), values, join(from, name));
    await mkdir(dirname(join(to, name)), { recursive: true });
    await writeFile(join(to, name), text);
  }
}

/** Starts the host and returns when its systemd has taken over. */
export async function bootHost(host: Host, parts: HostParts): Promise<void> {
  const directory = hostDirectory(host);
  const console_ = openSync(join(directory, 'console.log'), 'a');
  const binds = [`--bind-ro=${parts.kubernetes}:/opt/kubernetes`, `--bind-ro=${parts.shop}:/opt/shop`];
  if (host.role === 'control-plane') binds.push(`--bind-ro=${parts.images}:/opt/images`);
  if (host.role === 'worker') {
    binds.push(`--bind=${directory}/data/containerd:/var/lib/containerd`, `--bind=${directory}/data/kubelet:/var/lib/kubelet`);
    binds.push(...(await kernelSettings(directory)));
  }
  const boot = join(sourceDirectory, 'hosts', 'boot-host.sh');
  const parameters = [host.name, machineName(host), parts.rootFileSystem, directory, controlGroupName, networkNamespace(host.name)];
  const child = spawn('unshare', ['--mount', 'sh', boot, ...parameters, ...binds], {
    detached: true,
    stdio: ['ignore', console_, console_],
  });
  child.unref();
  closeSync(console_);
  await waitFor({
    what: `${host.name} to boot (its console is ${join(directory, 'console.log')})`,
    withinSeconds: 60,
    everyMilliseconds: 200,
    check: async () => {
      if (child.exitCode !== null)
        throw new Error(
          `Booted ${host.name}, and it ended with status ${child.exitCode}: ${(await readFile(join(directory, 'console.log'), 'utf8')).slice(-1000)}`,
        );
      return (await leaderOf(host)) !== undefined || 'no init process yet';
    },
  });
}

/**
 * kubelet insists on these kernel settings and would write them; they belong to the whole machine.
 * Each node is shown files that already hold the wanted values, so nothing of this machine changes.
 */
async function kernelSettings(directory: string): Promise<readonly string[]> {
  const settings = {
    'kernel/panic': '10',
    'kernel/panic_on_oops': '1',
    'vm/overcommit_memory': '1',
    'vm/panic_on_oom': '0',
    'kernel/keys/root_maxkeys': '1000000',
    'kernel/keys/root_maxbytes': '25000000',
  };
  const binds: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    // systemd-nspawn resolves the source of a bind below /proc inside the host.
    const file = join('/var/lib/kernel-settings', name);
    await mkdir(dirname(join(directory, 'upper', file)), { recursive: true });
    await writeFile(join(directory, 'upper', file), `${value}\n`);
    binds.push(`--bind=${file}:/proc/sys/${name}`);
  }
  return binds;
}
