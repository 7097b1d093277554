// npm run check:imports: which layer imports which, and a proof that every module was really looked at.
import { existsSync } from 'node:fs';
import { brokenImportRules } from './import-rules.ts';

const folders = ['src', 'tools', 'lab', 'benchmarks', 'web'].filter((folder) => existsSync(new URL(`../${folder}`, import.meta.url)));
const { violations, seen, unseen } = await brokenImportRules({ root: new URL('../', import.meta.url), folders });

for (const violation of violations) console.error(violation);
for (const path of unseen) console.error(`${path}: not looked at by dependency-cruiser; the import rules were not checked for it`);
if (violations.length + unseen.length > 0) process.exitCode = 1;
console.log(`${seen} modules looked at, ${violations.length} import rules broken, ${unseen.length} modules missed`);
