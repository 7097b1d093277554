import type { ConnectivityProbe, EvidenceShapes, Gap, MetricResult, Readings, ServiceCall, Snapshot } from './evidence.ts';
import type { JudgedAlert } from './alert.ts';
import { type ApiObject, type ResourceName, resources } from './kubernetes/resources.ts';
import { millisecondsPerMinute, parseInstant } from './instant.ts';

/** An object as `kubectl get -o json` prints it, with only the fields that matter to the story. */
export interface RawObject {
  readonly [field: string]: unknown;
}

/** A log in short form. Lines may begin with an RFC 3339 time, as `kubectl logs --timestamps` prints them. */
export interface ExampleLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Default: false. */
  readonly isPrevious?: boolean;
  readonly text: string;
}

type ObjectEvidence = { readonly [Name in ResourceName]?: readonly RawObject[] };

/** What an example gives. A kind that is left out could not be read; an empty list was read and held nothing. */
export interface ExampleEvidence extends ObjectEvidence {
  /** Default: 2026-03-01T10:00:00Z. */
  readonly now?: string;
  readonly 'container-logs'?: readonly ExampleLog[];
  readonly metrics?: readonly MetricResult[];
  readonly 'alert-history'?: EvidenceShapes['alert-history'];
  readonly 'scrape-targets'?: EvidenceShapes['scrape-targets'];
  readonly 'node-commands'?: readonly { readonly node: string; readonly command: string; readonly output: string }[];
  readonly 'connectivity-probes'?: readonly ConnectivityProbe[];
  readonly 'service-calls'?: readonly ServiceCall[];
  /** Namespaces of which a kind could not be read. Left out: everything of what is given was read. */
  readonly notReadIn?: { readonly [Name in ResourceName]?: readonly string[] };
  /** The page after a second look. It is no evidence: `snapshotOf` leaves it out, and whoever builds facts adds it. */
  readonly 'judged-alert'?: JudgedAlert;
}

export const exampleNow = '2026-03-01T10:00:00Z';

/** "2026-03-01T09:48:00Z" for 12: a time before the examples' now. */
export function minutesAgo(minutes: number): string {
  return new Date(Date.parse(exampleNow) - minutes * millisecondsPerMinute).toISOString().replace('.000Z', 'Z');
}

/** The same world, but these kinds could not be read. */
export function without(given: ExampleEvidence, ...kinds: readonly (keyof ExampleEvidence)[]): ExampleEvidence {
  return Object.fromEntries(Object.entries(given).filter(([kind]) => !kinds.some((each) => each === kind)));
}

/** The same object with other metadata, laid over its own. */
export function withMetadata(object: RawObject, metadata: RawObject): RawObject {
  return { ...object, metadata: { ...(object['metadata'] as RawObject), ...metadata } };
}

/** The snapshot that collecting the example's evidence would give. */
export function snapshotOf(given: ExampleEvidence): Snapshot {
  const takenAt = parseInstant(given.now ?? exampleNow) ?? 0;
  const readings: { [kind: string]: unknown } = {};
  for (const [kind, value] of Object.entries(given)) {
    if (kind === 'now' || kind === 'judged-alert' || kind === 'notReadIn') continue;
    readings[kind] = { state: 'read', at: takenAt, value: valueOf(kind, value as readonly unknown[]), gaps: gapsOf(kind, given.notReadIn) };
  }
  return { takenAt, cluster: { source: 'recording', name: 'example', version: 'v1.34.1' }, readings: readings as Readings };
}

function gapsOf(kind: string, notReadIn: { readonly [kind: string]: readonly string[] | undefined } = {}): readonly Gap[] {
  const namespaces = notReadIn[kind];
  return namespaces === undefined
    ? []
    : [{ what: `${kind} of ${namespaces.join(', ')}`, because: 'forbidden', detail: 'an example', namespaces }];
}

function valueOf(kind: string, value: readonly unknown[]): readonly unknown[] {
  if (kind in resources) return value.map((raw): ApiObject => resources[kind as ResourceName].shape.read(raw));
  if (kind === 'container-logs') return (value as readonly ExampleLog[]).map(logOf);
  if (kind === 'node-commands') return value.map((each) => ({ at: undefined, exitStatus: 0, ...(each as object) }));
  return value;
}

function logOf(log: ExampleLog): EvidenceShapes['container-logs'][number] {
  const lines = log.text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const stamp = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) (.*)$/.exec(line.trim());
      return stamp === null ? { at: undefined, text: line.trim() } : { at: parseInstant(stamp[1]), text: stamp[2] ?? '' };
    });
  return { namespace: log.namespace, pod: log.pod, container: log.container, isPrevious: log.isPrevious ?? false, lines };
}
