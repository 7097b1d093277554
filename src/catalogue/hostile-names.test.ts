import { expect, test } from 'vitest';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import type { Example, FailureMode, Finding } from '../domain/failure-mode.ts';
import { isRecord } from '../domain/shape.ts';
import { factsOf } from '../reasoning/facts-of.ts';
import { recogniseFailureModes } from '../reasoning/recognise-failure-modes.ts';
import { catalogue } from './index.generated.ts';

/** Owners, images and references are named as whoever writes a pod likes, logs say what a client sent, and recordings come from anywhere. */
const attack = '$(reboot)';
const program = /\b(kubectl|ssh|curl|skopeo|nslookup|openssl) /;
const nameFields: ReadonlySet<string> = new Set(['name', 'namespace', 'nodeName', 'pod', 'container', 'node']);
const keptNames: ReadonlySet<string> = new Set(['default', 'kube-system']);

function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([field, each]) =>
    typeof each === 'string' ? (nameFields.has(field) && !keptNames.has(each) ? [each] : []) : namesIn(each),
  );
}

/** The same world in which every name is an attack, wherever it is named. */
function renamed(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, names));
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, renamed(each, names)]));
  if (typeof value !== 'string') return value;
  return names.has(value)
    ? `${value}${attack}`
    : value.replace(/(resource|namespace) "([^"]+)"/g, `$1 "$2${attack}"`).replaceAll('registry.example', `registry.example${attack}`);
}

const modes = catalogue as unknown as readonly FailureMode[];

function findingsIn(mode: FailureMode, given: ExampleEvidence): readonly Finding[] {
  const judged = given['judged-alert'];
  const [recognition] = recogniseFailureModes(
    catalogue.filter((each) => each === (mode as unknown)),
    factsOf(snapshotOf(given), judged === undefined ? {} : { judged }),
  );
  return recognition?.verdict === 'present' ? recognition.findings : [];
}

function commandsFor(mode: FailureMode, { given }: Example): readonly string[] {
  const hostile = renamed(given, new Set(namesIn(given))) as ExampleEvidence;
  return findingsIn(mode, hostile).flatMap(({ wouldSettle = [] }) => wouldSettle);
}

test('whatever things are called, no command to copy runs more than it shows', () => {
  const commands = modes.flatMap((mode) => mode.recognises.flatMap((example) => commandsFor(mode, example)));
  const hostile = commands.filter((command) => program.test(command) && command.includes(attack));
  // What stands between single quotes is text to a shell.
  const unquoted = hostile.filter((command) => command.replace(/\\'|'[^']*'/g, '').includes(attack));

  expect(new Set(hostile.map((command) => program.exec(command)?.[1]))).toEqual(new Set(['kubectl', 'ssh', 'skopeo']));
  expect(unquoted).toEqual([]);
});

/** The words that others choose, and that tables of ours are asked for. */
const wordFields: ReadonlySet<string> = new Set(['type', 'reason', 'phase', 'status', 'operator', 'effect']);

function withInherited(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withInherited);
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).map(([field, each]): [string, unknown] => {
    if (wordFields.has(field) && typeof each === 'string' && each !== 'True') return [field, 'constructor'];
    return [field === 'cpu' || field === 'app' ? 'constructor' : field, withInherited(each)];
  });
  return Object.fromEntries(fields);
}

test('a word that all objects of the language have is a word like any other', () => {
  const said = modes.flatMap((mode) =>
    [...mode.recognises, ...mode.isNotFooledBy].flatMap(({ given }) => findingsIn(mode, withInherited(given) as ExampleEvidence)),
  );

  expect(said.length).toBeGreaterThan(0);
  expect(JSON.stringify(said)).not.toContain('[native code]');
});
