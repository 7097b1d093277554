import { isRecord, type Shape } from './shape.ts';

/**
 * Reads objects of one kind one after the other. Those of one owner share what they have in common, and so do, as far
 * as they can, neighbours of different owners: this is what keeps 100,000 pods in the memory of a laptop.
 */
export function sharingReader<Value>(shape: Shape<Value>): (raw: unknown) => Value {
  const latestOf = new Map<string, Value>();
  let latest: Value | undefined;
  return (raw) => {
    const owner = controllerOf(raw);
    latest = shape.read(raw, latestOf.get(owner) ?? latest);
    latestOf.set(owner, latest);
    return latest;
  };
}

/** The uid of the managing owner. Empty text: there is none. */
function controllerOf(raw: unknown): string {
  const metadata = isRecord(raw) ? raw['metadata'] : undefined;
  const owners = isRecord(metadata) ? metadata['ownerReferences'] : undefined;
  const first: unknown = Array.isArray(owners) ? owners[0] : undefined;
  return isRecord(first) && typeof first['uid'] === 'string' ? first['uid'] : '';
}
