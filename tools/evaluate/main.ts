import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordingNames, recordingsFolder, replay } from '../gates/replay.ts';
import { readExpectation } from './expectation.ts';
import { type Judged, judge, type Totals, total } from './score.ts';

/** `npm run evaluate -- [DIR…]`: works every recording below the directories and compares with its expectation.json. */
const folders = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
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
    judged.push(judge(name, (await replay(name, folder)).investigation, expectation));
    process.stderr.write(`\r${judged.length} cases`);
  }
}
process.stderr.write('\n');
const totals = total(judged);
report(totals);
if (process.argv.includes('--write')) write(totals);
// Nothing evaluated is no success.
process.exitCode = judged.length === 0 ? 3 : 0;

function report(of: Totals): void {
  for (const each of judged.filter((one) => !one.isTopOne))
    console.log(`not right: ${each.name} (expected ${each.group}) said ${each.said}`);
  for (const name of passedOver) console.log(`passed over: ${name} (no expectation.json that can be read)`);
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  console.log(
    `${of.cases} cases: top-1 ${percent(of.topOne)}, top-3 ${percent(of.topThree)}, macro ${percent(of.macro)}, abstained ${percent(of.abstentions)}`,
  );
  console.log(
    `false alarms on healthy ${of.falseAlarms}, wrong and confident ${percent(of.wrongAndConfident)}, Brier ${of.brier.toFixed(3)}, calibration error ${of.calibrationError.toFixed(3)}`,
  );
}

function write(of: Totals): void {
  const folder = new URL('../../benchmarks/results/', import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${new Date().toISOString().slice(0, 10)}-evaluation.json`);
  writeFileSync(path, `${JSON.stringify({ totals: of, cases: judged }, null, 1)}\n`);
  console.log(`wrote ${path}`);
}
