import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { siblings } from './siblings.ts';
import { filesOf } from './write-night.ts';

/**
 * Writes the recordings that are made by hand: nights like the seed's, with one thing different. The seed's own comes from the
 * lab. Run it after a change in this folder; the result is committed.
 */
const folder = new URL('../../recordings/', import.meta.url).pathname;
for (const { name, night } of siblings) {
  mkdirSync(join(folder, name), { recursive: true });
  // What was read and agreed on is not made here, and must not go with what is.
  for (const entry of readdirSync(join(folder, name)).filter((each) => each !== 'expectation.json'))
    rmSync(join(folder, name, entry), { recursive: true });
  for (const [path, text] of Object.entries(filesOf(night()))) {
    const target = join(folder, name, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  process.stderr.write(`wrote recordings/${name}\n`);
}
