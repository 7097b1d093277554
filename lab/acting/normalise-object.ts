export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface ApiObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generateName?: string;
    readonly labels?: { readonly [key: string]: string };
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly Owner[];
  };
  readonly [field: string]: unknown;
}

interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** Everything but what the server and its controllers write down for themselves. Every path with its value. */
export function normalised(object: ApiObject): ReadonlyMap<string, Json> {
  const paths = new Map<string, Json>();
  const { metadata, ...rest } = object;
  collect('metadata', without(metadata, bookkeepingFields), paths);
  for (const [field, value] of Object.entries(rest)) if (!notCompared.includes(field)) collect(field, value as Json, paths);
  return new Map([...paths].filter(([path]) => !bookkeeping.some((each) => path.startsWith(each))));
}

const notCompared = ['apiVersion', 'kind', 'status'];
const bookkeepingFields = ['resourceVersion', 'generation', 'managedFields', 'uid', 'creationTimestamp', 'name', 'namespace'];
/** Numbers that controllers count up at every rollout, there and back. */
const bookkeeping = [
  'metadata.annotations.deployment.kubernetes.io/',
  'metadata.annotations.deprecated.daemonset.template.generation',
  'metadata.annotations.endpoints.kubernetes.io/last-change-trigger-time',
];

function without(value: object, names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) as Json;
}

/** Lists whose items have names are told apart by them: another order is not another state. */
function collect(path: string, value: Json, into: Map<string, Json>): void {
  if (typeof value !== 'object' || value === null) {
    into.set(path, value);
    return;
  }
  const entries = Array.isArray(value)
    ? value.map((item: Json, index) => [nameOf(item) ?? String(index), item] as const)
    : Object.entries(value);
  if (entries.length === 0) into.set(path, Array.isArray(value) ? [] : {});
  for (const [name, item] of entries) collect(`${path}.${name}`, item as Json, into);
}

function nameOf(item: Json): string | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const name = (item as { readonly [key: string]: Json })['name'];
  return typeof name === 'string' ? name : undefined;
}

export function controllerOf({ metadata }: ApiObject): Owner | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}
