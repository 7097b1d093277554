// Everything that can go wrong while Stanch acts, on the lab. Run by `npm run lab -- act-faults`, on the desk's network.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { say, step } from '../progress.ts';
import type { FaultCase, Setting } from './fault-case.ts';
import { killCases } from './kill-cases.ts';
import { differenceOf, leftovers, readState } from './object-state.ts';
import { serverFaultCases, waitForServer } from './server-fault-cases.ts';
import { createIncident, createNamespace, removeNamespace } from './small-incident.ts';
import { openWriteProxy } from './write-proxy.ts';
import { wrongMitigationCase } from './wrong-mitigation-case.ts';

const { only } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } }).values;
const all: readonly FaultCase[] = [wrongMitigationCase, ...serverFaultCases, ...killCases];
const cases = only.length === 0 ? all : only.flatMap((part) => all.filter(({ name }) => name.includes(part)));

await removeNamespace();
const untouched = await readState();
const directory = await mkdtemp(join(tmpdir(), 'act-faults-'));
const proxy = await openWriteProxy(directory);
let failed = 0;
try {
  await step('Setting up the incident', startOver);
  const setting = { directory, proxy, before: await readState() };
  for (const each of cases) if (!(await passes(each, setting))) failed += 1;
} finally {
  await proxy.close();
  await rm(directory, { recursive: true, force: true });
}
await removeNamespace();
const left = [...differenceOf(untouched, await readState()), ...(await leftovers())];
if (left.length > 0) failed += 1;
console.log(`${left.length === 0 ? 'passed' : 'failed'} nothing is left of all this${left.map((line) => `\n    ${line}`).join('')}`);
console.log(`${cases.length + 1 - failed} passed, ${failed} failed, ${all.length - cases.length} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

async function passes({ name, run }: FaultCase, setting: Setting): Promise<boolean> {
  say(`${name} …`);
  const from = Date.now();
  const wrong = await run(setting).catch((cause: unknown) => [cause instanceof Error ? cause.message : String(cause)]);
  console.log(
    `${wrong.length === 0 ? 'passed' : 'failed'} ${name} (${Math.round((Date.now() - from) / 1000)} s)${wrong.map((line) => `\n    ${line}`).join('')}`,
  );
  // The next case begins like the first, whatever this one left.
  await waitForServer();
  if (wrong.length > 0) await step('Setting up the incident again', startOver);
  return wrong.length === 0;
}

async function startOver(): Promise<void> {
  await createNamespace();
  await createIncident();
}
