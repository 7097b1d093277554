import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { answerOf } from '../../tools/gates/answer.ts';
import { recordingsFolder, replay } from '../../tools/gates/replay.ts';
import { stateDirectory } from '../layout.ts';
import { cleanRecording } from './clean-recording.ts';
import { captureDirectory, differences } from './investigate.ts';
import type { Scenario } from './scenario.ts';

/**
 * Puts what the last investigation of a scenario read under `recordings/`, with the answer that its replay gives as the
 * expectation. Refuses where that is not the answer that the scenario expects: a recording must not teach what is wrong.
 */
export async function keepRecording(scenario: Scenario): Promise<string> {
  const { expectation, name, recordedAs = name } = scenario;
  const cleaned = join(stateDirectory, 'cleaned');
  await rm(join(cleaned, name), { recursive: true, force: true });
  await cp(captureDirectory(scenario), join(cleaned, name), { recursive: true });
  await cleanRecording(join(cleaned, name));
  const { investigation } = await replay(name, cleaned);
  const wrong = differences({ answer: investigation, expectation });
  if (wrong.length > 0)
    throw new Error(
      `Replayed what was recorded of ${name}, and the answer is not the expected one: ${wrong.join('; ')}. Nothing was kept.`,
    );
  const target = join(recordingsFolder, expectation.failureMode ?? 'healthy', recordedAs);
  await writeFile(join(cleaned, name, 'expectation.json'), `${JSON.stringify({ answer: answerOf(investigation) }, undefined, 2)}\n`);
  await rm(target, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  await cp(join(cleaned, name), target, { recursive: true });
  return target;
}
