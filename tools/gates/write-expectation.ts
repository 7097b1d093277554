import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf } from './answer.ts';
import { recordingsFolder, replay } from './replay.ts';

/** Writes what Stanch says of recordings into their expectation.json. For answers that somebody has read and agrees with. */
for (const name of process.argv.slice(2)) {
  const { investigation } = await replay(name);
  writeFileSync(join(recordingsFolder, name, 'expectation.json'), `${JSON.stringify({ answer: answerOf(investigation) }, null, 2)}\n`);
  process.stderr.write(`wrote the expectation of ${name}: ${investigation.summary}\n`);
}
