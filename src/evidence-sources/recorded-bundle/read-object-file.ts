import type { ResourceName } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import type { LooseRecord } from '../../recording-format/loose-values.ts';
import type { LogName } from '../../recording-format/recording-paths.ts';
import type { BundleFile } from './bundle-file.ts';
import { jsonPieces } from './json-pieces.ts';
import { logSections } from './log-sections.ts';
import type { ObjectShelf } from './object-shelf.ts';
import type { Pieces, PieceSink } from './pieces.ts';
import { apiObjectOf, listKindOf, listKindWithin, type ListKind, type RawApiObject, resourceOf, resourceOfPath } from './raw-objects.ts';
import { type Refusal, refusalIn } from './refusals.ts';
import type { ReadingLimits } from './reading-limits.ts';
import { utf8Chunks } from './utf8-chunks.ts';
import { yamlPieces } from './yaml-pieces.ts';

/** What reading one file of objects brought besides the objects. */
export interface ObjectFileOutcome {
  readonly complaints: readonly string[];
  /** Kinds that a saved error message says could not be read. */
  readonly refusals: readonly Refusal[];
  readonly objects: number;
  /** Values that are no objects of a known kind; collectors keep other things beside them. */
  readonly others: readonly LooseRecord[];
  readonly isOverLimit: boolean;
}

/** Elements without a kind that wait for the end of their list, where kubectl writes the kind. */
const mostWaiting = 2000;
/** Other values of one file that are handed back; version files are small and single. */
const mostOthers = 10;

/** Reads a file of API objects in whatever form it is: single, list, several documents, with logs in between. */
export async function readObjectFile(
  file: BundleFile,
  into: { readonly shelf: ObjectShelf; readonly limits: ReadingLimits; readonly log: (name: LogName, text: string) => void },
): Promise<ObjectFileOutcome> {
  const reader = objectReader(file.path, into.shelf);
  const sink: PieceSink = { ...reader.sink, log: into.log };
  let pieces: Pieces | undefined;
  for await (const chunk of utf8Chunks(file.chunks())) {
    pieces ??= logSections(looksLikeJson(chunk, file.path) ? jsonPieces(sink, into.limits) : yamlPieces(sink, into.limits), sink);
    if (!pieces.push(chunk) || reader.isOverLimit()) break;
  }
  if (pieces === undefined) reader.sink.complain('it is empty');
  else pieces.end();
  return reader.outcome();
}

/** A first brace or bracket decides; warnings of kubectl may stand before it in a file that is named .json. */
function looksLikeJson(chunk: Buffer, path: string): boolean {
  const start = chunk.toString('latin1', 0, 64 * 1024);
  if (/^\s*[{[]/.test(start)) return true;
  return path.endsWith('.json') && /^[{[]/m.test(start);
}

/** Sorts the values of one file: objects onto the shelf, the rest into the outcome. */
function objectReader(path: string, shelf: ObjectShelf) {
  const pathResource = resourceOfPath(path);
  const complaints: string[] = [];
  const others: LooseRecord[] = [];
  const refusals: Refusal[] = [];
  const kept = keptObjects(path, shelf);
  /** The kind of the list that is being read, as far as it is told before its elements. */
  let openList: ListKind | undefined;
  let waiting: unknown[] = [];

  const keepAny = keepInto(kept, pathResource);
  let items = 0;
  const item = (value: unknown): void => {
    items += 1;
    const needsKind = openList === undefined && isRecord(value) && value['kind'] === undefined;
    if (needsKind && waiting.length < mostWaiting) waiting.push(value);
    else keepAny(value, openList);
  };
  const finishList = (value: LooseRecord | undefined): void => {
    const list = openList ?? (value === undefined ? undefined : listKindOf(value));
    for (const each of waiting) keepAny(each, list);
    waiting = [];
    openList = undefined;
    // An empty list that names no kind is of the kind that its path names; one of other things is not.
    const listed = list !== undefined ? resourceOf(list.kind, list.apiVersion) : items === 0 ? pathResource : undefined;
    items = 0;
    kept.note({ isList: true, listed });
  };
  const other = (value: LooseRecord): void => {
    const refusal = pathResource === undefined ? undefined : refusalIn(value, pathResource);
    if (refusal !== undefined) refusals.push(refusal);
    else if (others.length < mostOthers) others.push(value);
  };
  const document = (value: unknown): void => {
    if (Array.isArray(value)) {
      value.forEach(item);
      finishList(undefined);
    } else if (isRecord(value) && Array.isArray(value['items'])) {
      value['items'].forEach(item);
      finishList(value);
    } else if (keepAny(value, undefined)) kept.note({ isList: false, listed: undefined });
    else if (isRecord(value)) other(value);
  };
  const complain = (complaint: string): void => {
    if (complaints.length < mostOthers) complaints.push(complaint);
  };
  return {
    sink: { item, document, complain, listBegins: (before: string) => void (openList = listKindWithin(before)) },
    isOverLimit: kept.isOverLimit,
    outcome(): ObjectFileOutcome {
      // The text ended inside a list: what was read of it counts, but not as a whole list.
      for (const each of waiting) keepAny(each, undefined);
      kept.note({ isList: false, listed: undefined });
      return { complaints, refusals, objects: kept.count(), others, isOverLimit: kept.isOverLimit() };
    },
  };
}

/** True: it was an object of a kind that Stanch uses, or a list of such. */
function keepInto(
  kept: ReturnType<typeof keptObjects>,
  pathResource: ResourceName | undefined,
): (value: unknown, list: ListKind | undefined) => boolean {
  return function keepAny(value, list) {
    if (isRecord(value) && Array.isArray(value['items']) && typeof value['kind'] === 'string') {
      for (const each of value['items']) keepAny(each, listKindOf(value) ?? list);
      return true;
    }
    const object = apiObjectOf(value, { list, path: pathResource });
    if (object !== undefined) kept.add(object);
    return object !== undefined;
  };
}

/** The objects of one file, with what the file says about how complete they are. */
function keptObjects(path: string, shelf: ObjectShelf) {
  const seen = new Map<ResourceName, { readonly namespaces: Set<string>; count: number }>();
  let count = 0;
  let isOverLimit = false;
  return {
    count: () => count,
    isOverLimit: () => isOverLimit,
    add(object: RawApiObject): void {
      count += 1;
      if (!shelf.add(object)) isOverLimit = true;
      let ofResource = seen.get(object.resource);
      if (ofResource === undefined) seen.set(object.resource, (ofResource = { namespaces: new Set(), count: 0 }));
      const { namespace } = object.raw['metadata'] as LooseRecord;
      if (typeof namespace === 'string') ofResource.namespaces.add(namespace);
      ofResource.count += 1;
    },
    /** `listed`: what an empty list would have held. */
    note({ isList, listed }: { readonly isList: boolean; readonly listed: ResourceName | undefined }): void {
      if (listed !== undefined && !seen.has(listed)) shelf.note({ resource: listed, path, isList, namespaces: new Set(), count: 0 });
      for (const [resource, ofResource] of seen) shelf.note({ resource, path, isList, ...ofResource });
      seen.clear();
    },
  };
}
