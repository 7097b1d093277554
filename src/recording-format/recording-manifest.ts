import type { EvidenceKind, WhyUnreadable } from '../domain/evidence.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { isRecord } from '../domain/shape.ts';
import { evidenceKindOf } from './evidence-names.ts';
import { firstOf, type LooseRecord, numberOf, recordOf, textOf, timeOf } from './loose-values.ts';

export const formatVersion = 1;
export const manifestName = 'recording.json';

/** What recording.json says about the recording as a whole. */
export interface RecordingManifest {
  /** "Now" for the replay. Absent: taken from the newest time inside, as for foreign bundles. */
  readonly collectedAt: Instant | undefined;
  readonly clusterName: string | undefined;
  readonly clusterVersion: string | undefined;
  /** What wrote it, for example "stanch 0.1.0". */
  readonly tool: string | undefined;
  /** Where it comes from, for people. */
  readonly origin: string | undefined;
  /** True: every kind of API object was listed; a kind without objects has none. */
  readonly isComplete: boolean;
  /** Kinds that were listed, even where no file holds one. */
  readonly collected: readonly EvidenceKind[];
  /** The only namespaces that were looked at. Empty: all. */
  readonly namespaces: readonly string[];
  readonly notRead: readonly NotRead[];
  /** Path of the page's payload inside the recording. Absent: alerts/alert.json where there is one. */
  readonly alertPath: string | undefined;
  /** When a kind was read, where that is not the time of collection. */
  readonly readAt: { readonly [Kind in EvidenceKind]?: Instant };
}

/** Something that could not be read, wholly or in part. */
export interface NotRead {
  readonly kind: EvidenceKind;
  /** What part is missing, for people. Absent and no namespaces: the whole kind. */
  readonly part: string | undefined;
  /** Where it is missing. Empty: not told. */
  readonly namespaces: readonly string[];
  /** The only namespaces where nothing is missing. Empty: not told. */
  readonly exceptNamespaces: readonly string[];
  readonly because: WhyUnreadable;
  readonly detail: string;
}

export type ManifestReading =
  | { readonly state: 'read'; readonly manifest: RecordingManifest; readonly complaints: readonly string[] }
  | { readonly state: 'refused'; readonly happened: string };

/** Reads a manifest. Only an unknown version is refused; any other doubtful field is left out with a complaint. */
export function readManifest(raw: unknown): ManifestReading {
  if (!isRecord(raw)) return { state: 'refused', happened: `${manifestName} holds no JSON object` };
  const version = raw['formatVersion'];
  if (version !== undefined && numberOf(version) !== formatVersion) {
    return {
      state: 'refused',
      happened: `${manifestName} has format version ${JSON.stringify(version)}; this program reads version ${formatVersion}`,
    };
  }
  const complaints: string[] = [];
  const cluster = recordOf(raw['cluster']);
  const collectedAt = timeOf(raw['collectedAt']);
  if (raw['collectedAt'] !== undefined && collectedAt === undefined) complaints.push('collectedAt is no RFC 3339 time');
  const manifest: RecordingManifest = {
    collectedAt,
    clusterName: textOf(firstOf(cluster, 'name')) ?? textOf(raw['cluster']),
    clusterVersion: textOf(cluster['version']),
    tool: textOf(raw['tool']),
    origin: textOf(raw['origin']),
    isComplete: raw['complete'] === true,
    collected: textList(raw['collected']).flatMap((name) => {
      const kind = evidenceKindOf(name);
      if (kind === undefined) complaints.push(`collected: "${name}" is no kind that Stanch knows`);
      return kind === undefined ? [] : [kind];
    }),
    namespaces: textList(raw['namespaces']),
    notRead: (Array.isArray(raw['notRead']) ? raw['notRead'] : []).flatMap((entry) => {
      const understood = readNotRead(entry);
      if (understood === undefined) complaints.push(`notRead: ${JSON.stringify(entry)} names no kind that Stanch knows`);
      return understood === undefined ? [] : [understood];
    }),
    alertPath: textOf(raw['alert']),
    readAt: readTimes(raw['readAt']),
  };
  return { state: 'read', manifest, complaints };
}

const reasons: readonly WhyUnreadable[] = [
  'forbidden',
  'unreachable',
  'timed-out',
  'not-configured',
  'not-recorded',
  'not-asked',
  'unsupported',
  'malformed',
];

function readNotRead(raw: unknown): NotRead | undefined {
  const entry = typeof raw === 'string' ? { kind: raw } : recordOf(raw);
  const kind = evidenceKindOf(textOf(firstOf(entry, 'kind', 'what')) ?? '');
  if (kind === undefined) return undefined;
  const because = reasons.find((reason) => reason === entry['because']) ?? 'not-recorded';
  const detail = textOf(firstOf(entry, 'detail', 'why')) ?? `the recording says that ${kind} could not be read`;
  return {
    kind,
    part: textOf(entry['part']),
    namespaces: textList(firstOf(entry, 'namespaces', 'namespace')),
    exceptNamespaces: textList(entry['exceptNamespaces']),
    because,
    detail,
  };
}

function readTimes(raw: unknown): RecordingManifest['readAt'] {
  return Object.fromEntries(
    Object.entries(recordOf(raw)).flatMap(([name, written]) => {
      const [kind, at] = [evidenceKindOf(name), timeOf(written)];
      return kind === undefined || at === undefined ? [] : [[kind, at]];
    }),
  );
}

function textList(raw: unknown): readonly string[] {
  const single = textOf(raw);
  return single !== undefined ? [single] : Array.isArray(raw) ? raw.flatMap((item) => textOf(item) ?? []) : [];
}

export function writeManifest(manifest: RecordingManifest): LooseRecord {
  return {
    formatVersion,
    ...(manifest.collectedAt === undefined ? {} : { collectedAt: formatInstant(manifest.collectedAt) }),
    cluster: { name: manifest.clusterName, version: manifest.clusterVersion },
    tool: manifest.tool,
    origin: manifest.origin,
    ...(manifest.isComplete ? { complete: true } : {}),
    collected: manifest.collected,
    ...(manifest.namespaces.length === 0 ? {} : { namespaces: manifest.namespaces }),
    notRead: manifest.notRead.map(({ namespaces, exceptNamespaces, ...rest }) => ({
      ...rest,
      ...(namespaces.length === 0 ? {} : { namespaces }),
      ...(exceptNamespaces.length === 0 ? {} : { exceptNamespaces }),
    })),
    ...(manifest.alertPath === undefined ? {} : { alert: manifest.alertPath }),
    readAt: Object.fromEntries(Object.entries(manifest.readAt).map(([kind, at]) => [kind, formatInstant(at)])),
  };
}
