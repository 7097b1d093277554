import { isRecord } from '../../domain/shape.ts';
import { type LooseRecord, recordOf, textOf } from '../../recording-format/loose-values.ts';
import { readManifest, type RecordingManifest } from '../../recording-format/recording-manifest.ts';
import { loadData, type PartFile, partOf } from './recorded-parts.ts';

/** A manifest, and the directory in the bundle where it lies ("" or "name/"). */
export interface BundleManifest {
  readonly root: string;
  readonly content: RecordingManifest;
  readonly complaints: readonly string[];
}
type FoundManifest =
  | { readonly state: 'read'; readonly found: BundleManifest }
  | { readonly state: 'refused'; readonly happened: string; readonly whatToDo: string };

const otherVersion = 'use the version of Stanch that wrote it, or see docs/recording-format.md';

/** The one manifest. Several recordings in one folder are never read as one cluster: what fails in one would seem healthy in another. */
export function findManifest(parts: readonly PartFile[]): FoundManifest | undefined {
  const manifests = parts.filter(({ path }) => partOf(path, undefined)?.part === 'manifest');
  const [file] = manifests;
  if (file === undefined) return undefined;
  const roots = new Set(manifests.map(({ path }) => rootOf(path)));
  if (roots.size > 1) return severalRecordings([...roots]);
  const loaded = loadData(file.text);
  if (loaded.state === 'failed')
    return { state: 'refused', happened: `${file.path} cannot be read: ${loaded.happened}`, whatToDo: otherVersion };
  const reading = readManifest(loaded.value);
  if (reading.state === 'refused') return { ...reading, whatToDo: otherVersion };
  return { state: 'read', found: { root: rootOf(file.path), content: reading.manifest, complaints: reading.complaints } };
}

function rootOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

const recordingsNamed = 3;

function severalRecordings(roots: readonly string[]): FoundManifest {
  const sorted = roots.toSorted().map((root) => (root === '' ? 'its top' : root.slice(0, -1)));
  const more = sorted.length - recordingsNamed;
  const named = `${sorted.slice(0, recordingsNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return { state: 'refused', happened: `it holds ${sorted.length} recordings: ${named}`, whatToDo: 'name one of them' };
}

/** The version that a saved `kubectl version -o json`, or a collector's copy of it, tells. */
export function versionOf(values: ReadonlyMap<string, LooseRecord>): string | undefined {
  for (const [path, value] of values) {
    const server = isRecord(value['serverVersion'])
      ? value['serverVersion']
      : /version/i.test(path)
        ? { ...value, ...recordOf(value['info']) }
        : {};
    const version = textOf(server['gitVersion']);
    if (version !== undefined) return version;
  }
  return undefined;
}
