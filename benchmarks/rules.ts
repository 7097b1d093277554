import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RuleCosts } from './rule-costs-process.ts';
import { saveResult, whenAndWhere } from './save-result.ts';

/**
 * `npm run bench -- rules [pods]`: what each rule costs over a synthetic cluster that is in memory. Each run is a process of its
 * own, as an investigation is, so the code is cold. What several rules share is paid by the first that asks for it.
 */
const pods = Number(process.argv[3] ?? 10_000);
/** An odd number, so that there is one in the middle. */
const runs = 5;
/** Of CPU, for the whole catalogue over 10,000 pods: an answer at night may not wait for the rules. */
const limitMilliseconds = 1_000;

if (!Number.isInteger(pods) || pods < 1) throw new Error(`"${process.argv[3]}" is no number of pods: npm run bench -- rules 10000`);
const measured = Array.from({ length: runs }, (_run, number): RuleCosts => {
  process.stderr.write(`run ${number + 1} of ${runs} …\n`);
  const script = fileURLToPath(new URL('rule-costs-process.ts', import.meta.url));
  return JSON.parse(execFileSync('node', ['--max-semi-space-size=8', script, String(pods)], { encoding: 'utf8' })) as RuleCosts;
});

const rules = (measured[0]?.rules ?? [])
  .map(({ id, verdict }, at) => ({ id, verdict, cpuMilliseconds: middle(measured.map((run) => run.rules[at]?.cpuMilliseconds ?? 0)) }))
  .toSorted((one, other) => other.cpuMilliseconds - one.cpuMilliseconds);
const totals = {
  rules: middle(measured.map((run) => run.rules.reduce((sum, rule) => sum + rule.cpuMilliseconds, 0))),
  assessing: middle(measured.map((run) => run.assessing)),
  ranking: middle(measured.map((run) => run.ranking)),
};
const words = report();
process.stdout.write(words);
const { day, machine } = whenAndWhere();
saveResult(`${day}-rules.json`, `${JSON.stringify({ day, machine, pods, runs, totals, rules }, null, 1)}\n`);
saveResult(
  `${day}-rules.md`,
  `# What the rules cost, ${day}\n\n${machine}. Each run in a process of its own, with cold code; the middle of ${runs}, per line.\nThe evidence is in memory; every kind of it counts as read. What several rules share is paid by the first that asks for it.\n\n${words}`,
);
if (pods <= 10_000 && totals.rules > limitMilliseconds) process.exitCode = 1;

function report(): string {
  return [
    '| rule | verdict | CPU ms |',
    '|---|---|---|',
    ...rules.map((rule) => `| ${rule.id} | ${rule.verdict} | ${rule.cpuMilliseconds.toFixed(1)} |`),
    '',
    `${rules.length} rules over ${pods} pods: ${totals.rules.toFixed(0)} ms of CPU (limit ${limitMilliseconds} ms for 10000 pods).`,
    `Before them, who fails since when and what changed: ${totals.assessing.toFixed(0)} ms. After them, ranking: ${totals.ranking.toFixed(0)} ms.`,
    '',
  ].join('\n');
}

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
