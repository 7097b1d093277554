import { codeOnly } from './code-only.ts';

const lineLimit = 300;
const testLineLimit = 500;
const pureLayers = /^src[/](domain|catalogue|mitigations|guard-rails|reasoning|workflow|recording-format|writing)[/]/;
const outsideWorld =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bfetch\(|\b(process|console|performance|crypto)\.|\b(await|async)\b/;
const vagueNames = /(^|[/])(utils?|helpers?|common|misc|shared|manager|service|handler|types|index)[.]ts$/;
const kebabCase = /^([a-z0-9]+(-[a-z0-9]+)*[.])+[a-z]+$/;
const abbreviations: ReadonlySet<string> = new Set(
  'ctx cfg opt opts req res err errs msg msgs ns svc svcs pdb pdbs tmp idx fn fns cb cbs'.split(' '),
);
/** What packages call their own fields, which nobody else can spell out. */
const namesOfPackages: ReadonlySet<string> = new Set(['queryFn', 'mutationFn']);
const notATest = /\b(test|it|describe)[.](skip|only|todo|fails)\b/;
const mock = /\bvi[.](fn|mock|spyOn|stubGlobal|stubEnv|useFakeTimers)\b/;

/** What is copied out of a finding is pasted into a shell: `shellCommand` makes a word of each value. */
const bareCommand = /(?<!shellCommand)`[^`]*\b(kubectl|ssh|curl|skopeo|nslookup|openssl|ping) [^`]*\$\{/;

/** What house style finds fault with in one file. The path is relative to the repository. What the compiler or the linter checks is not repeated here. */
export function complaintsAbout(path: string, text: string): readonly string[] {
  if (path.endsWith('.generated.ts')) return [];
  const isTest = path.endsWith('.test.ts');
  const lines = text.split('\n');
  const limit = isTest ? testLineLimit : lineLimit;
  const complaints: string[] = [];
  if (lines.length > limit) complaints.push(`${path}: ${lines.length} lines; the limit is ${limit}`);
  if (vagueNames.test(path)) complaints.push(`${path}: the name does not say what is inside`);
  if (!kebabCase.test(path.replace(/^.*[/]/, ''))) complaints.push(`${path}: file names are words in lower case joined by hyphens`);

  if (path.startsWith('src/catalogue/') && !isTest)
    lines.forEach((line, index) => {
      if (bareCommand.test(line))
        complaints.push(`${path}:${index + 1}: build the command with shellCommand, which quotes what it is given`);
    });
  codeOnly(text)
    .split('\n')
    .forEach((code, index) => {
      const at = `${path}:${index + 1}`;
      const found = abbreviationIn(code);
      if (found !== undefined) complaints.push(`${at}: spell out "${found}"`);
      if (!isTest && pureLayers.test(path) && outsideWorld.test(code)) complaints.push(`${at}: the core may not touch the outside world`);
      if (isTest && notATest.test(code))
        complaints.push(`${at}: assert what happens today and say why it is wrong, instead of leaving a test out`);
      if (isTest && mock.test(code)) complaints.push(`${at}: no mocks; hand in a plain value or a small implementation of the port`);
    });
  return complaints;
}

function abbreviationIn(code: string): string | undefined {
  const names = code.match(/[A-Za-z_$][\w$]*/g) ?? [];
  return names.find((name) => !namesOfPackages.has(name) && wordsOf(name).some((word) => abbreviations.has(word)));
}

/** "podIndexByName" → pod, index, by, name. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[ _$]+/);
}
