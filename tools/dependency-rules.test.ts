import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { brokenImportRules, type ImportReport } from './import-rules.ts';

/** File names and their text. Imported files without an entry of their own need one too: a broken import is another fault. */
type Tree = Readonly<Record<string, string>>;

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

const packages: Tree = {
  'package.json': JSON.stringify({ type: 'module', dependencies: { shipped: '1.0.0' }, devDependencies: { workshop: '1.0.0' } }),
  'node_modules/shipped/package.json': JSON.stringify({ name: 'shipped', version: '1.0.0', main: 'index.js' }),
  'node_modules/shipped/index.js': 'exports.value = 1;',
  'node_modules/workshop/package.json': JSON.stringify({ name: 'workshop', version: '1.0.0', main: 'index.js' }),
  'node_modules/workshop/index.js': 'exports.value = 1;',
};
const leaf = 'export const value = 1;\n';
const importing = (...paths: readonly string[]): string =>
  `${paths.map((path, index) => `import { value as value${index} } from '${path}';`).join('\n')}\nexport const value = 2;\n`;

function check(tree: Tree): Promise<ImportReport> {
  const folder = mkdtempSync(join(tmpdir(), 'stanch-import-rules-'));
  made.push(folder);
  for (const [path, text] of Object.entries({ ...packages, ...tree })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const folders = [...new Set(Object.keys(tree).map((path) => path.split('/')[0] ?? ''))];
  return brokenImportRules({ root: pathToFileURL(`${folder}/`), folders });
}

describe('the import rules catch', () => {
  test.each([
    [
      'a domain that imports a rule',
      'src/domain/subject.ts',
      '../catalogue/network/x.ts',
      'src/catalogue/network/x.ts',
      'domain-imports-only-what-it-may',
    ],
    [
      'a failure mode that reasons',
      'src/catalogue/network/x.ts',
      '../../reasoning/y.ts',
      'src/reasoning/y.ts',
      'catalogue-imports-only-what-it-may',
    ],
    [
      'a mitigation that reasons',
      'src/mitigations/x.ts',
      '../reasoning/y.ts',
      'src/reasoning/y.ts',
      'mitigations-imports-only-what-it-may',
    ],
    [
      'a guard rail that reasons',
      'src/guard-rails/x.ts',
      '../reasoning/y.ts',
      'src/reasoning/y.ts',
      'guard-rails-imports-only-what-it-may',
    ],
    [
      'reasoning that knows the catalogue',
      'src/reasoning/x.ts',
      '../catalogue/network/y.ts',
      'src/catalogue/network/y.ts',
      'reasoning-imports-only-what-it-may',
    ],
    ['a workflow that knows a port', 'src/workflow/x.ts', '../ports/y.ts', 'src/ports/y.ts', 'workflow-imports-only-what-it-may'],
    ['a port that reasons', 'src/ports/x.ts', '../reasoning/y.ts', 'src/reasoning/y.ts', 'ports-imports-only-what-it-may'],
    [
      'a source that reasons',
      'src/evidence-sources/a/x.ts',
      '../../reasoning/y.ts',
      'src/reasoning/y.ts',
      'evidence-sources-imports-only-what-it-may',
    ],
    [
      'an actuator that knows the engine',
      'src/actuators/a/x.ts',
      '../../engine/y.ts',
      'src/engine/y.ts',
      'actuators-imports-only-what-it-may',
    ],
    ['a store that knows the workflow', 'src/stores/a/x.ts', '../../workflow/y.ts', 'src/workflow/y.ts', 'stores-imports-only-what-it-may'],
    ['an engine that picks an adapter', 'src/engine/x.ts', '../stores/a/y.ts', 'src/stores/a/y.ts', 'engine-imports-only-what-it-may'],
    [
      'an engine that picks failure modes',
      'src/engine/x.ts',
      '../catalogue/a/y.ts',
      'src/catalogue/a/y.ts',
      'engine-imports-only-what-it-may',
    ],
    ['a surface that reasons', 'src/surfaces/http/x.ts', '../../reasoning/y.ts', 'src/reasoning/y.ts', 'surfaces-imports-only-what-it-may'],
    [
      'a surface that composes',
      'src/surfaces/http/x.ts',
      '../../compose/compose.ts',
      'src/compose/compose.ts',
      'surfaces-imports-only-what-it-may',
    ],
    [
      'a main that picks an adapter',
      'src/surfaces/http/main.ts',
      '../../stores/a/y.ts',
      'src/stores/a/y.ts',
      'main-imports-only-its-surface-and-compose',
    ],
    ['a folder without a layer', 'src/oddments/x.ts', '../domain/y.ts', 'src/domain/y.ts', 'every-file-belongs-to-a-layer'],
    ['a source that imports another', 'src/evidence-sources/a/x.ts', '../b/y.ts', 'src/evidence-sources/b/y.ts', 'adapters-are-strangers'],
    [
      'a source that imports a file beside it',
      'src/evidence-sources/a/x.ts',
      '../y.ts',
      'src/evidence-sources/y.ts',
      'adapters-are-strangers',
    ],
    [
      'a failure mode that imports another',
      'src/catalogue/node/x.ts',
      '../network/y.ts',
      'src/catalogue/network/y.ts',
      'failure-modes-are-strangers',
    ],
    [
      'a failure mode that imports its neighbour',
      'src/catalogue/node/x.ts',
      './y.ts',
      'src/catalogue/node/y.ts',
      'failure-modes-are-strangers',
    ],
    [
      'a mitigation that imports another',
      'src/mitigations/x.ts',
      './y.ts',
      'src/mitigations/y.ts',
      'mitigations-and-guard-rails-are-strangers',
    ],
    [
      'a page that sees more than the contract',
      'web/x.ts',
      '../src/surfaces/http/y.ts',
      'src/surfaces/http/y.ts',
      'web-sees-only-the-contract',
    ],
    ['a product that needs the lab', 'src/compose/compose.ts', '../../lab/y.ts', 'lab/y.ts', 'nothing-imports-the-workshop'],
  ])('%s', async (_what, from, specifier, to, rule) => {
    const { violations } = await check({ [from]: importing(specifier), [to]: leaf });

    expect(violations).toContain(`${rule}: ${from} → ${to}`);
  });

  test('a package, Node, and a development package in the wrong place', async () => {
    const { violations } = await check({
      'src/reasoning/x.ts': importing('shipped'),
      'src/domain/x.ts': importing('node:fs'),
      'src/engine/x.ts': importing('workshop'),
    });

    expect(violations).toEqual([
      'no-development-packages-in-the-product: src/engine/x.ts → node_modules/workshop/index.js',
      'pure-layers-touch-nothing-outside: src/domain/x.ts → fs',
      'pure-layers-touch-nothing-outside: src/reasoning/x.ts → node_modules/shipped/index.js',
    ]);
  });

  test('a circle, also one of types alone', async () => {
    const { violations } = await check({
      'src/domain/x.ts': "import type { Y } from './y.ts';\nexport interface X { readonly y?: Y }\n",
      'src/domain/y.ts': "import type { X } from './x.ts';\nexport interface Y { readonly x?: X }\n",
    });

    expect(violations).toEqual(['no-circles: src/domain/x.ts → src/domain/y.ts']);
  });

  test('an import of a file that is not there', async () => {
    const { violations } = await check({ 'src/domain/x.ts': importing('./gone.ts') });

    expect(violations).toEqual(['no-broken-imports: src/domain/x.ts → ./gone.ts']);
  });
});

test('the import rules leave a tree alone that follows them', async () => {
  const report = await check({
    'src/domain/subject.ts': leaf,
    'src/catalogue/network/x.ts': importing('../../domain/subject.ts'),
    'src/catalogue/index.generated.ts': importing('./network/x.ts'),
    'src/reasoning/x.ts': importing('../domain/subject.ts'),
    'src/reasoning/x.test.ts': importing('./x.ts', '../catalogue/network/x.ts', 'node:fs', 'workshop', '../../tools/builder.ts'),
    'src/workflow/x.ts': importing('../reasoning/x.ts'),
    'src/ports/x.ts': importing('../domain/subject.ts'),
    'src/evidence-sources/a/own.ts': leaf,
    'src/evidence-sources/a/x.ts': importing('./own.ts', '../../ports/x.ts', 'shipped', 'node:fs'),
    'src/engine/x.ts': importing('../workflow/x.ts', '../ports/x.ts', 'shipped'),
    'src/surfaces/command-line/words.ts': importing('../../engine/x.ts'),
    'src/surfaces/command-line/main.ts': importing('./words.ts', '../../compose/compose.ts'),
    'src/compose/compose.ts': importing('../engine/x.ts', '../evidence-sources/a/x.ts', '../catalogue/index.generated.ts'),
    'tools/builder.ts': importing('../src/compose/compose.ts', 'workshop'),
  });

  expect(report).toEqual({ violations: [], seen: expect.any(Number), unseen: [] });
});

test('a file that dependency-cruiser does not look at is reported, because silence about it means nothing', async () => {
  // Its name contains the word that keeps dependency-cruiser out of installed packages.
  const report = await check({
    'src/domain/x.ts': leaf,
    'src/domain/about-node_modules.ts': importing('../engine/z.ts'),
    'src/engine/z.ts': leaf,
  });

  expect(report).toEqual({ violations: [], seen: 2, unseen: ['src/domain/about-node_modules.ts'] });
});
