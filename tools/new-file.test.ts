import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Kind, kinds, newFile, unfilled } from './new-file.ts';

const root = new URL('../', import.meta.url);
const template = (kind: string): string => readFileSync(new URL(`tools/templates/${kind}.ts`, root), 'utf8');

test('nothing in the product waits to be filled in', () => {
  const paths = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));

  expect(paths.flatMap((path) => unfilled(`src/${path}`, readFileSync(new URL(`src/${path}`, root), 'utf8')))).toEqual([]);
});

test('every kind has its template, and a fresh copy of it does not pass for finished', () => {
  for (const [kind, { example }] of Object.entries(kinds)) {
    const made = newFile({ kind: kind as Kind, name: example, template: template(kind) });

    expect(made.state === 'made' && unfilled(made.path, made.text)).not.toEqual([]);
  }
  expect(readdirSync(new URL('tools/templates/', root)).toSorted()).toEqual(
    Object.keys(kinds)
      .map((kind) => `${kind}.ts`)
      .toSorted(),
  );
});

test('what is missing is named', () => {
  expect(unfilled('src/x.ts', "const a = 1;\nconst title = 'FILL IN: what an engineer would call it',")).toEqual([
    'src/x.ts:2: fill in what an engineer would call it',
  ]);
});

test('a name in a group goes into its folder, with its own id, export and imports', () => {
  const made = newFile({
    kind: 'failure-mode',
    name: 'network/conntrack-full',
    template: "import { a } from '../../src/domain/a.ts';\nexport const placeholderName = 'placeholder-id';\n",
  });

  expect(made).toEqual({
    state: 'made',
    path: 'src/catalogue/network/conntrack-full.ts',
    text: "import { a } from '../../domain/a.ts';\nexport const conntrackFull = 'conntrack-full';\n",
  });
});

test('a name that would not fit is refused', () => {
  expect(newFile({ kind: 'failure-mode', name: 'conntrack-full', template: '' })).toEqual({
    state: 'refused',
    because: '"conntrack-full" does not name a failure-mode: words in lower case joined by hyphens, as in network/my-failure-mode.',
  });
  expect(newFile({ kind: 'mitigation', name: '../evil', template: '' }).state).toBe('refused');
});
