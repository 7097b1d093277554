import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Command } from 'commander';
import { continuousIntegration } from './ci.ts';
import { down } from './down.ts';
import { killTest } from './kill-test.ts';
import { defaultLabName, desk, hostNamed, kubeconfigPath, labName, sourceDirectory } from './layout.ts';
import { inHost } from './machine/in-host.ts';
import { inNetworkOf } from './machine/network.ts';
import { say, step } from './progress.ts';
import { printStatus } from './status.ts';
import { up } from './up.ts';

const program = new Command('lab')
  .description('A real Kubernetes cluster on this machine that really breaks.')
  .showHelpAfterError()
  .enablePositionalOptions();

program.command('up').description('bring the lab up (builds what is missing; a lab that is up stays as it is)').action(up);
program
  .command('down')
  .description('remove the lab from any state; keeps only the caches')
  .action(async () => {
    await step('Taking the lab down', down);
  });
program.command('status').description('hosts, nodes, pods, alerts and what the lab uses').action(printStatus);
program
  .command('shell <host>')
  .description('a root shell inside a host')
  .action(async (name: string) => {
    await replaceBy(await inHost(hostNamed(name), ['/bin/bash', '--login']));
  });
program
  .command('exec <program...>')
  .description("run a program of this machine on the lab's network, with KUBECONFIG set")
  .option('--host <host>', 'the host whose network to use', desk.name)
  .passThroughOptions()
  .action(async (vector: readonly string[], options: { readonly host: string }) => {
    await replaceBy(inNetworkOf(options.host, vector));
  });

program
  .command('scenarios')
  .description('list the ways in which the lab can break')
  .action(async () => {
    for (const { name, story } of await (await runner()).allScenarios()) console.log(`${name.padEnd(36)}${story}`);
  });
program
  .command('break <name>')
  .description('break the lab and wait for the real symptom')
  .action(async (name: string) => (await runner()).breakLab(name));
program
  .command('heal <name>')
  .description('undo a scenario and wait for health')
  .action(async (name: string) => (await runner()).healLab(name));
program
  .command('record [names...]')
  .description('like test; keeps what Stanch read under recordings/ where the answer is right')
  .action(async (names: readonly string[]) => {
    process.exitCode = (await (await runner()).testScenarios({ names, work: 'record' })) ? 0 : 1;
  });
program
  .command('keep <names...>')
  .description('put what Stanch read in the last test of a scenario under recordings/')
  .action(async (names: readonly string[]) => {
    const { keepRecording } = await import('./framework/keep-recording.ts');
    for (const name of names) say(`Recorded: ${await keepRecording(await (await runner()).scenarioNamed(name))}`);
  });
program
  .command('test [names...]')
  .description('break, investigate, compare, heal; all scenarios unless named')
  .option('--no-investigate', 'only break, wait for the symptom and heal')
  .action(async (names: readonly string[], options: { readonly investigate: boolean }) => {
    const work = options.investigate ? 'investigate' : 'nothing';
    process.exitCode = (await (await runner()).testScenarios({ names, work })) ? 0 : 1;
  });

program
  .command('ci')
  .description('down, up, the scenarios that matter most, down; each step with a limit of time')
  .option('--within-minutes <minutes>', 'limit for everything', Number, 40)
  .option('--scenarios <names...>', 'these instead')
  .action(async (options: { readonly withinMinutes: number; readonly scenarios?: readonly string[] }) => {
    const important = async () => (await (await runner()).allScenarios()).filter(({ isImportant }) => isImportant).map(({ name }) => name);
    const scenarios = options.scenarios ?? (await important());
    process.exitCode = (await continuousIntegration({ scenarios, withinMinutes: options.withinMinutes })) ? 0 : 1;
  });
program
  .command('kill-test')
  .description('kill up and scenarios at random moments; each time down must leave nothing and up must work')
  .option('--times <count>', 'how often', Number, 10)
  .option('--seed <number>', 'repeat the rounds of an earlier test', Number, Date.now() % 1_000_000)
  .option('--scenarios <names...>', 'kill only these scenarios')
  .action(async (options: { readonly times: number; readonly seed: number; readonly scenarios?: readonly string[] }) => {
    if (labName === defaultLabName) {
      // Never somebody's lab that is in use.
      process.env['STANCH_LAB_NAME'] = `${defaultLabName}-kill-test`;
      await replaceBy([process.execPath, ...(process.argv.slice(1) as [string, ...string[]])]);
      return;
    }
    const scenarios = options.scenarios ?? (await (await runner()).allScenarios()).map(({ name }) => name);
    process.exitCode = (await killTest({ ...options, scenarios })) ? 0 : 1;
  });

program
  .command('act-seed')
  .description("the seed's incident from page to reminder in one command, with a policy instead of a human")
  .action(async () => {
    const { seedIncident } = await import('./acting/seed-incident.ts');
    const wrong = await seedIncident();
    for (const line of wrong) console.log(`    ${line}`);
    console.log(wrong.length === 0 ? '1 passed, 0 failed, 0 skipped' : '0 passed, 1 failed, 0 skipped');
    process.exitCode = wrong.length === 0 ? 0 : 1;
  });
program
  .command('serve-seed')
  .description("the seed's incident on the page: paged by Alertmanager's webhook, approved by clicks in a Chromium, until the reminder")
  .action(async () => replaceBy(inNetworkOf(desk.name, [process.execPath, join(sourceDirectory, 'serving', 'serve-seed.ts')])));
program
  .command('act-round-trips')
  .description('every change that Stanch can make, there and back on the real API server, in a namespace of its own')
  .action(async () => replaceBy(inNetworkOf(desk.name, [process.execPath, join(sourceDirectory, 'acting', 'round-trips.ts')])));

program
  .command('act-faults')
  .description('everything that can go wrong while Stanch acts: killed at every step, API server restarted, budgets, a dying node')
  .option('--only <texts...>', 'cases whose names contain one of these')
  .action(async ({ only = [] }: { readonly only?: readonly string[] }) => {
    const chosen = only.flatMap((text) => ['--only', text]);
    await replaceBy(inNetworkOf(desk.name, [process.execPath, join(sourceDirectory, 'acting', 'act-faults.ts'), ...chosen]));
  });

/** Loaded where it is needed: the lab must start and end also while the code that investigates does not load. */
function runner() {
  return import('./framework/run-scenarios.ts');
}

/** Runs a program in the foreground with this terminal, and ends with its status. */
async function replaceBy([command, ...rest]: readonly [string, ...string[]]): Promise<void> {
  const child = spawn(command, rest, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfigPath } });
  process.exitCode = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (status) => resolve(status ?? 1));
  });
}

try {
  await program.parseAsync();
} catch (cause) {
  say(cause instanceof Error ? cause.message : String(cause));
  process.exitCode = 3;
}
