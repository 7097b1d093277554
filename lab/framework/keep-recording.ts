import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { answerOf } from '../../tools/gates/answer.ts';
import { recordingsFolder, replay } from '../../tools/gates/replay.ts';
import { stateDirectory } from '../layout.ts';
import { captureDirectory, differences } from './investigate.ts';
import type { Scenario } from './scenario.ts';

/**
 * Moves what the last investigation of a scenario read into `recordings/`, with the answer that its replay gives as the
 * expectation. Refuses where that is not the answer that the scenario expects: a recording must not teach what is wrong.
 */
export async function keepRecording(scenario: Scenario): Promise<string> {
  const { expectation, name, recordedAs = name } = scenario;
  const { investigation } = await replay(name, join(stateDirectory, 'captures'));
  const wrong = differences({ answer: investigation, expectation });
  if (wrong.length > 0)
    throw new Error(
      `Replayed what was recorded of ${name}, and the answer is not the expected one: ${wrong.join('; ')}. Nothing was kept.`,
    );
  const target = join(recordingsFolder, expectation.failureMode ?? 'healthy', recordedAs);
  await rm(target, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  await cp(captureDirectory(scenario), target, { recursive: true });
  await writeFile(join(target, 'expectation.json'), `${JSON.stringify({ answer: answerOf(investigation) }, undefined, 2)}\n`);
  return target;
}
