import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { labName, sourceDirectory } from './layout.ts';
import { leftovers, machineLocks, machineNetwork } from './machine/leftovers.ts';
import { say } from './progress.ts';
import { pause, waitFor } from './run-program.ts';

interface KillTest {
  readonly times: number;
  /** Rounds with the same seed kill the same things at the same moments. */
  readonly seed: number;
  readonly scenarios: readonly string[];
}

interface Victim {
  /** Arguments of the lab's command line. */
  readonly run: readonly string[];
  /** Seconds after its start at which it is killed. */
  readonly afterSeconds: number;
  /** As when a terminal closes; otherwise only the run itself dies, and what it started lives on. */
  readonly isGroupKilled: boolean;
}

interface Ended {
  readonly status: number | null;
  readonly seconds: number;
  /** Last line of its progress. */
  readonly said: string;
}

/** Set for every run of this test, and inherited by whatever it starts. */
const mark = { name: 'STANCH_LAB_KILL_TEST', value: String(process.pid) } as const;

/** Longest time, in seconds, that a scenario runs before it is killed; most are at their symptom or their healing by then. */
const scenarioSeconds = 75;

/** The same work takes less time the second time, so that the last part of its course is out of reach. */
const wellInside = 0.8;

/** Kills `up` and scenarios at random moments; each time `down` must leave nothing and `up` must work. Returns whether it was so. */
export async function killTest({ times, seed, scenarios }: KillTest): Promise<boolean> {
  say(`Seed ${seed}; the lab of this test is "${labName}".`);
  const random = seededRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), `${labName}-kill-test-`));
  await run({ directory, parameters: ['down'] });
  const networkBefore = await machineNetwork();
  let upSeconds = 60;
  let passed = 0;
  for (let round = 1; round <= times; round++) {
    // Every second round needs a lab that is up, and the round before it has left one.
    const isScenario = round % 2 === 0;
    const scenario = scenarios[Math.floor(random() * scenarios.length)] ?? 'nothing-wrong';
    const victim: Victim = {
      run: isScenario ? ['test', scenario] : ['up'],
      afterSeconds: random() * (isScenario ? scenarioSeconds : upSeconds),
      isGroupKilled: random() < 0.5,
    };
    if (!isScenario) await run({ directory, parameters: ['down'] });
    let killed = await runAndKill({ directory, victim });
    // What is quick may be over by then. It is killed somewhere in its course instead.
    for (let tries = 0; killed.status !== null && tries < 3; tries++) {
      if (!isScenario) await run({ directory, parameters: ['down'] });
      killed = await runAndKill({ directory, victim: { ...victim, afterSeconds: random() * wellInside * killed.seconds } });
    }
    const wrong: string[] = [];
    const down = await runDown({ directory, networkBefore, wrong });
    const up = await run({ directory, parameters: ['up'] });
    if (up.status === 0) upSeconds = up.seconds;
    else wrong.push(`up ended with status ${up.status}: ${up.said}`);
    if (wrong.length === 0) passed++;
    console.log(
      `${wrong.length === 0 ? 'passed' : 'failed'} round ${round}: ${describe(victim, killed)}; down ${down.seconds.toFixed(1)} s, up ${up.seconds.toFixed(1)} s${wrong.map((line) => `\n    ${line}`).join('')}`,
    );
  }
  const wrong: string[] = [];
  await runDown({ directory, networkBefore, wrong });
  for (const line of wrong) console.log(`after the last round: ${line}`);
  await rm(directory, { recursive: true });
  console.log(`${passed} passed, ${times - passed + (wrong.length === 0 ? 0 : 1)} failed, 0 skipped`);
  return passed === times && wrong.length === 0;
}

function describe({ run: [command, name], isGroupKilled }: Victim, { status, seconds, said }: Ended): string {
  const what = [command, name].filter((part) => part !== undefined).join(' ');
  if (status !== null) return `${what} ended by itself after ${seconds.toFixed(1)} s with status ${status}`;
  return `${what} killed ${isGroupKilled ? 'with its group' : 'alone'} after ${seconds.toFixed(1)} s, at "${said}"`;
}

async function runDown({ directory, networkBefore, wrong }: { directory: string; networkBefore: string; wrong: string[] }): Promise<Ended> {
  const locks = await machineLocks();
  const down = await run({ directory, parameters: ['down'] });
  if (down.status !== 0) wrong.push(`down ended with status ${down.status}: ${down.said}`);
  let left: readonly string[] = [];
  // The kernel gives loop devices and mounts back a moment after the last process is gone.
  await waitFor({
    what: 'nothing of the lab to be left',
    withinSeconds: 5,
    check: async () => {
      left = [...(await leftovers(`${mark.name}=${mark.value}`)), ...(await stillThere(locks))];
      return left.length === 0 || left.join('; ');
    },
  }).catch(() => wrong.push(...left.map((what) => `left behind: ${what}`)));
  const network = await machineNetwork();
  if (network !== networkBefore) wrong.push(`the machine's own network changed from\n${networkBefore}\nto\n${network}`);
  return down;
}

async function stillThere(locks: readonly string[]): Promise<readonly string[]> {
  const there: string[] = [];
  for (const lock of locks)
    await readFile(lock).then(
      () => there.push(`lock ${lock}`),
      () => undefined,
    );
  return there;
}

async function runAndKill({ directory, victim }: { directory: string; victim: Victim }): Promise<Ended> {
  const started = start({ directory, parameters: victim.run });
  await Promise.race([started.ended, pause(victim.afterSeconds * 1000)]);
  if (started.process.exitCode === null && started.process.pid !== undefined)
    process.kill(victim.isGroupKilled ? -started.process.pid : started.process.pid, 'SIGKILL');
  return started.ended;
}

async function run({ directory, parameters }: { directory: string; parameters: readonly string[] }): Promise<Ended> {
  return start({ directory, parameters }).ended;
}

/** Starts the lab's command line in a process group of its own, with its output in a file: a pipe would break for what outlives it. */
function start({ directory, parameters }: { directory: string; parameters: readonly string[] }) {
  const from = Date.now();
  const path = join(directory, `output-${from}`);
  const output = openSync(path, 'w');
  const child = spawn(process.execPath, [join(sourceDirectory, 'main.ts'), ...parameters], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, STANCH_LAB_NAME: labName, [mark.name]: mark.value, NO_COLOR: '1' },
  });
  closeSync(output);
  const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  return { process: child, ended: exited.then((status) => endOf({ status, from, path })) };
}

async function endOf({ status, from, path }: { status: number | null; from: number; path: string }): Promise<Ended> {
  const seconds = (Date.now() - from) / 1000;
  const lines = stripVTControlCharacters(await readFile(path, 'utf8'))
    .trim()
    .split('\n');
  return { status, seconds, said: (lines.at(-1) ?? '').trim() };
}

/** Numbers from 0 to below 1 that look random and follow from the seed (a linear congruential generator). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
