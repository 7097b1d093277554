import type { EvidenceShapes, NodeCommandOutput } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/instant.ts';
import { redactLines } from '../../domain/redaction.ts';
import { readAlertHistory } from '../../recording-format/alert-history.ts';
import { readConnectivityProbes } from '../../recording-format/connectivity-probes.ts';
import { plainText } from '../../domain/plain-text.ts';
import { entriesOf, firstOf, numberOf, recordOf, textOf, timeOf, type Understood } from '../../recording-format/loose-values.ts';
import { readMetricResults } from '../../recording-format/metric-results.ts';
import { nodeCommandId } from '../../domain/node-command.ts';
import { type RecordingPart, recordingPartOf } from '../../recording-format/recording-paths.ts';
import { readScrapeTargets } from '../../recording-format/scrape-targets.ts';
import { readServiceCalls } from '../../recording-format/service-calls.ts';
import { loadYaml } from './load-yaml.ts';

/** A small file that may be a part of a recording; what it is depends on where the recording's root turns out to be. */
export interface PartFile {
  readonly path: string;
  readonly text: string;
}

type PartKind = 'metrics' | 'alert-history' | 'scrape-targets' | 'node-commands' | 'connectivity-probes' | 'service-calls';
export type RecordedParts = { readonly [Kind in PartKind]: EvidenceShapes[Kind] | undefined } & {
  /** The page as it was saved: parsed where it is JSON or YAML, else its text. Absent: none was. */
  readonly alert: unknown;
  readonly complaints: readonly { readonly kind: PartKind | 'alert'; readonly path: string; readonly complaint: string }[];
};

/** Makes evidence of the parts. A kind without any file is undefined: it was not recorded. */
export function readParts(files: readonly PartFile[], of: { readonly root: string | undefined; readonly now: Instant }): RecordedParts {
  const parts = files.flatMap((file) => {
    const part = partOf(file.path, of.root);
    return part === undefined ? [] : [{ part, file }];
  });
  const complaints: RecordedParts['complaints'][number][] = [];
  const gather = <Item>(
    kind: PartKind,
    name: RecordingPart['part'],
    understand: (raw: unknown, part: RecordingPart) => Understood<Item>,
  ): readonly Item[] | undefined => {
    const found = parts.filter(({ part }) => part.part === name);
    if (found.length === 0) return undefined;
    return found.flatMap(({ part, file }) => {
      const loaded = loadData(file.text);
      const understood = loaded.state === 'failed' ? { items: [], complaints: [loaded.happened] } : understand(loaded.value, part);
      complaints.push(...understood.complaints.map((complaint) => ({ kind, path: file.path, complaint })));
      return understood.items;
    });
  };
  const alert = parts.find(({ part }) => part.part === 'alert');
  return {
    metrics: gather('metrics', 'metrics', (raw, part) =>
      readMetricResults(raw, { fileName: part.part === 'metrics' ? part.fileName : '', now: of.now }),
    ),
    'alert-history': gather('alert-history', 'alert-history', (raw) => readAlertHistory(raw, of.now)),
    'scrape-targets': gather('scrape-targets', 'scrape-targets', readScrapeTargets),
    'connectivity-probes': gather('connectivity-probes', 'connectivity-probes', readConnectivityProbes),
    'service-calls': gather('service-calls', 'service-calls', readServiceCalls),
    'node-commands': readNodeCommands(parts),
    alert: alert === undefined ? undefined : readAlert(alert.file),
    complaints,
  };
}

/** Below the root of the recording, or, without a manifest, below one of the first directories. */
export function partOf(path: string, root: string | undefined): RecordingPart | undefined {
  if (root !== undefined) return path.startsWith(root) ? recordingPartOf(path.slice(root.length)) : undefined;
  for (const relative of relativePaths(path)) {
    const part = recordingPartOf(relative);
    if (part !== undefined) return part;
  }
  return undefined;
}

