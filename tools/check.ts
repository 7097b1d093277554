// npm test: type check, lint, format and import rules side by side, then the tests. The closing line comes last: "N passed, …".
import { spawn, spawnSync } from 'node:child_process';

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What a person runs to see this step alone. */
  readonly alone: string;
}

const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit'], alone: 'npm run check:types' },
  { name: 'types of the page', command: ['tsc', '--noEmit', '-p', 'web'], alone: 'npm run check:types' },
  { name: 'types of its tests', command: ['tsc', '--noEmit', '-p', 'web/testing'], alone: 'npm run check:types' },
  { name: 'lint', command: ['oxlint'], alone: 'npm run check:lint' },
  { name: 'format', command: ['biome', 'format', '--reporter=summary'], alone: 'npm run format' },
  { name: 'imports', command: ['node', 'tools/check-imports.ts'], alone: 'npm run check:imports' },
];

const results = await Promise.all(steps.map(run));
for (const { step, isGood, output } of results) {
  if (isGood) continue;
  process.stdout.write(`\n── ${step.name} ──\n${output}\n`);
}
for (const { step, isGood } of results)
  process.stdout.write(`${isGood ? 'ok  ' : 'FAIL'} ${step.name}${isGood ? '' : ` (alone: ${step.alone})`}\n`);
process.stdout.write(
  'Not in here: stores that are killed and cut off, a minute: npm run test:stores\n' +
    'Not in here: the real server in a storm, killed on the way, some minutes: npm run storm\n' +
    'Not in here: the real cluster that really breaks. As root, ten minutes the first time: npm run lab -- ci\n',
);

const tests = spawnSync('vitest', ['run', ...process.argv.slice(2)], { stdio: ['ignore', 'inherit', 'inherit'] });
process.exitCode = results.every((result) => result.isGood) ? (tests.status ?? 1) : 1;

function run(step: Step): Promise<{ readonly step: Step; readonly isGood: boolean; readonly output: string }> {
  const [program, ...rest] = step.command;
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const finish = (isGood: boolean, more = ''): void => resolve({ step, isGood, output: Buffer.concat(chunks).toString('utf8') + more });
    child.on('error', (cause) => finish(false, `could not start ${program}: ${cause.message}`));
    child.on('close', (code) => finish(code === 0));
  });
}
