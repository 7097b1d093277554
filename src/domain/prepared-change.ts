import type { ClusterChange } from './cluster-change.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A field of an object by its JSON pointer (RFC 6901). */
export interface FieldValue {
  readonly pointer: string;
  /** Absent: the object does not have the field. */
  readonly value?: JsonValue;
}

/** The same fields in the same order, before and after. One whose value stays says which part of a list is meant. */
export interface FieldWrite {
  readonly kind: 'set-fields';
  readonly before: readonly FieldValue[];
  readonly after: readonly FieldValue[];
}

/** What exactly is written. Fields are whole: what the pointer names becomes this value. */
export type ExactWrite =
  | FieldWrite
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

export function standingOf(write: FieldWrite, object: JsonValue): Standing {
  if (write.after.every((field) => holds(object, field))) return 'after';
  return write.before.every((field) => holds(object, field)) ? 'before' : 'neither';
}

function holds(object: JsonValue, { pointer, value }: FieldValue): boolean {
  return isSame(fieldAt(object, pointer), value);
}

/** The value that the pointer names. Undefined: the object does not have it. */
export function fieldAt(object: JsonValue | undefined, pointer: string): JsonValue | undefined {
  return pointerParts(pointer).reduce<JsonValue | undefined>(
    (value, part) => (typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined),
    object,
  );
}

/** The steps of a JSON pointer. */
export function pointerParts(pointer: string): readonly string[] {
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
  { before, after }: FieldWrite,
  expected: { readonly uid: string; readonly resourceVersion: string },
): readonly PatchStep[] {
  return [
    { op: 'test', path: '/metadata/uid', value: expected.uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: expected.resourceVersion },
    ...after.flatMap((field, index) => fieldSteps(before[index]?.value, field)),
  ];
}

function fieldSteps(was: JsonValue | undefined, { pointer, value }: FieldValue): readonly PatchStep[] {
  if (value === undefined) return was === undefined ? [] : [{ op: 'remove', path: pointer }];
  if (was === undefined) return [{ op: 'add', path: pointer, value }];
  return [{ op: isSame(was, value) ? 'test' : 'replace', path: pointer, value }];
}
