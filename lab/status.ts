import { readFile } from 'node:fs/promises';
import { tryKubectl } from './cluster/kubectl.ts';
import { alertmanagerUrl, controlGroupName, desk, hosts } from './layout.ts';
import { inNetworkOf } from './machine/network.ts';
import { leaderOf } from './machine/processes.ts';
import { tryProgram } from './run-program.ts';

/** Prints what runs, how it is, and what it costs. */
export async function printStatus(): Promise<void> {
  const states = await Promise.all(hosts.map(async (host) => ({ host, leader: await leaderOf(host) })));
  for (const { host, leader } of states)
    console.log(
      `${host.name.padEnd(16)}${host.address.padEnd(16)}${leader === undefined ? 'not booted' : `booted, init is process ${leader}`}`,
    );
  if (states.every(({ leader }) => leader === undefined)) {
    console.log('The lab is down. Start it with: npm run lab -- up');
    return;
  }
  for (const what of [['nodes'], ['pods', '--all-namespaces', '--output=wide']]) {
    const answer = await tryKubectl('get', ...what);
    console.log(`\n${(answer.status === 0 ? answer.output : `kubectl get ${what[0]}: ${answer.errors}`).trimEnd()}`);
  }
  const alerts = await tryProgram(
    inNetworkOf(desk.name, ['curl', '--silent', '--max-time', '5', `${alertmanagerUrl}/api/v2/alerts?active=true`]),
  );
  if (alerts.status === 0) {
    const firing = JSON.parse(alerts.output) as readonly { readonly labels: Readonly<Record<string, string>> }[];
    console.log(`\nFiring alerts: ${firing.length === 0 ? 'none' : firing.map(({ labels }) => labels['alertname']).join(', ')}`);
  }
  console.log(await usage());
}

async function usage(): Promise<string> {
  const memory = await controlValue(`memory/${controlGroupName}/memory.stat`);
  const resident = /^total_rss (\d+)$/m.exec(memory)?.[1] ?? '0';
  const before = Number(await controlValue(`cpuacct/${controlGroupName}/cpuacct.usage`));
  const from = process.hrtime.bigint();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const used = Number(await controlValue(`cpuacct/${controlGroupName}/cpuacct.usage`)) - before;
  const cores = used / Number(process.hrtime.bigint() - from);
  return `Uses ${(Number(resident) / 2 ** 30).toFixed(2)} GiB of resident memory and ${cores.toFixed(2)} cores.`;
}

async function controlValue(path: string): Promise<string> {
  return (await readFile(`/sys/fs/cgroup/${path}`, 'utf8').catch(() => '0')).trim();
}
