import type { Gap, WhyUnreadable } from '../../domain/evidence.ts';
import type { ApiObject, ResourceName } from '../../domain/kubernetes/resources.ts';
import { resources } from '../../domain/kubernetes/resources.ts';
import { isRecord, type Shape } from '../../domain/shape.ts';
import { sharingReader } from '../../domain/sharing-reader.ts';
import type { EvidenceTap } from '../../ports/evidence-tap.ts';
import type { ApiClient } from './api-client.ts';
import type { ClusterLimits } from './limits.ts';
import { acceptFor, isMetadataOnly, metadataListKind, withKeys } from './metadata-only.ts';
import { type PageReader, rawPages, shapedPages } from './list-page.ts';
import { type ListReading, readList } from './read-list.ts';

export interface ObjectReader {
  readonly client: ApiClient;
  readonly limits: ClusterLimits;
  readonly tap: EvidenceTap | undefined;
  /** Where to look when the cluster refuses a list as a whole. */
  readonly readableNamespaces: (signal: AbortSignal) => Promise<NamespacesToTry>;
}

export interface NamespacesToTry {
  readonly names: readonly string[];
  /** False: there may be others that we cannot know of. */
  readonly areAll: boolean;
}

export type ObjectsReading =
  | { readonly state: 'read'; readonly objects: readonly ApiObject[]; readonly gaps: readonly Gap[] }
  | { readonly state: 'unreadable'; readonly because: WhyUnreadable; readonly detail: string };

