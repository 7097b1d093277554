// npm run generate: writes the lists of failure modes, mitigations and guard rails, so that adding one is adding one file.
import { writeFileSync } from 'node:fs';
import { expectedIndexes, readIndex } from './indexes.ts';

for (const { path, text } of expectedIndexes()) {
  if (readIndex(path) === text) continue;
  writeFileSync(new URL(`../${path}`, import.meta.url), text);
  console.log(`wrote ${path}`);
}
