import type { Gap, WhyUnreadable } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/instant.ts';
import type { ResourceName } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import { type LooseRecord, recordOf, textOf } from '../../recording-format/loose-values.ts';
import { readManifest, type RecordingManifest } from '../../recording-format/recording-manifest.ts';
import type { BundleFile, BundleFiles, Walked } from './bundle-files.ts';
import { decodeText } from './byte-tail.ts';
import { type LogShelf, logShelf } from './log-shelf.ts';
import { type ObjectShelf, objectShelf } from './object-shelf.ts';
import { isForeignPath, resourceOfPath } from './raw-objects.ts';
import { readObjectFile } from './read-object-file.ts';
import type { ReadingLimits } from './reading-limits.ts';
import { loadData, type PartFile, partOf, relativePaths } from './recorded-parts.ts';

/** Everything that one pass over a bundle brings to light. */
export interface GatheredBundle {
  readonly objects: ObjectShelf;
  readonly logs: LogShelf;
  readonly parts: readonly PartFile[];
  /** Present: a recording of ours, and the directory in it where its manifest lies ("" or "name/"). */
  readonly manifest: { readonly root: string; readonly content: RecordingManifest; readonly complaints: readonly string[] } | undefined;
  readonly refusals: readonly { readonly resource: ResourceName; readonly because: WhyUnreadable; readonly detail: string }[];
  readonly damaged: readonly DamagedFile[];
  readonly values: ReadonlyMap<string, LooseRecord>;
  readonly paths: BundlePaths;
  readonly walked: Walked;
  readonly newestFileAt: Instant | undefined;
}

/** A file that could not be understood, at least in part. */
export interface DamagedFile {
  /** What it would have held: a kind, something that Stanch does not use, or it is not even known what. */
  readonly holds: ResourceName | 'nothing-used' | 'unknown';
  readonly gap: Gap;
}

/** What the paths say about who made the bundle. */
export interface BundlePaths {
  readonly layout:
    | 'recording'
    | 'troubleshoot support bundle'
    | 'OpenShift must-gather'
    | 'kubectl cluster-info dump'
    | 'kubectl get files';
}

export type Gathering =
  | { readonly state: 'gathered'; readonly bundle: GatheredBundle }
  | { readonly state: 'failed'; readonly happened: string; readonly whatToDo: string };

/** Other values (versions, collectors' own notes) are small; those beyond this are not kept. */
const mostValues = 200;

export async function gatherBundle(files: BundleFiles, limits: ReadingLimits): Promise<Gathering> {
  const pass = newPass(files, limits);
  const walked = await files.walk(pass.visit);
  if (pass.stopped() !== undefined)
    return {
      state: 'failed',
      happened: pass.stopped() ?? '',
      whatToDo: 'give a smaller bundle, for example of the namespaces in question',
    };
  if (walked.state === 'broken') return { state: 'failed', happened: walked.happened, whatToDo: walked.whatToDo };
  return pass.finish(walked);
}

function newPass(files: BundleFiles, limits: ReadingLimits) {
  const objects = objectShelf(limits.objects);
  const logs = logShelf(files, limits.logMemoryBytes);
  const parts: PartFile[] = [];
  const damaged: DamagedFile[] = [];
  const refusals: GatheredBundle['refusals'][number][] = [];
  const values = new Map<string, LooseRecord>();
  let layout: BundlePaths['layout'] = 'kubectl get files';
  let newestFileAt: Instant | undefined;
  let stopped: string | undefined;

  const keepPart = async (file: BundleFile): Promise<void> => {
    const text = await readWhole(file, limits.partBytes);
    if (text === undefined)
      damaged.push({ holds: 'nothing-used', gap: damagedGap(file.path, `it is larger than ${limits.partBytes} bytes`) });
    else parts.push({ path: file.path, text });
  };
  const readObjects = async (file: BundleFile): Promise<void> => {
    const outcome = await readObjectFile(file, {
      shelf: objects,
      limits,
      log: (name, text) => {
        layout = 'kubectl cluster-info dump';
        logs.section(file.path, name, text);
      },
    });
    if (outcome.isOverLimit) stopped = `it holds more than ${limits.objects} objects`;
    for (const value of outcome.others) if (values.size < mostValues) values.set(file.path, value);
    refusals.push(...outcome.refusals);
    const [complaint] = outcome.complaints;
    if (complaint !== undefined)
      damaged.push({
        holds: resourceOfPath(file.path) ?? (isForeignPath(file.path) ? 'nothing-used' : 'unknown'),
        gap: damagedGap(file.path, complaint),
      });
  };
  return {
    async visit(file: BundleFile): Promise<void> {
      if (stopped !== undefined || isClutter(file.path)) return;
      layout = layoutOf(file.path) ?? layout;
      if (file.modifiedAt !== undefined && (newestFileAt === undefined || file.modifiedAt > newestFileAt)) newestFileAt = file.modifiedAt;
      const part = partOf(file.path, undefined);
      if (part !== undefined) await keepPart(file);
      else if (/\.(json|ya?ml)$/i.test(file.path) || files.storage === 'file') await readObjects(file);
      else if (/\.(log|txt)$/i.test(file.path)) await logs.offer(file, relativePaths(file.path));
    },
    stopped: () => stopped,
    finish(walked: Walked): Gathering {
      const manifest = findManifest(parts);
      if (manifest?.state === 'refused')
        return {
          state: 'failed',
          happened: manifest.happened,
          whatToDo: 'use the version of Stanch that wrote it, or see docs/recording-format.md',
        };
      logs.settle(objects.objects('pods'));
      const bundle: GatheredBundle = {
        objects,
        logs,
        parts,
        damaged,
        refusals,
        values,
        walked,
        newestFileAt,
        manifest: manifest?.found,
        paths: { layout: manifest === undefined ? layout : 'recording' },
      };
      return { state: 'gathered', bundle };
    },
  };
}

/** Left by file managers and version control, beside what was collected. */
function isClutter(path: string): boolean {
  return /(^|\/)(\._[^/]*|\.DS_Store|__MACOSX\/.*|audit_logs\/.*)$/.test(path);
}

function layoutOf(path: string): BundlePaths['layout'] | undefined {
  if (/(^|\/)cluster-resources\//.test(path)) return 'troubleshoot support bundle';
  if (/(^|\/)cluster-scoped-resources\//.test(path)) return 'OpenShift must-gather';
  return /(^|\/)[^/]+\/[^/]+\/logs\.txt$/.test(path) ? 'kubectl cluster-info dump' : undefined;
}

function damagedGap(path: string, complaint: string): Gap {
  return { what: `the file ${path}`, because: 'malformed', detail: complaint };
}

async function readWhole(file: BundleFile, limitBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of file.chunks()) {
    bytes += chunk.length;
    if (bytes > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return decodeText(Buffer.concat(chunks));
}

type FoundManifest =
  | { readonly state: 'read'; readonly found: NonNullable<GatheredBundle['manifest']> }
  | { readonly state: 'refused'; readonly happened: string };

/** The manifest nearest to the top. */
function findManifest(parts: readonly PartFile[]): FoundManifest | undefined {
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
