import { homedir } from 'node:os';
import { join } from 'node:path';

/** One booted Debian of the lab. Its name is its host name, its network namespace's name and its node name. */
export interface Host {
  readonly name: string;
  readonly role: 'control-plane' | 'worker' | 'database' | 'monitoring';
  readonly address: string;
  /** Addresses of this node's pods. Absent: the host runs no pods. */
  readonly podRange?: string;
  /** Value of topology.kubernetes.io/zone. Absent: the host is not a node of the cluster. */
  readonly zone?: string;
  readonly instanceType?: string;
}

export const hosts: readonly Host[] = [
  { name: 'control-plane', role: 'control-plane', address: '172.31.250.10' },
  {
    name: 'node-worker-1',
    role: 'worker',
    address: '172.31.250.11',
    podRange: '10.244.1.0/24',
    zone: 'north-1a',
    instanceType: 'standard-2',
  },
  {
    name: 'node-worker-2',
    role: 'worker',
    address: '172.31.250.12',
    podRange: '10.244.2.0/24',
    zone: 'north-1b',
    instanceType: 'standard-2',
  },
  {
    name: 'node-worker-3',
    role: 'worker',
    address: '172.31.250.13',
    podRange: '10.244.3.0/24',
    zone: 'north-1b',
    instanceType: 'standard-2',
  },
  { name: 'database', role: 'database', address: '172.31.250.20' },
  { name: 'monitoring', role: 'monitoring', address: '172.31.250.30' },
];

export const workers: readonly Host[] = hosts.filter((host) => host.role === 'worker');

/** The engineer's own place on the lab's network: a namespace without a booted system, for programs of this machine. */
export const desk = { name: 'desk', address: '172.31.250.2' } as const;
/** The router knows only the lab. It refuses traffic to Service addresses, as a data centre's firewall does. */
export const router = { name: 'router', address: '172.31.250.1' } as const;

export const addresses = {
  underlay: '172.31.250.0/24',
  pods: '10.244.0.0/16',
  services: '10.96.0.0/16',
  apiServerService: '10.96.0.1',
  clusterDns: '10.96.0.10',
  databaseService: '10.96.45.12',
} as const;

export const kubernetesVersion = 'v1.34.4';
export const apiServerUrl = `https://${hostNamed('control-plane').address}:6443`;
export const prometheusUrl = `http://${hostNamed('monitoring').address}:9090`;
export const alertmanagerUrl = `http://${hostNamed('monitoring').address}:9093`;
/** Where `stanch serve` listens when it runs in the lab, and where Alertmanager tells it. */
export const served = { host: desk.address, port: 8747, url: `http://${desk.address}:8747` } as const;
export const imageRegistry = 'registry.shop.internal:5000';

export const defaultLabName = 'stanch';
/** Tells this lab from others on the same machine. Everything that the machine sees of a lab carries its name. */
export const labName = labNameFrom(process.env['STANCH_LAB_NAME']);
/** Where this run of the lab lives; removed as a whole by `down`. */
export const stateDirectory = process.env['STANCH_LAB_DIR'] ?? `/var/lib/${labName}-lab`;
/** What is expensive to make and does not depend on a run; kept by `down`. */
export const cacheDirectory = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'stanch', 'lab');
export const sourceDirectory = import.meta.dirname;

export const kubeconfigPath = join(stateDirectory, 'kubeconfig');
export const sshConfigPath = join(stateDirectory, 'ssh_config');
export const certificatesDirectory = join(stateDirectory, 'certificates');
/** By which Alertmanager proves itself to `stanch serve`. */
export const stanchTokenPath = join(certificatesDirectory, 'stanch-token');
export const readyMarkerPath = join(stateDirectory, 'ready.json');

/** Name of the lab's cgroup in every hierarchy. Everything that the lab runs is inside, so that `down` finds it. */
export const controlGroupName = `${labName}-lab`;
/** Every network namespace of the lab by its full name, so that labs whose names begin alike stay apart. */
export const networkNamespaces: readonly string[] = [router, desk, ...hosts].map(({ name }) => networkNamespace(name));

export function networkNamespace(hostName: string): string {
  return `${labName}-${hostName}`;
}

/** The name under which systemd-nspawn keeps what it holds for a host. */
export function machineName(host: Host): string {
  return `${labName}-${host.name}`;
}

export function hostDirectory(host: { readonly name: string }): string {
  return join(stateDirectory, 'hosts', host.name);
}

export function hostNamed(name: string): Host {
  const found = hosts.find((host) => host.name === name);
  if (found === undefined) {
    throw new Error(`There is no lab host "${name}". Hosts: ${hosts.map((host) => host.name).join(', ')}.`);
  }
  return found;
}

function labNameFrom(given: string | undefined): string {
  if (given === undefined || given === '') return defaultLabName;
  if (!/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/.test(given))
    throw new Error(
      `STANCH_LAB_NAME is "${given}". Choose 2 to 32 lower-case letters, digits and hyphens that begin with a letter and do not end with a hyphen.`,
    );
  return given;
}