/** The path itself, and without its first one and two directories: archives hold what they hold below a directory or two. */
export function relativePaths(path: string): readonly string[] {
  const steps = path.split('/');
  return [0, 1, 2].filter((dropped) => dropped < steps.length).map((dropped) => steps.slice(dropped).join('/'));
}

export function loadData(text: string): ReturnType<typeof loadYaml> {
  try {
    return { state: 'loaded', value: JSON.parse(text) as unknown };
  } catch (problem) {
    if (!(problem instanceof SyntaxError)) throw problem;
    const loaded = loadYaml(text);
    const isProse = loaded.state === 'loaded' && typeof loaded.value === 'string';
    return isProse ? { state: 'failed', happened: 'it holds neither JSON nor YAML data' } : loaded;
  }
}

function readAlert(file: PartFile): unknown {
  if (/\.(txt|md)$/i.test(file.path)) return file.text;
  const loaded = loadData(file.text);
  return loaded.state === 'loaded' ? loaded.value : file.text;
}

/** Longer outputs are rule dumps of huge nodes; a million lines still fit. */
const keptOutputCharacters = 64 * 1024 * 1024;

type PartsOfFiles = readonly { readonly part: RecordingPart; readonly file: PartFile }[];

/** In order of the nodes; on a node in the order of its commands.json, then of the file names. */
function readNodeCommands(parts: PartsOfFiles): readonly NodeCommandOutput[] | undefined {
  const details = readCommandDetails(parts);
  const outputs: NodeCommandOutput[] = details.flatMap((each) =>
    each.output === undefined
      ? []
      : [{ node: each.node, command: each.command, at: each.at, exitStatus: each.exitStatus, output: safeOutput(each.output) }],
  );
  for (const { part, file } of parts) {
    if (part.part !== 'node-command') continue;
    const told =
      details.find((each) => each.node === part.node && each.file === part.file) ??
      details.find((each) => each.node === part.node && each.command === part.command);
    outputs.push({
      node: part.node,
      command: told?.command ?? part.command,
      at: told?.at,
      exitStatus: told?.exitStatus,
      output: safeOutput(file.text),
    });
  }
  const isRecorded = outputs.length > 0 || parts.some(({ part }) => part.part === 'node-command-details');
  const orderOf = ({ node, command }: NodeCommandOutput): number => {
    const position = details.findIndex((each) => each.node === node && each.command === command);
    return position < 0 ? details.length : position;
  };
  const byPlace = (one: NodeCommandOutput, other: NodeCommandOutput): number =>
    compareText(one.node, other.node) || orderOf(one) - orderOf(other) || compareText(one.command, other.command);
  return isRecorded ? outputs.toSorted(byPlace) : undefined;
}

interface CommandDetails extends Pick<NodeCommandOutput, 'node' | 'command' | 'at' | 'exitStatus'> {
  /** Without its ending. Absent: named after the command. */
  readonly file: string | undefined;
  /** Absent: it is in a file of its own. */
  readonly output: string | undefined;
}

function readCommandDetails(parts: PartsOfFiles): readonly CommandDetails[] {
  return parts.flatMap(({ part, file }) => {
    const loaded = part.part === 'node-command-details' ? loadData(file.text) : undefined;
    if (part.part !== 'node-command-details' || loaded?.state !== 'loaded') return [];
    return entriesOf(loaded.value, 'commands').map((entry): CommandDetails => {
      const fields = recordOf(entry);
      return {
        node: part.node,
        command: nodeCommandId(textOf(firstOf(fields, 'command', 'id')) ?? ''),
        file: textOf(fields['file'])?.replace(/\.[a-z]+$/, ''),
        at: timeOf(fields['at']),
        exitStatus: numberOf(fields['exitStatus']),
        output: textOf(fields['output']),
      };
    });
  });
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function safeOutput(text: string): string {
  return redactLines(plainText(text.slice(0, keptOutputCharacters)).split('\n')).join('\n');
}
