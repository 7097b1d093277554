import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Measured } from './measured-process.ts';
import { saveResult, whenAndWhere } from './save-result.ts';

/**
 * `npm run bench -- [pods…]`: a synthetic cluster of so many pods is served on this machine, and each task runs in a process of
 * its own. Machines differ and are shared: the ratio within one run is what counts.
 */
const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => Number.isInteger(size) && size > 0);
type Task = 'investigate' | 'parse' | 'project' | 'think';
/** An odd number, so that there is one in the middle. */
const runsPerTask = 3;

interface Row {
  readonly pods: number;
  readonly task: Task;
  readonly measured: Measured;
}

const rows: Row[] = [];
for (const pods of sizes.length === 0 ? [1_000, 10_000, 100_000] : sizes) {
  process.stderr.write(`serving ${pods} pods …\n`);
  const server = spawn('node', [script('serve-cluster.ts'), String(pods)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const address = `http://127.0.0.1:${await firstLine(server.stdout)}`;
    // What an investigation asks for is what the other tasks read as well. This first one also warms the server up.
    await fetch(`${address}/asked`);
    await measure(['investigate', address]);
    const lists = await (await fetch(`${address}/asked`)).text();
    rows.push({ pods, task: 'parse', measured: await inTheMiddle(['parse', address, lists]) });
    rows.push({ pods, task: 'project', measured: await inTheMiddle(['project', address, lists]) });
    rows.push({ pods, task: 'investigate', measured: await inTheMiddle(['investigate', address]) });
    rows.push({ pods, task: 'think', measured: await inTheMiddle(['think', String(pods)]) });
  } finally {
    server.kill();
  }
}

const table = tableOf(rows);
process.stdout.write(`${table}\n`);
save(rows, table);

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error('the server of the synthetic cluster ended before it was ready');
}

/** The run with the middle CPU time, and the highest peak of all of them. */
async function inTheMiddle(parameters: readonly string[]): Promise<Measured> {
  const runs: Measured[] = [];
  while (runs.length < runsPerTask) runs.push(await measure(parameters));
  const middle = runs.toSorted((one, other) => one.cpuMilliseconds - other.cpuMilliseconds)[Math.floor(runsPerTask / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return { ...middle, peakMegabytes: Math.max(...runs.map((run) => run.peakMegabytes)) };
}

async function measure(parameters: readonly string[]): Promise<Measured> {
  process.stderr.write(`measuring ${parameters[0]} …\n`);
  // The command runs as the launcher starts it; the measure that it is held against runs in a plain Node.
  const flags = parameters[0] === 'parse' ? [] : ['--max-semi-space-size=8'];
  const environment = parameters[0] === 'parse' ? {} : { MALLOC_MMAP_THRESHOLD_: '1000000', MALLOC_TRIM_THRESHOLD_: '1000000' };
  const child = spawn('node', [...flags, script('measured-process.ts'), ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  return JSON.parse(await firstLine(child.stdout)) as Measured;
}

function tableOf(of: readonly Row[]): string {
  const lines = of.map(({ pods, task, measured }) => {
    const parse = of.find((other) => other.pods === pods && other.task === 'parse')?.measured.cpuMilliseconds ?? 0;
    const ratio = parse === 0 ? '' : (measured.cpuMilliseconds / parse).toFixed(2);
    const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
    return `| ${pods} | ${task} | ${seconds(measured.cpuMilliseconds)} | ${ratio} | ${seconds(measured.wallMilliseconds)} | ${measured.peakMegabytes} | ${measured.outcome ?? `${measured.objects} objects`} |`;
  });
  return ['| pods | task | CPU s | CPU against parse | wall s | peak MiB | result |', '|---|---|---|---|---|---|---|', ...lines].join('\n');
}

function save(of: readonly Row[], text: string): void {
  const { day, machine } = whenAndWhere();
  saveResult(`${day}-lists.json`, `${JSON.stringify({ day, machine, rows: of }, null, 1)}\n`);
  const words =
    '`parse`: only page and parse the lists that an investigation reads. `project`: through our source, kept lean. `investigate`: the whole command. `think`: only reasoning, over evidence that is in memory; its CPU includes making the cluster up.';
  saveResult(
    `${day}-lists.md`,
    `# Lists and investigations, ${day}\n\n${machine}. Each run in a process of its own, one after the other; the middle of ${runsPerTask} by CPU, and the highest peak.\n${words}\n\n${text}\n`,
  );
}
