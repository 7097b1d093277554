import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogue } from '../../src/catalogue/index.generated.ts';
import { assess } from '../../src/reasoning/assess.ts';
import { diagnose } from '../../src/reasoning/diagnose.ts';
import { recordingNames, recordingsFolder, replay } from '../gates/replay.ts';
import { readExpectation } from './expectation.ts';
import { type Case, type PerturbationKind, perturb, takenAway } from './perturb.ts';
import { type Answer, type Judged, judge, type Totals, total, totalByGroup } from './score.ts';

/**
 * `npm run evaluate -- [DIR…] [--perturbed N] [--write]`: works every recording below the directories and compares with its
 * expectation.json; with N variations of each that a program makes, which are told apart from what was recorded.
 */
const { values: flags, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    perturbed: { type: 'string', default: '0' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (flags.help) {
  console.log(usage());
  process.exit(0);
}
const variations = Number(flags.perturbed);
if (!Number.isInteger(variations) || variations < 0) throw new Error(`--perturbed takes a number of variations, not "${flags.perturbed}"`);
const altered: (Judged & { readonly kind: PerturbationKind })[] = [];
const judged: Judged[] = [];
const passedOver: string[] = [];
for (const folder of folders.length === 0 ? [recordingsFolder] : folders) {
  for (const name of recordingNames(folder)) {
    const path = join(folder, name, 'expectation.json');
    const expectation = existsSync(path) ? readExpectation(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
    if (expectation === undefined) {
      passedOver.push(name);
      continue;
    }
    const { investigation, snapshot, question } = await replay(name, folder);
    judged.push(judge(name, investigation, expectation));
    for (let number = 0; number < variations; number += 1) {
      const variation = perturb({ snapshot, question, expectation }, number);
      if (variation !== undefined)
        altered.push({
          ...judge(labelled(name, variation.altered), answerTo(variation.altered), variation.altered.expectation),
          kind: variation.kind,
        });
    }
    process.stderr.write(`\r${judged.length} cases`);
  }
}
process.stderr.write('\n');
report('recorded', judged);
for (const kind of new Set(altered.map((each) => each.kind)))
  report(
    kind,
    altered.filter((each) => each.kind === kind),
  );
if (altered.length > 0) report('all variations', altered);
if (flags.write) write();
// Nothing evaluated is no success.
process.exitCode = judged.length === 0 ? 3 : 0;

function usage(): string {
  return [
    'Usage: npm run evaluate -- [DIRECTORY…] [--perturbed N] [--write]',
    '',
    'Works every recording below the directories (default: recordings) and compares each answer with its expectation.json.',
    '  --perturbed N   also N variations of each: other names, other numbers, unrelated noise, a kind of evidence missing',
    '  --write         writes the figures to benchmarks/results, dated',
    '',
    'How a case looks, and what the figures mean: docs/evaluation.md',
  ].join('\n');
}

/** Names what was taken away, so that a wrong answer can be understood. */
function labelled(name: string, { snapshot }: Case): string {
  const gone = Object.entries(snapshot.readings).flatMap(([kind, reading]) =>
    reading.state === 'unreadable' && reading.detail === takenAway ? [kind] : [],
  );
  return [name, ...gone.map((kind) => `without ${kind}`)].join(' ');
}

/** The thinking alone: what was seen is given, so nothing is asked for a second time. */
function answerTo({ snapshot, question }: Case): Answer {
  const { outcome, hypotheses } = diagnose(assess(question, snapshot), catalogue);
  return { outcome, hypotheses: hypotheses.map((each) => ({ ...each, root: each.isRoot })) };
}

function report(title: string, of: readonly Judged[]): void {
  console.log(`\n── ${title} ──`);
  for (const each of of.filter((one) => !one.isTopOne)) console.log(`not right: ${each.name} (expected ${each.group}) said ${each.said}`);
  if (of === judged) for (const name of passedOver) console.log(`passed over: ${name} (no expectation.json that can be read)`);
  for (const group of totalByGroup(of)) console.log(`${group.group.padEnd(40)} ${line(group)}`);
  console.log(`${'all'.padEnd(40)} ${line(total(of))}`);
}

function line(of: Totals): string {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  return [
    `${of.cases} cases`,
    `top-1 ${percent(of.topOne)}`,
    `top-3 ${percent(of.topThree)}`,
    `macro ${percent(of.macro)}`,
    `abstained ${percent(of.abstentions)}`,
    `false alarms ${of.falseAlarms}`,
    `wrong and confident ${percent(of.wrongAndConfident)}`,
    `Brier ${of.brier.toFixed(3)}`,
    `calibration error ${of.calibrationError.toFixed(3)}`,
  ].join(', ');
}

function write(): void {
  const folder = new URL('../../benchmarks/results/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${new Date().toISOString().slice(0, 10)}-evaluation.json`);
  const of = (some: readonly Judged[]): object => ({ totals: total(some), groups: totalByGroup(some), cases: some });
  writeFileSync(path, `${JSON.stringify({ recorded: of(judged), ...(altered.length === 0 ? {} : { altered: of(altered) }) }, null, 1)}\n`);
  console.log(`wrote ${path}`);
}
