import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from '../layout.ts';

/** Dumps of all rules say the same as the listing of the chain beside them; cut at their limit they would be most of a recording. */
const largestBytes = 256 * 1024;

/**
 * Takes out of a recording what is the machine's and not the cluster's: the boot of the one kernel that all hosts share, its
 * build name, and the places where the lab keeps its files. Dumps that are too large to keep go as well, as if never asked for.
 * What only makes a recording large goes too: white space, and who wrote each field of what only Kubernetes itself writes.
 */
export async function cleanRecording(directory: string): Promise<void> {
  const kernels = kernelNames(await readFile(join(directory, 'objects/nodes.json'), 'utf8').catch(() => ''));
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    const found = await stat(path);
    if (!found.isFile()) continue;
    if (name.startsWith('nodes/') && found.size > largestBytes) {
      await rm(path);
      await forgetCommand(path);
      continue;
    }
    const text = await readFile(path, 'utf8');
    await writeFile(path, cleanText(withoutWhatNobodyReads(name, text), kernels));
  }
}

function withoutWhatNobodyReads(name: string, text: string): string {
  if (/(?:dmesg|journal-kernel)\.txt$/.test(name)) return withoutBoot(text);
  if (/^metrics\/.*\.json$/.test(name)) return `${JSON.stringify(JSON.parse(text))}\n`;
  const kind = /^objects\/(\w+)\.json$/.exec(name)?.[1];
  return kind === undefined ? text : withoutRoutineWriters(kind, text);
}

/** Kinds of which people write no object themselves, as a rule. */
const writtenByControllers: ReadonlySet<string> = new Set([
  'controllerrevisions',
  'endpoints',
  'endpointslices',
  'events',
  'leases',
  'pods',
  'replicasets',
]);
/** Labels of what every API server makes for itself. */
const madeByTheServer = ['kubernetes.io/bootstrapping', 'kube-aggregator.kubernetes.io/automanaged'];

function withoutRoutineWriters(kind: string, text: string): string {
  const list = JSON.parse(text) as { readonly items?: readonly Listed[] };
  if (list.items === undefined) return text;
  const items = list.items.map((item) => {
    const isRoutine = writtenByControllers.has(kind) || madeByTheServer.some((label) => item.metadata?.labels?.[label] !== undefined);
    return JSON.stringify(isRoutine ? { ...item, metadata: { ...item.metadata, managedFields: undefined } } : item);
  });
  // One object a line, as Stanch writes them, so that a difference between two recordings can be read.
  return `${JSON.stringify({ ...list, items: undefined }).slice(0, -1)},"items":[\n${items.join(',\n')}\n]}\n`;
}

interface Listed {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
}

function cleanText(text: string, kernels: readonly string[]): string {
  const named = kernels.reduce((left, kernel) => left.replaceAll(kernel, /^\d+(?:\.\d+)*/.exec(kernel)?.[0] ?? 'linux'), text);
  return named.replaceAll(cacheDirectory, '/var/cache/lab');
}

function kernelNames(nodes: string): readonly string[] {
  return [...new Set([...nodes.matchAll(/"kernelVersion":\s*"([^"]+)"/g)].map((match) => match[1] ?? ''))].filter((name) => name !== '');
}

/** Lines of the first seconds of the log: a host's journal begins with what the kernel had said by then, all at one time. */
function withoutBoot(log: string): string {
  const lines = log.split('\n');
  const first = timeOf(lines[0] ?? '');
  return lines.filter((line) => first === undefined || (timeOf(line) ?? Infinity) > first + 5000).join('\n');
}

function timeOf(line: string): number | undefined {
  const text = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(line)?.[0];
  return text === undefined ? undefined : Date.parse(`${text}Z`);
}

/** `commands.json` beside the file lists what was run; what is not kept was not run, as far as the recording tells. */
async function forgetCommand(path: string): Promise<void> {
  const list = join(path, '..', 'commands.json');
  const commands = JSON.parse(await readFile(list, 'utf8')) as readonly { readonly file: string }[];
  await writeFile(
    list,
    `${JSON.stringify(
      commands.filter(({ file }) => !path.endsWith(`/${file}`)),
      undefined,
      2,
    )}\n`,
  );
}
