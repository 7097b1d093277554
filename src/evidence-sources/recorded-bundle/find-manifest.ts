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
type FoundManifest = { readonly state: 'read'; readonly found: BundleManifest } | { readonly state: 'refused'; readonly happened: string };

/** The manifest nearest to the top. */
export function findManifest(parts: readonly PartFile[]): FoundManifest | undefined {
  const [file] = parts
    .filter(({ path }) => partOf(path, undefined)?.part === 'manifest')
    .toSorted((one, other) => one.path.split('/').length - other.path.split('/').length);
  if (file === undefined) return undefined;
  const loaded = loadData(file.text);
  if (loaded.state === 'failed') return { state: 'refused', happened: `${file.path} cannot be read: ${loaded.happened}` };
  const reading = readManifest(loaded.value);
  if (reading.state === 'refused') return reading;
  const root = file.path.slice(0, file.path.lastIndexOf('/') + 1);
  return { state: 'read', found: { root, content: reading.manifest, complaints: reading.complaints } };
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
