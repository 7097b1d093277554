import type { EvidenceKind, Gap, NodeCommandOutput, Reading, Snapshot } from '../domain/evidence.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { redactText } from '../domain/redaction.ts';
import { writeAlertFiring } from './alert-history.ts';
import { writeConnectivityProbe } from './connectivity-probes.ts';
import { isResourceName } from './evidence-names.ts';
import { writeLogLines } from './log-text.ts';
import type { LooseRecord } from './loose-values.ts';
import { writeMetricResult } from './metric-results.ts';
import { manifestName, type NotRead, type RecordingManifest, writeManifest } from './recording-manifest.ts';
import { pathStep } from './recording-paths.ts';
import { redactValue } from './redact-object.ts';
import { writeScrapeTarget } from './scrape-targets.ts';
import { writeServiceCall } from './service-calls.ts';

export interface RecordingFile {
  readonly path: string;
  readonly text: string;
}

export interface Recorded {
  readonly snapshot: Snapshot;
  /** The page as it was handed in. Absent: nobody was paged. */
  readonly page: string | undefined;
  /** For example "stanch 0.1.0". */
  readonly tool: string;
  readonly origin: string | undefined;
  /** Kinds whose objects are written beside these files. */
  readonly isWritten: (kind: EvidenceKind) => boolean;
}

/** All files of a recording except those of the objects, which are too many to be held at once. */
export function recordingFiles(recorded: Recorded): readonly RecordingFile[] {
  const { readings } = recorded.snapshot;
  return [
    { path: manifestName, text: json(writeManifest(manifestOf(recorded))) },
    ...pageFile(recorded.page),
    ...valueOf(readings['container-logs']).map((log) => ({
      path: `logs/${pathStep(log.namespace)}/${pathStep(log.pod)}/${pathStep(log.container)}${log.isPrevious ? '.previous' : ''}.log`,
      text: writeLogLines(log.lines),
    })),
    ...valueOf(readings.metrics).map((metric, position) => ({
      path: `metrics/${String(position + 1).padStart(3, '0')}-${pathStep(metric.expression).slice(0, 60)}.json`,
      text: json(writeMetricResult(metric)),
    })),
    ...listFile('alerts/history.json', readings['alert-history'], writeAlertFiring),
    ...listFile('scrape-targets.json', readings['scrape-targets'], writeScrapeTarget),
    ...nodeFiles(valueOf(readings['node-commands'])),
    ...listFile('probes.json', readings['connectivity-probes'], writeConnectivityProbe),
    ...listFile('service-calls.json', readings['service-calls'], writeServiceCall),
  ];
}

function manifestOf({ snapshot, tool, origin, isWritten }: Recorded): RecordingManifest {
  const readings = Object.entries(snapshot.readings) as readonly (readonly [EvidenceKind, Reading<EvidenceKind>])[];
  const isKept = (kind: EvidenceKind, reading: Reading<EvidenceKind>): boolean =>
    reading.state === 'read' && (!isResourceName(kind) || reading.value.length === 0 || isWritten(kind));
  const kept = readings.filter(([kind, reading]) => isKept(kind, reading));
  return {
    collectedAt: snapshot.takenAt,
    clusterName: snapshot.cluster.name,
    clusterVersion: snapshot.cluster.version,
    tool,
    origin,
    isComplete: false,
    collected: kept.map(([kind]) => kind).toSorted(),
    namespaces: [],
    notRead: readings.flatMap(([kind, reading]) => notRead(kind, reading, isKept(kind, reading))).toSorted(byKind),
    alertPath: undefined,
    readAt: Object.fromEntries(kept.flatMap(([kind, reading]) => differentTime(kind, reading, snapshot.takenAt)).toSorted(byName)),
  };
}

function notRead(kind: EvidenceKind, reading: Reading<EvidenceKind>, isKept: boolean): readonly NotRead[] {
  const whole = { kind, part: undefined, namespaces: [], exceptNamespaces: [] };
  if (reading.state === 'unreadable') return [{ ...whole, because: reading.because, detail: redactText(reading.detail) }];
  if (!isKept)
    return [{ ...whole, because: 'not-recorded', detail: `${kind} were read from a source that does not hand out whole objects` }];
  return reading.gaps.map((gap: Gap) => ({
    kind,
    part: gap.what,
    namespaces: gap.namespaces ?? [],
    exceptNamespaces: gap.exceptNamespaces ?? [],
    because: gap.because,
    detail: redactText(gap.detail),
  }));
}

function byName([one]: readonly [EvidenceKind, Instant], [other]: readonly [EvidenceKind, Instant]): number {
  return one < other ? -1 : 1;
}

/** Stable: gaps of one kind stay in their order. */
function byKind(one: NotRead, other: NotRead): number {
  return one.kind < other.kind ? -1 : one.kind > other.kind ? 1 : 0;
}

function differentTime(
  kind: EvidenceKind,
  reading: Reading<EvidenceKind>,
  takenAt: Instant,
): readonly (readonly [EvidenceKind, Instant])[] {
  return reading.state === 'read' && reading.at !== takenAt ? [[kind, reading.at]] : [];
}

function pageFile(page: string | undefined): readonly RecordingFile[] {
  if (page === undefined) return [];
  try {
    return [{ path: 'alerts/alert.json', text: json(redactValue(JSON.parse(page))) }];
  } catch (problem) {
    if (!(problem instanceof SyntaxError)) throw problem;
    return [{ path: 'alerts/alert.txt', text: redactText(page) }];
  }
}

function nodeFiles(outputs: readonly NodeCommandOutput[]): readonly RecordingFile[] {
  const nodes = Map.groupBy(outputs, (output) => output.node);
  return [...nodes].flatMap(([node, ofNode]) => {
    const files = ofNode.map(({ command, at, exitStatus, output }) => ({
      command,
      file: `${pathStep(command)}.txt`,
      at,
      exitStatus,
      output,
    }));
    const details = files.map(({ command, file, at, exitStatus }) => ({
      command,
      file,
      ...(at === undefined ? {} : { at: formatInstant(at) }),
      ...(exitStatus === undefined ? {} : { exitStatus }),
    }));
    const folder = `nodes/${pathStep(node)}`;
    return [
      { path: `${folder}/commands.json`, text: json(details) },
      ...files.map(({ file, output }) => ({ path: `${folder}/${file}`, text: output })),
    ];
  });
}

/** A reading as far as it is a list of something. */
type ListReading<Item> = { readonly state: 'read'; readonly value: readonly Item[] } | { readonly state: 'unreadable' } | undefined;

function listFile<Item>(path: string, reading: ListReading<Item>, write: (item: Item) => LooseRecord): readonly RecordingFile[] {
  return reading?.state === 'read' ? [{ path, text: json(reading.value.map(write)) }] : [];
}

function valueOf<Item>(reading: ListReading<Item>): readonly Item[] {
  return reading?.state === 'read' ? reading.value : [];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
