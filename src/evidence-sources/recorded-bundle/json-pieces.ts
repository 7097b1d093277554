import { loadYaml } from './load-yaml.ts';
import { type ByteCollector, byteCollector, type PieceLimits, type Pieces, type PieceSink } from './pieces.ts';

const quote = 0x22;
const colon = 0x3a;
const comma = 0x2c;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
/** Objects of the API are at most about thirty levels deep. */
const deepestNesting = 200;
const longestLenientText = 1024 * 1024;
/** Long enough to tell "items" from every longer key. */
const keptKeyLength = 6;

interface JsonPosition {
  /** Brackets and braces that are open. */
  depth: number;
  isInText: boolean;
  isEscaped: boolean;
  /** The last key of the top-level object, shortened. */
  key: string;
  isKeyNext: boolean;
  isInKey: boolean;
  /** The depth inside an element of the open list; 0: no list is open. */
  itemDepth: number;
  /** Where in this chunk the value begins that is being collected; below 0: between the elements of a list nothing is. */
  start: number;
  values: number;
  isBroken: boolean;
}

/**
 * Cuts JSON into pieces while it streams by: each element of a list's `items` and of a top-level list on its own, so
 * that a list of any length needs the memory of one object. Several values may follow each other. What stands between
 * them (warnings of kubectl, say) is skipped.
 */
export function jsonPieces(sink: PieceSink, limits: PieceLimits): Pieces {
  const position: JsonPosition = {
    depth: 0,
    isInText: false,
    isEscaped: false,
    key: '',
    isKeyNext: false,
    isInKey: false,
    itemDepth: 0,
    start: -1,
    values: 0,
    isBroken: false,
  };
  const envelope = byteCollector(limits.partBytes);
  const item = byteCollector(limits.objectBytes);
  return {
    push(chunk) {
      position.start = position.start < 0 ? -1 : 0;
      let at = 0;
      while (at < chunk.length && !position.isBroken) {
        if (position.isInText) {
          at = skipText(position, chunk, at);
          continue;
        }
        at = skipTo(position.depth === 1 ? structure : brackets, chunk, at);
        const byte = chunk[at];
        if (byte === quote) {
          if (position.depth > 0) beginText(position);
        } else if (byte === openBrace || byte === openBracket) {
          open({ position, envelope, sink, chunk, at, isList: byte === openBracket });
        } else if ((byte === closeBrace || byte === closeBracket) && position.depth > 0) {
          close({ position, envelope, item, sink, chunk, at });
        } else if (byte === colon) position.isKeyNext = false;
        else if (byte === comma) position.isKeyNext = true;
        at += 1;
      }
      if (position.start >= 0) (isInItem(position) ? item : envelope).add(chunk, position.start, chunk.length);
      return !position.isBroken;
    },
    end() {
      if (position.isBroken) return;
      if (position.depth > 0) sink.complain('it ends in the middle of a value');
      else if (position.values === 0) sink.complain('it holds no JSON value');
    },
  };
}

/** Marks by byte value: most bytes of a large list are passed over by looking them up here. */
function markTable(bytes: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of bytes) table[byte] = 1;
  return table;
}
const brackets = markTable([quote, openBrace, closeBrace, openBracket, closeBracket]);
const structure = markTable([quote, openBrace, closeBrace, openBracket, closeBracket, colon, comma]);
const textMarks = markTable([quote, backslash]);

/** Where the next marked byte stands, or the end of the chunk. */
function skipTo(marks: Uint8Array, chunk: Buffer, from: number): number {
  let at = from;
  const end = chunk.length;
  while (at < end && marks[chunk[at] ?? 0] === 0) at += 1;
  return at;
}

/** Where the text ends, or the end of the chunk. */
function skipText(position: JsonPosition, chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length) {
    if (position.isEscaped) {
      position.isEscaped = false;
      at += 1;
      continue;
    }
    const next = skipTo(textMarks, chunk, at);
    if (position.isInKey && position.key.length < keptKeyLength)
      position.key += chunk.toString('latin1', at, Math.min(next, at + keptKeyLength));
    at = next + 1;
    if (chunk[next] === backslash) position.isEscaped = true;
    else if (chunk[next] === quote) {
      position.isInText = false;
      return at;
    }
  }
  return chunk.length;
}

function beginText(position: JsonPosition): void {
  position.isInText = true;
  position.isInKey = position.depth === 1 && position.isKeyNext;
  if (position.isInKey) position.key = '';
}

interface At {
  readonly position: JsonPosition;
  readonly envelope: ByteCollector;
  readonly sink: PieceSink;
  readonly chunk: Buffer;
  readonly at: number;
}

function open({ position, envelope, sink, chunk, at, isList }: At & { readonly isList: boolean }): void {
  position.depth += 1;
  if (position.depth > deepestNesting) {
    sink.complain(`it is nested more than ${deepestNesting} levels deep`);
    position.isBroken = true;
    return;
  }
  if (position.depth === 1) {
    position.start = at;
    position.key = '';
    position.isKeyNext = !isList;
  }
  const isItems = isList && (position.depth === 1 || (position.depth === 2 && !position.isKeyNext && position.key === 'items'));
  if (isItems && position.itemDepth === 0) {
    position.itemDepth = position.depth + 1;
    envelope.add(chunk, position.start, at + 1);
    sink.listBegins(envelope.soFar());
    position.start = -1;
  } else if (position.depth === position.itemDepth) position.start = at;
}

function close({ position, envelope, item, sink, chunk, at }: At & { readonly item: ByteCollector }): void {
  const wasInItem = isInItem(position);
  position.depth -= 1;
  if (wasInItem && position.depth === position.itemDepth - 1) {
    parse(item.take(chunk, position.start, at + 1), sink, sink.item);
    position.start = -1;
  } else if (position.itemDepth > 0 && position.depth === position.itemDepth - 2) {
    position.itemDepth = 0;
    position.start = at;
  }
  if (position.depth === 0) {
    parse(envelope.take(chunk, position.start, at + 1), sink, sink.document);
    position.start = -1;
    position.values += 1;
  }
}

function isInItem(position: JsonPosition): boolean {
  return position.itemDepth > 0 && position.depth >= position.itemDepth;
}

function parse(text: string | undefined, sink: PieceSink, take: (value: unknown) => void): void {
  if (text === undefined) {
    sink.complain('a value in it is too large and was left out');
    return;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (problem) {
    // People write {a: 1} as well, which is YAML.
    const loaded = text.length <= longestLenientText ? loadYaml(text) : undefined;
    if (loaded?.state !== 'loaded') {
      sink.complain(problem instanceof Error ? problem.message.replace(/\s+/g, ' ').slice(0, 160) : 'it is no JSON');
      return;
    }
    ({ value } = loaded);
  }
  take(value);
}
