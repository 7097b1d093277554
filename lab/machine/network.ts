import { addresses, desk, type Host, hosts, networkNamespace, networkNamespaces, router, workers } from '../layout.ts';
import { runProgram, tryProgram } from '../run-program.ts';

const bridge = 'switch0';

/** Makes the lab's own network: a router with a switch, and one namespace per host. No interface of this machine takes part. */
export async function createNetwork(): Promise<void> {
  const inRouter = ['ip', '-n', networkNamespace(router.name)] as const;
  await runProgram(['ip', 'netns', 'add', networkNamespace(router.name)]);
  await runProgram([...inRouter, 'link', 'set', 'lo', 'up']);
  await runProgram([...inRouter, 'link', 'add', bridge, 'type', 'bridge']);
  await runProgram([...inRouter, 'addr', 'add', `${router.address}/24`, 'dev', bridge]);
  await runProgram([...inRouter, 'link', 'set', bridge, 'up']);
  await runProgram(inNetworkOf(router.name, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']));
  // A packet to a Service address reaches the router only when a node failed to translate it. Real networks refuse or drop it here.
  await runProgram(
    inNetworkOf(router.name, [
      'iptables',
      '-A',
      'FORWARD',
      '-d',
      addresses.services,
      '-p',
      'tcp',
      '-j',
      'REJECT',
      '--reject-with',
      'tcp-reset',
    ]),
  );
  await runProgram(inNetworkOf(router.name, ['iptables', '-A', 'FORWARD', '-d', addresses.services, '-j', 'REJECT']));
  await runProgram([...inRouter, 'route', 'add', addresses.services, 'dev', 'lo']);
  for (const worker of workers)
    if (worker.podRange !== undefined) await runProgram([...inRouter, 'route', 'add', worker.podRange, 'via', worker.address]);
  for (const [index, host] of [desk, ...hosts].entries()) await attachHost({ host, port: `port${index}` });
}

async function attachHost({ host, port }: { host: Host | typeof desk; port: string }): Promise<void> {
  const namespace = networkNamespace(host.name);
  const inHost = ['ip', '-n', namespace] as const;
  await runProgram(['ip', 'netns', 'add', namespace]);
  // Both ends are made inside the lab's namespaces: nothing appears on this machine, not even for a moment.
  await runProgram([
    'ip',
    '-n',
    networkNamespace(router.name),
    'link',
    'add',
    port,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    namespace,
  ]);
  await runProgram(['ip', '-n', networkNamespace(router.name), 'link', 'set', port, 'master', bridge, 'up']);
  await runProgram([...inHost, 'link', 'set', 'lo', 'up']);
  await runProgram([...inHost, 'addr', 'add', `${host.address}/24`, 'dev', 'eth0']);
  await runProgram([...inHost, 'link', 'set', 'eth0', 'up']);
  await runProgram([...inHost, 'route', 'add', 'default', 'via', router.address]);
  await runProgram(inNetworkOf(host.name, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']));
  for (const worker of workers) {
    if (worker.name !== host.name && worker.podRange !== undefined)
      await runProgram([...inHost, 'route', 'add', worker.podRange, 'via', worker.address]);
  }
}

/** Removes every network namespace of the lab; the links and filter rules inside go with them. */
export async function removeNetwork(): Promise<void> {
  for (const name of await labNetworkNamespaces()) await tryProgram(['ip', 'netns', 'delete', name]);
}

export async function labNetworkNamespaces(): Promise<readonly string[]> {
  const listed = await tryProgram(['ip', 'netns', 'list']);
  return listed.output
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => networkNamespaces.includes(name));
}

/** Vector that runs a program of this machine on the network of a lab host. `nsenter`, because `ip netns exec` remounts /sys. */
export function inNetworkOf(hostName: string, vector: readonly string[]): [string, ...string[]] {
  return ['nsenter', `--net=/run/netns/${networkNamespace(hostName)}`, '--', ...vector];
}
