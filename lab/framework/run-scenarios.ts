import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubernetesVersion, sourceDirectory } from '../layout.ts';
import { say, step } from '../progress.ts';
import { isUp } from '../up.ts';
import { differences, investigate, record } from './investigate.ts';
import type { Scenario } from './scenario.ts';
import { waitForHealth } from './shop.ts';

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
  await step(`Breaking: ${scenario.name}`, scenario.break);
  await step('Waiting for the symptom', scenario.symptom);
}

export async function healLab(name: string): Promise<void> {
  const scenario = await scenarioNamed(name);
  await requireLab();
  await step(`Healing: ${scenario.name}`, scenario.heal);
  await step('Waiting for health', waitForHealth);
}

/** Breaks, records with the shipped command line, and heals. The origin tells a reader of the recording how it came to be. */
export async function recordScenario(name: string): Promise<void> {
  const scenario = await scenarioNamed(name);
  await breakLab(name);
  const target = join(sourceDirectory, '..', 'recordings', scenario.expectation.failureMode ?? 'healthy', scenario.name);
  try {
    await mkdir(target, { recursive: true });
    await record(target);
    const origin = { madeBy: `npm run lab -- record ${name}`, at: new Date().toISOString(), kubernetesVersion, story: scenario.story };
    await writeFile(join(target, 'origin.json'), `${JSON.stringify(origin, undefined, 2)}\n`);
    await writeFile(join(target, 'expectation.json'), `${JSON.stringify(scenario.expectation, undefined, 2)}\n`);
    say(`Recorded: ${target}`);
  } finally {
    await healLab(name);
  }
}

interface Outcome {
  readonly name: string;
  readonly state: 'passed' | 'failed';
  readonly why: readonly string[];
  readonly seconds: number;
}

/** Runs scenarios one after the other, unattended; prints a line for each and returns whether all passed. */
export async function testScenarios({ names, isInvestigated }: { names: readonly string[]; isInvestigated: boolean }): Promise<boolean> {
  await requireLab();
  const scenarios = names.length === 0 ? await allScenarios() : await Promise.all(names.map(scenarioNamed));
  const outcomes: Outcome[] = [];
  for (const scenario of scenarios) {
    const outcome = await testScenario({ scenario, isInvestigated });
    outcomes.push(outcome);
    console.log(`${outcome.state} ${outcome.name} (${outcome.seconds} s)${outcome.why.map((line) => `\n    ${line}`).join('')}`);
  }
  const passed = outcomes.filter(({ state }) => state === 'passed').length;
  console.log(`${passed} passed, ${outcomes.length - passed} failed, 0 skipped`);
  return passed === outcomes.length;
}

async function testScenario({ scenario, isInvestigated }: { scenario: Scenario; isInvestigated: boolean }): Promise<Outcome> {
  const from = Date.now();
  const why: string[] = [];
  // Each part reports its own failure, and healing happens whatever came before.
  const attempt = async (part: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await step(`${scenario.name}: ${part}`, work);
      return true;
    } catch (cause) {
      why.push(`${part}: ${cause instanceof Error ? cause.message : String(cause)}`);
      return false;
    }
  };
  const isShown = (await attempt('break', scenario.break)) && (await attempt('symptom', scenario.symptom));
  if (isShown && isInvestigated) {
    await attempt('investigate', async () => {
      why.push(...differences({ answer: await investigate(), expectation: scenario.expectation }));
    });
  }
  await attempt('heal', scenario.heal);
  await attempt('health', waitForHealth);
  return { name: scenario.name, state: why.length === 0 ? 'passed' : 'failed', why, seconds: Math.round((Date.now() - from) / 1000) };
}

async function requireLab(): Promise<void> {
  if (!(await isUp())) throw new Error('A scenario needs the lab, and it is not up. Start it with: npm run lab -- up');
}
