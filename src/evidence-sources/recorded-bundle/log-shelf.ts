import type { ObjectOf } from '../../domain/kubernetes/resources.ts';
import { keptLogBytes } from '../../recording-format/log-text.ts';
import { type LogName, logNameOf } from '../../recording-format/recording-paths.ts';
import type { BundleFile } from './bundle-file.ts';
import type { BundleFiles } from './bundle-files.ts';
import { byteTail } from './byte-tail.ts';
import { guessLogName, podsByName } from './guess-log-name.ts';
import { logSections } from './log-sections.ts';
import type { Pieces, PieceSink } from './pieces.ts';

/** A file, or a section of one, that holds a container's log. */
interface LogPlace {
  readonly path: string;
  readonly name: LogName;
  /** True: the file holds the logs of all containers of the pod, one after another, as `kubectl cluster-info dump` writes it. */
  readonly hasSections: boolean;
}
export interface WantedLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly isPrevious: boolean;
}

/** The logs of a bundle: where they are, and the ends of those that fit into memory. */
export interface LogShelf {
  /** Takes note of a file that may be a log. From an archive its end is kept, since going back to it costs a whole pass. */
  readonly offer: (file: BundleFile, relativePaths: readonly string[]) => Promise<void>;
  readonly section: (path: string, name: LogName, text: string) => void;
  /** Names the logs whose paths do not tell, once the pods are known. */
  readonly settle: (pods: () => readonly ObjectOf<'pods'>[]) => void;
  readonly isEmpty: () => boolean;
  /** The ends of the wanted logs, in the order asked. Undefined: the bundle does not hold it. */
  readonly read: (wanted: readonly WantedLog[]) => Promise<readonly (string | undefined)[]>;
}

export function logShelf(files: BundleFiles, memoryBytes: number): LogShelf {
  const places = new Map<string, LogPlace>();
  const unnamed: string[] = [];
  const kept = new Map<string, string>();
  let keptBytes = 0;

  const keep = (key: string, text: string): void => {
    if (keptBytes + text.length > memoryBytes) return;
    keptBytes += text.length;
    kept.set(key, text);
  };
  const place = (path: string, name: LogName, hasSections: boolean): void => {
    places.set(nameKey(name), { path, name, hasSections });
  };
  const find = (wanted: WantedLog): LogPlace | undefined =>
    places.get(nameKey(wanted)) ?? places.get(nameKey({ ...wanted, container: undefined }));

  return {
    async offer(file, relativePaths) {
      const hasSections = /(^|\/)[^/]+\/[^/]+\/logs\.txt$/.test(file.path);
      const name = hasSections ? sectionFileName(file.path) : firstDefined(relativePaths, logNameOf);
      if (name === undefined) unnamed.push(file.path);
      else place(file.path, name, hasSections);
      if (files.storage === 'directory' || keptBytes >= memoryBytes) return;
      if (hasSections) await readSections(file, (section, text) => keep(sectionKey(file.path, section), text));
      else keep(file.path, await readTail(file));
    },
    section(path, name, text) {
      place(path, name, true);
      keep(sectionKey(path, name), text);
    },
    settle(pods) {
      const isSettled =
        unnamed.length === 0 && [...places.values()].every(({ name, hasSections }) => hasSections || name.container !== undefined);
      if (isSettled) return;
      const byName = podsByName(pods());
      for (const { path, name } of guessLogName(unnamed, byName)) if (!places.has(nameKey(name))) place(path, name, false);
      unnamed.length = 0;
      // A file that names only the pod holds what kubectl prints without -c: the log of the first container.
      for (const { path, name, hasSections } of places.values()) {
        const [container] = byName.get(name.pod)?.find((pod) => pod.namespace === name.namespace)?.defaultContainers ?? [];
        if (hasSections || name.container !== undefined || container === undefined) continue;
        places.delete(nameKey(name));
        place(path, { ...name, container }, false);
      }
    },
    isEmpty: () => places.size === 0,
    async read(wanted) {
      const found = wanted.map((each) => ({ each, place: find(each) }));
      const missing = new Map<string, boolean>();
      for (const { each, place: at } of found) {
        if (at !== undefined && !kept.has(keyOf(at, each))) missing.set(at.path, at.hasSections);
      }
      const reread = missing.size === 0 ? new Map<string, string>() : await readAgain(files, missing);
      return found.map(({ each, place: at }) =>
        at === undefined ? undefined : (kept.get(keyOf(at, each)) ?? reread.get(keyOf(at, each))),
      );
    },
  };
}

function nameKey(name: LogName): string {
  return `${name.namespace}/${name.pod}/${name.container ?? ''}/${name.isPrevious ? 'previous' : 'current'}`;
}

function sectionKey(path: string, name: Pick<LogName, 'namespace' | 'pod' | 'container'>): string {
  return `${path}\n${name.namespace}/${name.pod}/${name.container ?? ''}`;
}

function keyOf(place: LogPlace, wanted: WantedLog): string {
  return place.hasSections ? sectionKey(place.path, wanted) : place.path;
}

/** <namespace>/<pod>/logs.txt */
function sectionFileName(path: string): LogName {
  const [, pod = '', namespace = ''] = path.split('/').toReversed();
  return { namespace, pod, container: undefined, isPrevious: false };
}

async function readTail(file: BundleFile): Promise<string> {
  const tail = byteTail(keptLogBytes);
  for await (const chunk of file.chunks()) tail.add(chunk);
  return tail.text();
}

async function readSections(file: BundleFile, take: (name: LogName, text: string) => void): Promise<void> {
  const ignore = (): void => undefined;
  const nothing: Pieces = { push: () => true, end: ignore };
  const sink: PieceSink = { item: ignore, document: ignore, listBegins: ignore, complain: ignore, log: take };
  const sections = logSections(nothing, sink);
  for await (const chunk of file.chunks()) sections.push(chunk);
  sections.end();
}

/** One more pass over the bundle, for the logs that did not fit into memory. */
async function readAgain(files: BundleFiles, paths: ReadonlyMap<string, boolean>): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  await files.walk(async (file) => {
    const hasSections = paths.get(file.path);
    if (hasSections === undefined) return;
    if (hasSections) await readSections(file, (name, text) => texts.set(sectionKey(file.path, name), text));
    else texts.set(file.path, await readTail(file));
  });
  return texts;
}

export function firstDefined<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
