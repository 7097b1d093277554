import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codeOnly } from './code-only.ts';
import { complaintsAbout } from './tidy.ts';

const root = new URL('../', import.meta.url);

test.each(['src', 'web', 'tools', 'lab', 'benchmarks'].filter((folder) => existsSync(new URL(folder, root))))('%s is tidy', (folder) => {
  const paths = readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /[.]tsx?$/.test(path) && !path.includes('node_modules/'))
    .map((path) => `${folder}/${path}`);

  expect(paths.flatMap((path) => complaintsAbout(path, readFileSync(new URL(path, root), 'utf8')))).toEqual([]);
});

describe('tidiness complains about', () => {
  const outside = 'the core may not touch the outside world';
  test.each([
    ['a clock in the core', 'src/reasoning/late.ts', 'const seen = Date.now();', `src/reasoning/late.ts:1: ${outside}`],
    ['the present moment in the core', 'src/domain/late.ts', 'const seen = new Date();', `src/domain/late.ts:1: ${outside}`],
    ['chance in the core', 'src/catalogue/node/x.ts', '\nconst dice = Math.random();', `src/catalogue/node/x.ts:2: ${outside}`],
    ['waiting in the core', 'src/workflow/x.ts', 'export async function x() {}', `src/workflow/x.ts:1: ${outside}`],
    ['an environment in the core', 'src/guard-rails/x.ts', 'process.platform', `src/guard-rails/x.ts:1: ${outside}`],
    ['a vague file', 'src/engine/utils.ts', '', 'src/engine/utils.ts: the name does not say what is inside'],
    ['a hand-written barrel', 'src/engine/index.ts', '', 'src/engine/index.ts: the name does not say what is inside'],
    [
      'a camel in a file name',
      'src/engine/caseStore.ts',
      '',
      'src/engine/caseStore.ts: file names are words in lower case joined by hyphens',
    ],
    ['an abbreviation', 'lab/x.ts', 'const cfg = 1;', 'lab/x.ts:1: spell out "cfg"'],
    ['an abbreviation inside a name', 'lab/x.ts', 'const podIdx = 1;', 'lab/x.ts:1: spell out "podIdx"'],
    ['an abbreviation in code in a template', 'lab/x.ts', 'const text = `pod ${msg.name}`;', 'lab/x.ts:1: spell out "msg"'],
    ['a long file', 'lab/x.ts', '\n'.repeat(300), 'lab/x.ts: 301 lines; the limit is 300'],
    ['a long test', 'lab/x.test.ts', '\n'.repeat(500), 'lab/x.test.ts: 501 lines; the limit is 500'],
    [
      'a command to copy that takes any name as it is',
      'src/catalogue/node/x.ts',
      'const see = `kubectl get pod ${name}`;',
      'src/catalogue/node/x.ts:1: build the command with shellCommand, which quotes what it is given',
    ],
    [
      'a test left out',
      'lab/x.test.ts',
      'test.skip();',
      'lab/x.test.ts:1: assert what happens today and say why it is wrong, instead of leaving a test out',
    ],
    ['a mock', 'lab/x.test.ts', 'vi.spyOn(a);', 'lab/x.test.ts:1: no mocks; hand in a plain value or a small implementation of the port'],
  ])('%s', (_what, path, text, complaint) => {
    expect(complaintsAbout(path, text)).toEqual([complaint]);
  });
});

describe('tidiness accepts', () => {
  test.each([
    ['the allowed short forms', 'src/engine/x.ts', 'const id = url + http + sql + json + yaml + api + cpu + dns + ssh + mcp;'],
    ['what a package calls its own field', 'web/src/x.ts', 'useQuery({ queryFn: read });'],
    ['words that merely contain an abbreviation', 'src/engine/x.ts', 'const resource = address.request.messages.instance.function;'],
    ['a given time in the core', 'src/reasoning/x.ts', 'const at = new Date(snapshot.takenAt);'],
    ['prose about time and promises', 'src/reasoning/x.ts', "// We await Date.now() and err.\nconst text = 'async msg';"],
    ['a clock outside the core', 'src/stores/sqlite/x.ts', 'const now = Date.now();'],
    ['a clock in a test of the core', 'src/reasoning/x.test.ts', 'await Date.now();'],
    ['a generated file of any length', 'src/catalogue/index.generated.ts', '\n'.repeat(900)],
    ['a full file', 'src/engine/x.ts', '\n'.repeat(299)],
  ])('%s', (_what, path, text) => {
    expect(complaintsAbout(path, text)).toEqual([]);
  });
});

describe('looking for code alone blanks out', () => {
  test.each([
    ['strings and line comments', 'a(\'x\') + "y" // z', 'a(   ) +'],
    ['comments over several lines', 'a /* b\n\nc */ d', 'a     \n\n     d'],
    ['the text of a template, not its code', '`a ${b({ c: 1 })} d` + e', '    {b({ c: 1 })}    + e'],
    ['templates inside templates', '`${a.map((b) => `x ${b.c} y`)} z` + d', '  {a.map((b) =>     {b.c}   )}    + d'],
    ['regular expressions with quotes and slashes', "b(/['/]'x/g) / c", 'b(         ) / c'],
    ['escaped quotes', String.raw`'it\'s' + a`, '        + a'],
  ])('%s', (_what, text, code) => {
    expect(codeOnly(text).trimEnd()).toBe(code);
  });
});
