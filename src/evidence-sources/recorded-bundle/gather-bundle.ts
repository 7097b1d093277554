import type { Gap } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/instant.ts';
import type { ResourceName } from '../../domain/kubernetes/resources.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import type { LooseRecord } from '../../recording-format/loose-values.ts';
import type { LogName } from '../../recording-format/recording-paths.ts';
import type { BundleFile, VisitFile, Walked } from './bundle-file.ts';
import type { BundleFiles } from './bundle-files.ts';
import { decodeText } from './byte-tail.ts';
import { type BundleManifest, findManifest } from './find-manifest.ts';
import { type LogShelf, logShelf } from './log-shelf.ts';
import { newestOf, type ObjectShelf, objectShelf } from './object-shelf.ts';
import { isForeignPath, resourceOfPath } from './raw-objects.ts';
import { readObjectFile } from './read-object-file.ts';
import type { ReadingLimits } from './reading-limits.ts';
import { loadData, type PartFile, partOf, relativePaths } from './recorded-parts.ts';
import { isErrorsFile, type Refusal, refusalsInErrorsFile } from './refusals.ts';

/** Everything that one pass over a bundle brings to light. */
export interface GatheredBundle {
  readonly objects: ObjectShelf;
  readonly logs: LogShelf;
  readonly parts: readonly PartFile[];
  /** Absent: no recording of ours. */
  readonly manifest: BundleManifest | undefined;
  readonly refusals: readonly Refusal[];
  readonly damaged: readonly DamagedFile[];
  readonly values: ReadonlyMap<string, LooseRecord>;
  /** Who made the bundle, told by its paths. */
  readonly layout:
    | 'recording'
    | 'troubleshoot support bundle'
    | 'OpenShift must-gather'
    | 'kubectl cluster-info dump'
    | 'tree of kubectl output';
  readonly walked: Walked;
  readonly newestFileAt: Instant | undefined;
}

/** A file that could not be understood, at least in part. */
export interface DamagedFile {
  /** What it would have held: a kind, something that Stanch does not use, or it is not even known what. */
  readonly holds: ResourceName | 'nothing-used' | 'unknown';
  readonly gap: Gap;
}

export type Gathering =
  | { readonly state: 'gathered'; readonly bundle: GatheredBundle }
  | { readonly state: 'failed'; readonly happened: string; readonly whatToDo: string };

/** Other values (versions, collectors' own notes) are small; those beyond this are not kept. */
const mostValues = 200;

export async function gatherBundle(files: BundleFiles, limits: ReadingLimits, tap: EvidenceTap | undefined): Promise<Gathering> {
  const pass = newPass(files, limits, tap);
  const walked = await files.walk(pass.visit);
  const stopped = pass.stopped();
  if (stopped !== undefined)
    return { state: 'failed', happened: stopped, whatToDo: 'give a smaller bundle, for example of the namespaces in question' };
  if (walked.state === 'broken') return { state: 'failed', happened: walked.happened, whatToDo: walked.whatToDo };
  const found = pass.found();
  const manifest = findManifest(found.parts);
  if (manifest?.state === 'refused') return { ...manifest, state: 'failed' };
  found.objects.settle();
  found.logs.settle(() => found.objects.objects('pods'));
  const layout = manifest === undefined ? found.layout : 'recording';
  return { state: 'gathered', bundle: { ...found, layout, manifest: manifest?.found, walked } };
}

interface Pass {
  readonly visit: VisitFile;
  /** Why nothing more is read. Undefined: nothing is wrong. */
  readonly stopped: () => string | undefined;
  readonly found: () => Omit<GatheredBundle, 'walked' | 'manifest'>;
}

function newPass(files: BundleFiles, limits: ReadingLimits, tap: EvidenceTap | undefined): Pass {
  const objects = objectShelf(limits.objects, tap);
  const logs = logShelf(files, limits.logMemoryBytes);
  const parts: PartFile[] = [];
  const damaged: DamagedFile[] = [];
  const refusals: Refusal[] = [];
  const values = new Map<string, LooseRecord>();
  let layout: GatheredBundle['layout'] = 'tree of kubectl output';
  let newestFileAt: Instant | undefined;
  let stopped: string | undefined;

  const keepPart = async (file: BundleFile): Promise<void> => {
    const text = await readWhole(file, limits.partBytes);
    if (text !== undefined) parts.push({ path: file.path, text });
    else damaged.push({ holds: 'nothing-used', gap: damagedGap(file.path, `it is larger than ${limits.partBytes} bytes`) });
  };
  const log = (file: BundleFile, name: LogName, text: string): void => {
    layout = 'kubectl cluster-info dump';
    logs.section(file.path, name, text);
  };
  const readObjects = async (file: BundleFile): Promise<void> => {
    const outcome = await readObjectFile(file, { shelf: objects, limits, log: (name, text) => log(file, name, text) });
    if (outcome.isOverLimit) stopped = `it holds more than ${limits.objects} objects`;
    for (const value of outcome.others) if (values.size < mostValues) values.set(file.path, value);
    refusals.push(...outcome.refusals);
    const [complaint] = outcome.complaints;
    if (complaint === undefined) return;
    const holds = resourceOfPath(file.path) ?? (isForeignPath(file.path) ? 'nothing-used' : 'unknown');
    damaged.push({ holds, gap: damagedGap(file.path, complaint) });
  };
  const readErrors = async (file: BundleFile): Promise<void> => {
    const loaded = loadData((await readWhole(file, limits.objectBytes)) ?? '');
    if (loaded.state === 'loaded') refusals.push(...refusalsInErrorsFile(file.path, loaded.value));
  };
  const visit = async (file: BundleFile): Promise<void> => {
    if (stopped !== undefined || isClutter(file.path)) return;
    layout = layoutOf(file.path) ?? layout;
    newestFileAt = newestOf([newestFileAt, file.modifiedAt]);
    if (partOf(file.path, undefined) !== undefined) await keepPart(file);
    else if (isErrorsFile(file.path)) await readErrors(file);
    else if (/\.(json|ya?ml)$/i.test(file.path) || files.storage === 'file') await readObjects(file);
    else if (/\.(log|txt)$/i.test(file.path)) await logs.offer(file, relativePaths(file.path));
  };
  return { visit, stopped: () => stopped, found: () => ({ objects, logs, parts, damaged, refusals, values, layout, newestFileAt }) };
}

/** Left by file managers and version control, beside what was collected. */
function isClutter(path: string): boolean {
  return /(^|\/)(\._[^/]*|\.DS_Store|__MACOSX\/.*|audit_logs\/.*)$/.test(path);
}

function layoutOf(path: string): GatheredBundle['layout'] | undefined {
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
