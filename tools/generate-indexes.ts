// npm run generate: writes the lists of failure modes, mitigations, guard rails and operations, so that adding one is adding one file, and then
// the pages about them and what is installed with their rights.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { expectedIndexes, type GeneratedIndex, readIndex } from './indexes.ts';

write(expectedIndexes());
// The pages tell of the catalogue as its list has it, so the list is written before they are loaded.
const { expectedPages, pagesWithoutMode } = await import('./documentation/generated-pages.ts');
mkdirSync(new URL('../docs/failure-modes/', import.meta.url), { recursive: true });
write(expectedPages());
// The rights of a mitigation are in the chart, so its list is written first as well.
const { expectedDeployFiles } = await import('./deploy/deploy-files.ts');
write(expectedDeployFiles());
for (const path of pagesWithoutMode()) {
  rmSync(new URL(`../${path}`, import.meta.url));
  console.log(`removed ${path}`);
}

function write(files: readonly GeneratedIndex[]): void {
  for (const { path, text } of files) {
    if (readIndex(path) === text) continue;
    writeFileSync(new URL(`../${path}`, import.meta.url), text);
    console.log(`wrote ${path}`);
  }
}
