import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceDirectory } from '../layout.ts';
import { say, step } from '../progress.ts';
import { isUp } from '../up.ts';
import { differences, headline, investigate } from './investigate.ts';
import { keepRecording } from './keep-recording.ts';
import { report, waitForPage, withdraw } from './page.ts';
import type { Scenario } from './scenario.ts';
import { forgetThePast, waitForHealth } from './shop.ts';

const directory = join(sourceDirectory, 'scenarios');

export async function allScenarios(): Promise<readonly Scenario[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.ts')).sort();
  const scenarios: Scenario[] = [];
  for (const file of files) {
    const { scenario } = (await import(join(directory, file))) as { readonly scenario: Scenario };
    if (`${scenario.name}.ts` !== file)
      throw new Error(`The scenario in ${file} calls itself "${scenario.name}". Name and file must be equal.`);
    scenarios.push(scenario);
  }
  return scenarios;
}

export async function scenarioNamed(name: string): Promise<Scenario> {
  const scenarios = await allScenarios();
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined)
    throw new Error(`There is no scenario "${name}". Scenarios: ${scenarios.map((scenario) => scenario.name).join(', ')}.`);
  return found;
}

export async function breakLab(name: string): Promise<void> {
  const scenario = await scenarioNamed(name);
  await requireLab();
  const since = new Date();
  await step(`Breaking: ${scenario.name}`, scenario.break);
  await step('Waiting for the symptom', () => waitForSymptom({ scenario, since }));
}

export async function healLab(name: string): Promise<void> {
  const scenario = await scenarioNamed(name);
  await requireLab();
  await step(`Healing: ${scenario.name}`, () => heal(scenario));
  await step('Waiting for health', waitForHealth);
}

/** What `testScenarios` does between the symptom and healing. */
export type Work = 'nothing' | 'investigate' | 'record';

interface Outcome {
  readonly name: string;
  readonly state: 'passed' | 'failed';
  readonly said: string;
  readonly why: readonly string[];
  readonly seconds: number;
}

/** Runs scenarios one after the other, unattended; prints a line for each and returns whether all passed. */
export async function testScenarios({ names, work }: { names: readonly string[]; work: Work }): Promise<boolean> {
  await requireLab();
  const scenarios = names.length === 0 ? await allScenarios() : await Promise.all(names.map(scenarioNamed));
  const outcomes: Outcome[] = [];
  for (const scenario of scenarios) {
    const outcome = await testScenario({ scenario, work });
    outcomes.push(outcome);
    const { state, name, seconds, said, why } = outcome;
    console.log(`${state} ${name} (${seconds} s${said})${why.map((line) => `\n    ${line}`).join('')}`);
  }
  const passed = outcomes.filter(({ state }) => state === 'passed').length;
  console.log(`${passed} passed, ${outcomes.length - passed} failed, 0 skipped`);
  return passed === outcomes.length;
}

async function testScenario({ scenario, work }: { scenario: Scenario; work: Work }): Promise<Outcome> {
  const since = new Date();
  const why: string[] = [];
  let said = '';
  // Each part reports its own failure, and healing happens whatever came before.
  const attempt = async (part: string, task: () => Promise<void>): Promise<boolean> => {
    try {
      await step(`${scenario.name}: ${part}`, task);
      return true;
    } catch (cause) {
      why.push(`${part}: ${cause instanceof Error ? cause.message : String(cause)}`);
      return false;
    }
  };
  let page: string | undefined;
  const isShown =
    (await attempt('break', scenario.break)) &&
    (await attempt('symptom', async () => {
      page = await waitForSymptom({ scenario, since });
    }));
  if (isShown && work !== 'nothing') {
    await attempt('investigate', async () => {
      const from = Date.now();
      const answer = await investigate({ scenario, page });
      said = `; ${headline(answer)} in ${((Date.now() - from) / 1000).toFixed(1)} s`;
      why.push(...differences({ answer, expectation: scenario.expectation }));
    });
  }
  await attempt('heal', () => heal(scenario));
  await attempt('health', async () => {
    await waitForHealth();
    await forgetThePast();
  });
  if (work === 'record' && why.length === 0)
    await attempt('keep', async () => {
      say(`Recorded: ${await keepRecording(scenario)}`);
    });
  return {
    name: scenario.name,
    state: why.length === 0 ? 'passed' : 'failed',
    said,
    why,
    seconds: Math.round((Date.now() - since.getTime()) / 1000),
  };
}

/** Returns the page that the scenario's alert brought. Undefined: it has none. */
async function waitForSymptom({ scenario, since }: { scenario: Scenario; since: Date }): Promise<string | undefined> {
  await scenario.symptom?.();
  if (scenario.report !== undefined) await report(scenario.report);
  const alert = scenario.report?.alert ?? scenario.alert;
  return alert === undefined ? undefined : waitForPage({ alert, since });
}

async function heal(scenario: Scenario): Promise<void> {
  if (scenario.report !== undefined) await withdraw(scenario.report);
  await scenario.heal();
}

async function requireLab(): Promise<void> {
  if (!(await isUp())) throw new Error('A scenario needs the lab, and it is not up. Start it with: npm run lab -- up');
}
