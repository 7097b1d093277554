import { type JsonValue, type PatchStep, pointerParts } from './prepared-change.ts';

type Holder = { [key: string]: JsonValue };

/** Applies a JSON patch (RFC 6902) as an API server does. Undefined: a test in it fails, or a place does not exist. */
export function patched(object: JsonValue, steps: readonly PatchStep[]): JsonValue | undefined {
  const copy = structuredClone(object);
  return steps.every((step) => applied(copy, step)) ? copy : undefined;
}

function applied(object: JsonValue, { op, path, value }: PatchStep): boolean {
  const parts = pointerParts(path);
  const last = parts.at(-1) ?? '';
  const parent = parts.slice(0, -1).reduce<JsonValue | undefined>(child, object);
  if (typeof parent !== 'object' || parent === null) return false;
  const holder = parent as Holder;
  const isThere = Object.hasOwn(holder, last);
  switch (op) {
    case 'test':
      return isThere && sorted(holder[last]) === sorted(value);
    case 'add':
      // Into a list it would be inserted, which no write of ours asks for.
      if (Array.isArray(parent) || value === undefined) return false;
      holder[last] = value;
      return true;
    case 'replace':
      if (!isThere || value === undefined) return false;
      holder[last] = value;
      return true;
    case 'remove':
      return isThere && delete holder[last];
  }
}

function child(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Holder)[name] : undefined;
}

/** Equal values give equal text, whatever the order of their keys. */
function sorted(value: JsonValue | undefined): string {
  return JSON.stringify(value, (_key, each: JsonValue) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  );
}