/** Reads a kind of object in these namespaces, or everywhere; where that is refused, wherever it is allowed. */
export async function readObjects(
  reader: ObjectReader,
  resource: ResourceName,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<ObjectsReading> {
  const pagesOf = pagesFor(resource, reader.tap);
  const one = (namespace: string | undefined): Promise<PartReading> => readPart(reader, { resource, namespace, pagesOf }, signal);
  if (resources[resource].isNamespaced && namespaces.length > 0) return joined(resource, await Promise.all(namespaces.map(one)), []);
  const everywhere = await one(undefined);
  const isRefused = everywhere.list.state === 'broken-off' && everywhere.list.status === 403 && !everywhere.list.hasBegun;
  if (!isRefused || !resources[resource].isNamespaced) return joined(resource, [everywhere], []);
  return readOneByOne(reader, { resource, refusal: everywhere, one }, signal);
}

interface Refused {
  readonly resource: ResourceName;
  readonly refusal: PartReading;
  readonly one: (namespace: string) => Promise<PartReading>;
}

async function readOneByOne(reader: ObjectReader, { resource, refusal, one }: Refused, signal: AbortSignal): Promise<ObjectsReading> {
  const { names, areAll } = await reader.readableNamespaces(signal);
  const tried = names.slice(0, reader.limits.namespacesTried);
  const left = names.slice(tried.length);
  const parts = await Promise.all(tried.map(one));
  const whole = parts.flatMap((part) => (part.list.state === 'whole' && part.namespace !== undefined ? [part.namespace] : []));
  if (whole.length === 0 && parts.every((part) => part.objects.length === 0)) return joined(resource, [refusal], []);
  const detail = `${detailOf(refusal)}; namespaces were read one by one instead`;
  const elsewhere: readonly Gap[] = areAll
    ? []
    : [{ what: `${resource} outside ${spoken(whole)}`, because: 'forbidden', detail, exceptNamespaces: whole }];
  const unasked: readonly Gap[] =
    left.length === 0
      ? []
      : [
          {
            what: `${resource} in ${spoken(left)}`,
            because: 'forbidden',
            detail: `${detail}, and only the first ${tried.length}`,
            namespaces: left,
          },
        ];
  return joined(resource, parts, [...elsewhere, ...unasked]);
}

/** A list in one namespace, or in all. */
interface PartReading {
  readonly namespace: string | undefined;
  readonly objects: readonly ApiObject[];
  readonly list: ListReading;
}

interface Part {
  readonly resource: ResourceName;
  readonly namespace: string | undefined;
  readonly pagesOf: PagesOf;
}

/** What becomes of a page of this version of the API. */
type PagesOf = (apiVersion: string) => PageReader<ApiObject>;

/** Straight to shapes where nobody needs the objects as they are; recorders do, and so do those that come as metadata alone. */
function pagesFor(resource: ResourceName, tap: EvidenceTap | undefined): PagesOf {
  const { kind } = resources[resource];
  const shape = resources[resource].shape as Shape<ApiObject>;
  if (tap === undefined && !isMetadataOnly(resource)) {
    const read = shapedPages(shape);
    return () => read;
  }
  const read = sharingReader(shape);
  return (apiVersion) => (body) => {
    const page = rawPages(body);
    if (page.items === undefined) return { ...page, items: undefined };
    // Nothing of whole objects may be heard or kept where metadata alone was asked for.
    if (isMetadataOnly(resource) && page.kind !== metadataListKind) return { ...page, items: [] };
    const raws = isMetadataOnly(resource) ? page.items.map(withKeys) : page.items;
    if (raws.length > 0)
      tap?.objects(
        resource,
        raws.map((raw) => ({ apiVersion, kind, ...(isRecord(raw) ? raw : {}) })),
      );
    return { ...page, items: raws.map(read) };
  };
}

async function readPart(reader: ObjectReader, { resource, namespace, pagesOf }: Part, signal: AbortSignal): Promise<PartReading> {
  const { group, versions } = resources[resource];
  let objects: ApiObject[] = [];
  for (const version of versions) {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const where = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    const question = {
      path: `${group === '' ? '/api' : '/apis'}/${apiVersion}${where}/${resource}`,
      accept: acceptFor(resource),
      isMetadataOnly: isMetadataOnly(resource),
      objectsPerPage: reader.limits.objectsPerPage,
      readPage: pagesOf(apiVersion),
      onItems: (items: readonly ApiObject[]): void => void objects.push(...items),
      restart: (): void => {
        objects = [];
      },
    };
    const list = await readList(reader.client, question, signal);
    if (list.state === 'whole' || list.status !== 404) return { namespace, objects, list };
  }
  const detail = `the server does not have ${resource}${group === '' ? '' : `.${group}`}`;
  return { namespace, objects, list: { state: 'broken-off', status: 404, because: 'unsupported', detail, hasBegun: false } };
}

function joined(resource: ResourceName, parts: readonly PartReading[], more: readonly Gap[]): ObjectsReading {
  const [first] = parts;
  const objects = parts.length === 1 && first !== undefined ? first.objects : parts.flatMap((part) => part.objects);
  const failed = parts.filter((part) => part.list.state === 'broken-off');
  const [failure] = failed;
  const hasNothing = failed.length === parts.length && parts.every(({ list }) => list.state === 'broken-off' && !list.hasBegun);
  if (failure?.list.state === 'broken-off' && hasNothing) {
    return { state: 'unreadable', because: failure.list.because, detail: `listing ${resource}: ${failure.list.detail}` };
  }
  return { state: 'read', objects, gaps: [...gapsOf(resource, failed), ...more] };
}

/** One gap for all namespaces that failed alike. */
function gapsOf(resource: ResourceName, failed: readonly PartReading[]): readonly Gap[] {
  const groups = Map.groupBy(failed, ({ list }) => (list.state === 'whole' ? '' : `${list.because} ${list.hasBegun}`));
  return [...groups.values()].flatMap((group): readonly Gap[] => {
    const list = group[0]?.list;
    if (list === undefined || list.state === 'whole') return [];
    const count = group.reduce((sum, part) => sum + part.objects.length, 0);
    const namespaces = group.flatMap((part) => part.namespace ?? []);
    const where = namespaces.length === 0 ? '' : ` in ${spoken(namespaces)}`;
    const what = list.hasBegun ? `${resource}${where} after the first ${count}` : `${resource}${where}`;
    const gap = { what, because: list.because, detail: `listing ${resource}: ${list.detail}` };
    return [namespaces.length === 0 ? gap : { ...gap, namespaces }];
  });
}

function detailOf({ list }: PartReading): string {
  return list.state === 'whole' ? '' : list.detail;
}

/** "namespace shop", "namespaces a, b and 12 more". */
function spoken(namespaces: readonly string[]): string {
  const named = namespaces.slice(0, 5).join(', ');
  if (namespaces.length === 1) return `namespace ${named}`;
  return namespaces.length > 5 ? `namespaces ${named} and ${namespaces.length - 5} more` : `namespaces ${named}`;
}
