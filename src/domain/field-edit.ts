import { fieldAt, type FieldValue, type JsonValue, pointerStep } from './prepared-change.ts';

/** One field as it is and as it is to become, or why it is left alone. */
export type FieldEdits =
  | { readonly state: 'edits'; readonly before: readonly FieldValue[]; readonly after: readonly FieldValue[] }
  | { readonly state: 'refused'; readonly because: string };

export interface FieldEdit {
  readonly before: FieldValue;
  readonly after: FieldValue;
}

export function edits(...all: readonly FieldEdit[]): FieldEdits {
  return { state: 'edits', before: all.map(({ before }) => before), after: all.map(({ after }) => after) };
}

export function refusedEdit(because: string): FieldEdits {
  return { state: 'refused', because };
}

/**
 * What the named field becomes; undefined takes it away. Where parents are missing the pointer names the first of them,
 * so that going back takes away exactly what was added.
 */
export function editOf(object: JsonValue, names: readonly string[], value: JsonValue | undefined): FieldEdit {
  const missing = names.slice(0, -1).findIndex((_, index) => !isParent(fieldAt(object, pointerOf(names.slice(0, index + 1)))));
  const depth = missing === -1 ? names.length : missing + 1;
  const pointer = pointerOf(names.slice(0, depth));
  const was = fieldAt(object, pointer);
  const isReached = depth === names.length || value !== undefined;
  const becomes = names.slice(depth).reduceRight<JsonValue | undefined>((inner, name) => ({ [name]: inner ?? null }), value);
  return { before: fieldValue(pointer, was), after: fieldValue(pointer, isReached ? becomes : was) };
}

/** Says that this field stays as it is: it is looked at, and not written. */
export function unchanged(object: JsonValue, names: readonly string[]): FieldEdit {
  const same = fieldValue(pointerOf(names), fieldAt(object, pointerOf(names)));
  return { before: same, after: same };
}

export function fieldValue(pointer: string, value: JsonValue | undefined): FieldValue {
  return value === undefined ? { pointer } : { pointer, value };
}

export function pointerOf(names: readonly string[]): string {
  return names.map(pointerStep).join('');
}

function isParent(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null;
}
