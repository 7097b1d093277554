// npm run fuzz -- [--minutes 1] [--seed 42]: requests of every bad form against a real server that listens. What it prints as its seed makes it
// send the same again. The closing line is "N passed, N failed, N skipped".
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { malformedBytes, oversized, slowPeers } from './fuzz-bytes.ts';
import { anyOperation, anyRequest } from './fuzz-requests.ts';
import { type FuzzServer, mostHeapMebibytes, openFuzzServer } from './fuzz-server.ts';
import { changedWebhook, forgedRequest, replayedWebhook } from './fuzz-webhooks.ts';
import { metricsOf } from './server-scene.ts';

/** A container of a gigabyte, as the chart asks for, holds it twice. */
const mostResidentBytes = 512 * 1024 * 1024;
const restMilliseconds = 5000;

interface Trial {
  readonly name: string;
  readonly property: (server: FuzzServer) => fc.IAsyncProperty<unknown>;
  /** Of one round. */
  readonly runs: number;
}

const trials: readonly Trial[] = [
  { name: 'any request is no fault of the server', property: anyRequest, runs: 100 },
  { name: 'an operation is done only by who may, whatever its input', property: anyOperation, runs: 100 },
  { name: 'a changed webhook is taken, or refused with a reason', property: changedWebhook, runs: 50 },
  { name: 'a webhook that is replayed is one delivery', property: replayedWebhook, runs: 20 },
  { name: 'a forged request gets nothing', property: forgedRequest, runs: 50 },
  { name: 'malformed bytes are no fault of the server', property: malformedBytes, runs: 30 },
  { name: 'an oversized body is not read to its end', property: oversized, runs: 5 },
];

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000_000));
const minutes = Number(values.minutes);
if (!Number.isSafeInteger(seed) || !(minutes > 0)) throw new Error('usage: npm run fuzz -- [--minutes N] [--seed N]');
process.stdout.write(`Seed ${seed}: npm run fuzz -- --minutes ${minutes} --seed ${seed} sends the same again.\n`);
process.exitCode = await fuzz();

async function fuzz(): Promise<number> {
  const server = await openFuzzServer();
  try {
    const slow = outcomeOf('slow peers are let go, and nobody waits because of them', () => slowPeers(server));
    const found = await rounds(server);
    const outcomes = [...found, await slow, ...(await ending(server))];
    for (const { name, problem } of outcomes) process.stdout.write(`${problem === undefined ? 'ok  ' : 'FAIL'} ${name}\n`);
    for (const { name, problem } of outcomes.filter((each) => each.problem !== undefined))
      process.stdout.write(`\n── ${name} ──\n${problem}\n`);
    const failed = outcomes.filter(({ problem }) => problem !== undefined).length;
    process.stdout.write(`\n${outcomes.length - failed} passed, ${failed} failed, 0 skipped\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    await server.scene.close();
  }
}

interface Outcome {
  readonly name: string;
  /** Undefined: all is well. */
  readonly problem: string | undefined;
}

async function outcomeOf(name: string, work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return { name, problem: undefined };
  } catch (problem) {
    return { name, problem: spoken(problem) };
  }
}

function spoken(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem);
  return problem.cause === undefined ? problem.message : `${problem.message}\n${spoken(problem.cause)}`;
}

/** All trials in turn, each round with the next seed, until the time is over. What has failed is not tried again. */
async function rounds(server: FuzzServer): Promise<readonly Outcome[]> {
  const deadline = Date.now() + minutes * 60_000;
  const problems = new Map<string, string>();
  let runs = 0;
  let round = 0;
  for (; Date.now() < deadline || round === 0; round += 1) {
    for (const { name, property, runs: numRuns } of trials.filter((each) => !problems.has(each.name))) {
      const { problem } = await outcomeOf(name, async () => {
        await fc.assert(property(server), { seed: seed + round, numRuns });
        // Nobody answers, which each request alone may take for its own end.
        if (server.process.ending() !== null) throw new Error(`the server has ended: ${server.process.ending()}`);
      });
      if (problem !== undefined) problems.set(name, `in round ${round}: ${problem}`);
      runs += numRuns;
    }
  }
  process.stdout.write(`${runs} runs in ${round} rounds\n`);
  return trials.map(({ name }) => ({ name, problem: problems.get(name) }));
}

/** What has to hold after all of it. */
async function ending({ process: served }: FuzzServer): Promise<readonly Outcome[]> {
  await new Promise((resolve) => setTimeout(resolve, restMilliseconds));
  const isAlive = served.ending() === null;
  const [peak, resident] = isAlive ? [served.peakBytes(), served.residentBytes()] : [Number.NaN, Number.NaN];
  const heap = (await metricsOf(served.address))?.get('stanch_nodejs_heap_size_used_bytes') ?? Number.NaN;
  const size = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;
  process.stdout.write(`resident: at most ${size(peak)}, ${size(resident)} at the end; heap in use ${size(heap)}\n`);
  const status = isAlive ? await served.stop() : served.ending();
  const holds = (name: string, isSo: boolean, otherwise: string): Outcome => ({ name, problem: isSo ? undefined : otherwise });
  return [
    holds(
      `it is the same process still, with ${mostHeapMebibytes} MiB of heap`,
      isAlive,
      `it ended with ${status}: ${served.complaint().slice(0, 2000)}`,
    ),
    holds(`never more than ${size(mostResidentBytes)} resident`, peak < mostResidentBytes, size(peak)),
    holds('its log tells of no error', served.errors.length === 0, served.errors.slice(0, 5).join('\n')),
    holds('it stops in good order', status === 0, `it ended with ${status}`),
  ];
}
