import type { ClusterChange } from './cluster-change.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A field of an object by its JSON pointer (RFC 6901). */
export interface FieldValue {
  readonly pointer: string;
  /** Absent: the object does not have the field. */
  readonly value?: JsonValue;
}

/** What exactly is written. Fields are whole: what the pointer names becomes this value. */
export type ExactWrite =
  | { readonly kind: 'set-fields'; readonly before: readonly FieldValue[]; readonly after: readonly FieldValue[] }
  /** Respects disruption budgets. */
  | { readonly kind: 'evict' }
  | { readonly kind: 'delete' };

/**
 * A change worked out against the object as it is, before anything is touched. Plain data: it is stored before it is
 * carried out, and after a crash it tells by comparison what was done.
 */
export interface PreparedChange {
  readonly change: ClusterChange;
  /** Path in the Kubernetes API, and the identity that must still be there. */
  readonly object: { readonly path: string; readonly uid: string };
  readonly write: ExactWrite;
  /** True: the cluster is like that already. Nothing is written, and nothing is put back later: it was somebody else's doing. */
  readonly isAlreadySo: boolean;
}

/** What puts the change back. Absent: there is nothing to put back (an owner replaces an evicted pod by itself). */
export function inverseOf(prepared: PreparedChange): PreparedChange | undefined {
  const { write } = prepared;
  if (prepared.isAlreadySo || write.kind !== 'set-fields') return undefined;
  return { ...prepared, write: { kind: 'set-fields', before: write.after, after: write.before } };
}

/** How an object stands to a prepared write: as before it, as after it, or as neither, because somebody else changed it. */
export type Standing = 'before' | 'after' | 'neither';

export function standingOf(write: Extract<ExactWrite, { readonly kind: 'set-fields' }>, object: unknown): Standing {
  if (write.after.every((field) => holds(object, field))) return 'after';
  return write.before.every((field) => holds(object, field)) ? 'before' : 'neither';
}

function holds(object: unknown, { pointer, value }: FieldValue): boolean {
  return isSame(fieldAt(object, pointer), value);
}

/** The value that the pointer names. Undefined: the object does not have it. */
export function fieldAt(object: unknown, pointer: string): unknown {
  return pointerParts(pointer).reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined),
    object,
  );
}

function pointerParts(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One step of a JSON pointer. */
export function pointerStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Equal as JSON: the order of keys says nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(Reflect.get(one, key), Reflect.get(other, key)))
  );
}

export interface PatchStep {
  readonly op: 'test' | 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: JsonValue;
}

/**
 * The write as a JSON patch (RFC 6902) that fits only this object in this version: the server refuses it (409 or 422)
 * where anybody was faster.
 */
export function patchSteps(
  write: Extract<ExactWrite, { readonly kind: 'set-fields' }>,
  expected: { readonly uid: string; readonly resourceVersion: string },
): readonly PatchStep[] {
  const set = write.after.map(({ pointer, value }, index): PatchStep => {
    const isThere = write.before[index]?.value !== undefined;
    if (value === undefined) return { op: 'remove', path: pointer };
    return { op: isThere ? 'replace' : 'add', path: pointer, value };
  });
  return [
    { op: 'test', path: '/metadata/uid', value: expected.uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: expected.resourceVersion },
    ...set.filter((step, index) => step.op !== 'remove' || write.before[index]?.value !== undefined),
  ];
}
