import type { Shape } from '../../domain/shape.ts';
import { isRecord } from '../../domain/shape.ts';
import {
  closeBrace,
  closeBracket,
  hasEntry,
  type JsonCursor,
  nextByte,
  openBrace,
  openBracket,
  passColon,
  readText,
  readValue,
  skipValue,
} from './json-cursor.ts';
import { jsonReader } from './shapes-from-json.ts';

export interface ListPage<Item> {
  /** "PodList", "PartialObjectMetadataList". Absent: the server does not say. */
  readonly kind: string | undefined;
  /** Undefined: the answer holds no list. */
  readonly items: readonly Item[] | undefined;
  /** What the next page must be asked for with. Empty text: this was the last one. */
  readonly next: string;
}

/** Turns the body of an answer into a page; throws SyntaxError where it is no JSON. */
export type PageReader<Item> = (body: Buffer) => ListPage<Item>;

/** Reads the items of a page as shaped values, without parsing what the shape does not want. */
export function shapedPages<Value>(shape: Shape<Value>): PageReader<Value> {
  const reader = jsonReader(shape);
  return (body) => {
    const page: { kind: string | undefined; items: readonly Value[] | undefined; next: string } = {
      kind: undefined,
      items: undefined,
      next: '',
    };
    const cursor: JsonCursor = { bytes: body, at: 0 };
    readObject(cursor, (key) => {
      if (key === 'items') page.items = itemsAt(cursor, () => reader.read(cursor) as Value);
      else if (key === 'metadata') page.next = nextOf(readValue(cursor));
      else if (key === 'kind') page.kind = textOf(readValue(cursor));
      else skipValue(cursor);
    });
    if (nextByte(cursor) !== undefined) throw new SyntaxError(`more text after the end, at byte ${cursor.at}`);
    return page;
  };
}

/** Reads the items of a page as they are. */
export function rawPages(body: Buffer): ListPage<unknown> {
  const page: unknown = JSON.parse(body.toString('utf8'));
  if (!isRecord(page)) return { kind: undefined, items: undefined, next: '' };
  const { items } = page;
  // Go writes an empty list as null.
  return {
    kind: textOf(page['kind']),
    items: Array.isArray(items) ? items : items === null ? [] : undefined,
    next: nextOf(page['metadata']),
  };
}

function readObject(cursor: JsonCursor, onKey: (key: string) => void): void {
  if (nextByte(cursor) !== openBrace) return void readValue(cursor);
  cursor.at += 1;
  for (let count = 0; hasEntry(cursor, closeBrace, count); count += 1) {
    const key = readText(cursor);
    passColon(cursor);
    nextByte(cursor);
    onKey(key);
  }
}

function itemsAt<Value>(cursor: JsonCursor, read: () => Value): readonly Value[] | undefined {
  if (cursor.bytes[cursor.at] !== openBracket) return readValue(cursor) === null ? [] : undefined;
  const items: Value[] = [];
  cursor.at += 1;
  while (hasEntry(cursor, closeBracket, items.length)) items.push(read());
  return items;
}

function nextOf(metadata: unknown): string {
  return (isRecord(metadata) ? textOf(metadata['continue']) : undefined) ?? '';
}

function textOf(raw: unknown): string | undefined {
  return typeof raw === 'string' ? raw : undefined;
}
