// npm run new -- failure-mode network/my-mode | mitigation my-thing | guard-rail my-thing | source my-source
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Kind, kinds, newFile } from './new-file.ts';

const root = new URL('../', import.meta.url);
const [kind = '', name = ''] = process.argv.slice(2);
process.exitCode = isKind(kind) ? create(kind) : usage(`There is no kind "${kind}".`);

function create(wanted: Kind): number {
  const made = newFile({ kind: wanted, name, template: readFileSync(new URL(`tools/templates/${wanted}.ts`, root), 'utf8') });
  if (made.state === 'refused') return usage(made.because);
  const file = new URL(made.path, root);
  if (existsSync(file)) return usage(`${made.path} is there already.`);
  mkdirSync(dirname(file.pathname), { recursive: true });
  writeFileSync(file, made.text);
  console.log(`Wrote ${made.path}. Next: fill in what says FILL IN, then run: npm run generate && npm test`);
  return 0;
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(kinds, text);
}

function usage(because: string): number {
  console.error(because);
  for (const [each, { example }] of Object.entries(kinds)) console.error(`  npm run new -- ${each} ${example}`);
  return 1;
}
