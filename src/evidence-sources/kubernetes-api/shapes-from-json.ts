import type { Shape } from '../../domain/shape.ts';
import {
  closeBrace,
  closeBracket,
  hasEntry,
  type JsonCursor,
  nextByte,
  openBrace,
  openBracket,
  passColon,
  quote,
  readText,
  readValue,
  skipValue,
} from './json-cursor.ts';

/**
 * Reads shaped values straight from JSON text, one after the other, for lists of many similar objects. Equals
 * JSON.parse followed by `shape.read`, at half the cost of JSON.parse alone: what no rule needs is passed over, and
 * where the bytes of a part are those that stood in its place in the object before, so is its value.
 */
export interface JsonReader {
  /** Reads the value that begins at the cursor, which moves past it. Throws SyntaxError where there is none. */
  readonly read: (cursor: JsonCursor) => unknown;
}

export function jsonReader(shape: Shape<unknown>): JsonReader {
  const { parts } = shape;
  if (parts === undefined) return leafReader(shape);
  return parts.kind === 'section' ? sectionReader(shape, parts.fields) : listReader(shape, parts.of);
}

/** Where a part stood last. Only good within the same text. */
interface Place {
  bytes: Buffer | undefined;
  start: number;
  length: number;
  /** Where it differed last, from its start: the likeliest place to differ again. */
  difference: number;
}

function nowhere(): Place {
  return { bytes: undefined, start: 0, length: 0, difference: 0 };
}

/**
 * True where the text repeats what stood there last; the cursor then moves past it. Texts, lists and objects end where
 * they end: equal bytes mean that it is the whole value. Numbers do not, so they are never remembered.
 */
function isRepeated(cursor: JsonCursor, place: Place): boolean {
  const { bytes, at } = cursor;
  const { start, length } = place;
  if (place.bytes !== bytes || bytes[at + place.difference] !== bytes[start + place.difference] || at + length > bytes.length) return false;
  if (length > 48 && bytes.compare(bytes, start, start + length, at, at + length) === 0) {
    cursor.at = at + length;
    return true;
  }
  for (let offset = 0; offset < length; offset += 1) {
    if (bytes[at + offset] === bytes[start + offset]) continue;
    place.difference = offset;
    return false;
  }
  cursor.at = at + length;
  return true;
}

function remember(place: Place, cursor: JsonCursor, start: number): void {
  place.bytes = cursor.bytes;
  place.start = start;
  place.length = cursor.at - start;
  if (place.difference >= place.length) place.difference = 0;
}

function leafReader(shape: Shape<unknown>): JsonReader {
  const place = nowhere();
  let latest = shape.read(undefined);
  return {
    read(cursor) {
      const start = cursor.at;
      const first = cursor.bytes[start];
      if (first !== quote && first !== openBrace && first !== openBracket) {
        latest = shape.read(readValue(cursor), latest);
        place.bytes = undefined;
        return latest;
      }
      if (isRepeated(cursor, place)) return latest;
      latest = shape.read(readValue(cursor), latest);
      remember(place, cursor, start);
      return latest;
    },
  };
}

/** A key of an object as it stands in the text, from its quote to its colon. */
interface Key {
  readonly written: Buffer;
  /** Position among the fields of the shape. Absent: no field of it. */
  readonly field: number | undefined;
  /** Where the value of an unknown key stood. */
  readonly place: Place;
}

type FieldValues = { readonly [name: string]: unknown };

