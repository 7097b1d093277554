import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { labName, sourceDirectory } from './layout.ts';
import { say } from './progress.ts';
import { pause } from './run-program.ts';

export interface Limits {
  /** Minutes for everything, from the first `down` to the last. */
  readonly withinMinutes: number;
}

interface Outcome {
  readonly name: string;
  /** Absent: it passed. */
  readonly why?: string;
}

interface Ended {
  /** Absent: it was killed, by the limit or by somebody else. */
  readonly status?: number;
  readonly seconds: number;
}

/** Seconds. Each is far above what was measured on two cores: a limit against hanging. */
const limits = { up: 25 * 60, scenario: 10 * 60, heal: 5 * 60, down: 2 * 60 } as const;

/**
 * Brings a lab up, runs scenarios and takes the lab down, each step in a process of its own with a limit of time, so that
 * whatever hangs is a failure and not the end of the run. Prints "N passed, …" and returns whether all passed.
 */
export async function continuousIntegration({ scenarios, withinMinutes }: Limits & { scenarios: readonly string[] }): Promise<boolean> {
  const deadline = Date.now() + withinMinutes * 60_000;
  // What the last `down` needs is not for anything else.
  const left = (limit: number): number => Math.min(limit, (deadline - Date.now()) / 1000 - limits.down);
  say(`The lab of this run is "${labName}". Scenarios: ${scenarios.join(', ')}.`);
  const outcomes: Outcome[] = [];
  const note = (outcome: Outcome): void => {
    outcomes.push(outcome);
    console.log(`${outcome.why === undefined ? 'ok  ' : 'FAIL'} ${outcome.name}${outcome.why === undefined ? '' : `: ${outcome.why}`}`);
  };
  await lab(['down'], limits.down);
  const up = await lab(['up'], left(limits.up));
  note({ name: `the lab comes up (${up.seconds.toFixed(0)} s)`, ...whyOf(up) });
  let isUsable = up.status === 0;
  for (const name of scenarios) {
    if (isUsable && left(limits.scenario) > 0) isUsable = await runScenario({ name, left, note });
    else note({ name, why: isUsable ? `no time was left of ${withinMinutes} minutes` : 'the lab was not usable' });
  }
  const down = await lab(['down'], limits.down);
  note({ name: `the lab goes down (${down.seconds.toFixed(0)} s)`, ...whyOf(down) });
  const failed = outcomes.filter(({ why }) => why !== undefined).length;
  console.log(`${outcomes.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0;
}

/** Returns whether the lab can serve the next scenario. */
async function runScenario({
  name,
  left,
  note,
}: {
  name: string;
  left: (limit: number) => number;
  note: (outcome: Outcome) => void;
}): Promise<boolean> {
  const first = await attempt(name, left);
  if (first.ended.status === 0 || !first.isUsable) {
    note({ name: `${name} (${first.ended.seconds.toFixed(0)} s)`, ...whyOf(first.ended) });
    return first.isUsable;
  }
  // Two cores that are busy with something else can miss a moment; what fails twice is broken. Both tries are in the output.
  const second = await attempt(name, left);
  note({ name: `${name} (second try, ${second.ended.seconds.toFixed(0)} s)`, ...whyOf(second.ended) });
  return second.isUsable;
}

async function attempt(name: string, left: (limit: number) => number): Promise<{ readonly ended: Ended; readonly isUsable: boolean }> {
  const ended = await lab(['test', name], left(limits.scenario));
  if (ended.status === 0) return { ended, isUsable: true };
  // It may have been killed in the middle of the damage, or its healing is what failed. What follows needs a sound lab.
  if ((await lab(['heal', name], left(limits.heal))).status === 0) return { ended, isUsable: true };
  await lab(['down'], limits.down);
  return { ended, isUsable: (await lab(['up'], left(limits.up))).status === 0 };
}

function whyOf({ status, seconds }: Ended): { readonly why?: string } {
  if (status === 0) return {};
  return { why: status === undefined ? `killed after ${seconds.toFixed(0)} s` : `ended with status ${status}; its words are above` };
}

/** Runs the lab's command line with its words indented, so that a count in them is not taken for the count of this run. */
async function lab(parameters: readonly string[], limitSeconds: number): Promise<Ended> {
  const from = Date.now();
  const seconds = (): number => (Date.now() - from) / 1000;
  if (limitSeconds <= 0) return { seconds: 0 };
  const child = spawn(process.execPath, [join(sourceDirectory, 'main.ts'), ...parameters], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => console.log(`  ${line}`));
  const limit = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, limitSeconds * 1000);
  const exited = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const closed = new Promise((resolve) => child.on('close', resolve));
  const status = await exited;
  clearTimeout(limit);
  // Its last words may still be under way; what outlives it and holds its output open is not waited for.
  await Promise.race([closed, pause(1000)]);
  return status === null ? { seconds: seconds() } : { status, seconds: seconds() };
}
