import { isRecord } from '../../domain/shape.ts';
import type { ResourceName } from '../../domain/kubernetes/resources.ts';

/**
 * Lists whose contents are never asked for: the values of Secrets must not travel, and those of ConfigMaps are of no
 * use. There is no second choice in the header: a server that cannot do this must refuse rather than send everything.
 */
export const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** What the answer calls itself where the server understood. */
export const metadataListKind = 'PartialObjectMetadataList';

const withoutContents: ReadonlySet<ResourceName> = new Set<ResourceName>(['secrets', 'configmaps']);

export function isMetadataOnly(resource: ResourceName): boolean {
  return withoutContents.has(resource);
}

export function acceptFor(resource: ResourceName): string {
  return isMetadataOnly(resource) ? metadataOnly : 'application/json';
}

type RawObject = { readonly [field: string]: unknown };

/**
 * The object with the keys of its contents and without any content. Key names are what the writers of the object own:
 * `f:data: {f:PASSWORD: {}}`. Where no writer was recorded, the keys are not known.
 */
export function withKeys(raw: unknown): RawObject {
  const metadata = isRecord(raw) && isRecord(raw['metadata']) ? raw['metadata'] : {};
  const writers = Array.isArray(metadata['managedFields']) ? metadata['managedFields'].filter(isRecord) : [];
  const fields = writers.map((writer) => writer['fieldsV1']).filter(isRecord);
  const keys = (part: string): RawObject =>
    Object.fromEntries(
      fields
        .flatMap((each) => keysBelow(each[`f:${part}`]))
        .toSorted()
        .map((key) => [key, null]),
    );
  return {
    metadata: withoutCopies(metadata),
    data: { ...keys('stringData'), ...keys('data') },
    binaryData: keys('binaryData'),
    hasKnownKeys: fields.length > 0,
  };
}

function keysBelow(fields: unknown): readonly string[] {
  return isRecord(fields)
    ? Object.keys(fields)
        .filter((key) => key.startsWith('f:'))
        .map((key) => key.slice(2))
    : [];
}

/** Copies of whole objects are longer than this; what people note about an object is shorter. */
const longestNote = 256;

/** kubectl apply, kapp, Rancher and others keep a copy of the whole object in an annotation: for a Secret that is its values. */
function withoutCopies(metadata: RawObject): RawObject {
  if (!isRecord(metadata['annotations'])) return metadata;
  const kept = Object.entries(metadata['annotations']).filter(
    ([key, value]) =>
      typeof value === 'string' && value.length <= longestNote && !/^\s*[{[]/.test(value) && !key.endsWith('/last-applied-configuration'),
  );
  return { ...metadata, annotations: Object.fromEntries(kept) };
}