function sectionReader(shape: Shape<unknown>, fields: { readonly [name: string]: Shape<unknown> }): JsonReader {
  const names = Object.keys(fields);
  const positions = new Map(names.map((name, position) => [name, position]));
  const absent = Object.values(fields).map((field) => field.read(undefined));
  // Made when they are needed: most objects use a part of their shape.
  const readers: (JsonReader | undefined)[] = [];
  const place = nowhere();
  /** Keys of the object before, in their order: the next one nearly always has the same. */
  let layout: Key[] = [];
  let latest = shape.read({}) as FieldValues;

  const keyAt = (cursor: JsonCursor, position: number): Key => {
    const expected = layout[position];
    if (expected !== undefined && isKey(cursor, expected.written)) {
      cursor.at += expected.written.length;
      return expected;
    }
    const start = cursor.at;
    const field = positions.get(readText(cursor));
    passColon(cursor);
    const key: Key = { written: Buffer.from(cursor.bytes.subarray(start, cursor.at)), field, place: nowhere() };
    layout = [...layout.slice(0, position), key];
    return key;
  };

  const fieldAt = (cursor: JsonCursor, position: number): unknown => {
    const reader = (readers[position] ??= jsonReader(fields[names[position] ?? ''] ?? shape));
    nextByte(cursor);
    return reader.read(cursor);
  };

  const readFields = (cursor: JsonCursor): void => {
    const before = latest;
    const layoutBefore = layout;
    let shaped: { [name: string]: unknown } | undefined;
    let count = 0;
    for (; hasEntry(cursor, closeBrace, count); count += 1) {
      const key = keyAt(cursor, count);
      if (key.field === undefined) passOver(cursor, key.place);
      else {
        const name = names[key.field] ?? '';
        const value = fieldAt(cursor, key.field);
        if (value !== (shaped ?? before)[name]) (shaped ??= { ...before })[name] = value;
      }
    }
    if (count < layout.length) layout = layout.slice(0, count);
    latest = layout === layoutBefore ? (shaped ?? before) : withAbsent(shaped ?? before, { names, absent, layout });
  };

  return {
    read(cursor) {
      const start = cursor.at;
      if (cursor.bytes[start] !== openBrace) return shape.read(readValue(cursor));
      if (isRepeated(cursor, place)) return latest;
      cursor.at += 1;
      readFields(cursor);
      remember(place, cursor, start);
      return latest;
    },
  };
}

interface Layout {
  readonly names: readonly string[];
  readonly absent: readonly unknown[];
  readonly layout: readonly Key[];
}

/** The value without the fields that the object before had and this one does not. */
function withAbsent(value: FieldValues, { names, absent, layout }: Layout): FieldValues {
  const present = new Set(layout.map((key) => key.field));
  let shaped: { [name: string]: unknown } | undefined;
  for (const [position, name] of names.entries()) {
    if (!present.has(position) && value[name] !== absent[position]) (shaped ??= { ...value })[name] = absent[position];
  }
  return shaped ?? value;
}

function isKey({ bytes, at }: JsonCursor, written: Buffer): boolean {
  for (let offset = 0; offset < written.length; offset += 1) if (bytes[at + offset] !== written[offset]) return false;
  return true;
}

function passOver(cursor: JsonCursor, place: Place): void {
  const byte = nextByte(cursor);
  if (byte !== quote && byte !== openBrace && byte !== openBracket) return skipValue(cursor);
  if (isRepeated(cursor, place)) return;
  const start = cursor.at;
  skipValue(cursor);
  remember(place, cursor, start);
}

/** Items further back share a reader: lists that are longer hold items that resemble each other. */
const ownReaders = 8;

function listReader(shape: Shape<unknown>, of: Shape<unknown>): JsonReader {
  const readers: JsonReader[] = [];
  const place = nowhere();
  let latest = shape.read([]) as readonly unknown[];
  const readItems = (cursor: JsonCursor): void => {
    const before = latest;
    let items: unknown[] | undefined;
    let count = 0;
    for (; hasEntry(cursor, closeBracket, count); count += 1) {
      const item = (readers[Math.min(count, ownReaders)] ??= jsonReader(of)).read(cursor);
      if (items === undefined && count < before.length && item === before[count]) continue;
      items ??= before.slice();
      items[count] = item;
    }
    if (count === 0) latest = shape.read([]) as readonly unknown[];
    // Copied, because a list that has grown holds room for more.
    else latest = count === before.length ? (items ?? before) : (items ?? before).slice(0, count);
  };
  return {
    read(cursor) {
      const start = cursor.at;
      if (cursor.bytes[start] !== openBracket) return shape.read(readValue(cursor));
      if (isRepeated(cursor, place)) return latest;
      cursor.at += 1;
      readItems(cursor);
      remember(place, cursor, start);
      return latest;
    },
  };
}
