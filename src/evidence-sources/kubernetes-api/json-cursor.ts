/** A place in a JSON text. Offsets are in bytes. */
export interface JsonCursor {
  readonly bytes: Buffer;
  at: number;
}

export const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
const space = 0x20;

function malformed(cursor: JsonCursor, expected: string): Error {
  return new SyntaxError(`expected ${expected} at byte ${cursor.at}`);
}

/** The byte at the cursor, past white space. Undefined: the text has ended. */
export function nextByte(cursor: JsonCursor): number | undefined {
  const { bytes } = cursor;
  let byte = bytes[cursor.at];
  while (byte !== undefined && byte <= space) {
    cursor.at += 1;
    byte = bytes[cursor.at];
  }
  return byte;
}

/** Moves past the colon after a key, to its value. */
export function passColon(cursor: JsonCursor): void {
  if (nextByte(cursor) !== colon) throw malformed(cursor, 'a colon');
  cursor.at += 1;
}

/** True where one more entry of a list or object begins at the cursor, past its comma; else the cursor moves past the end. */
export function hasEntry(cursor: JsonCursor, end: number, count: number): boolean {
  const byte = nextByte(cursor);
  if (byte === end) {
    cursor.at += 1;
    return false;
  }
  if (count === 0) return true;
  if (byte !== comma) throw malformed(cursor, 'a comma or the end');
  cursor.at += 1;
  if (nextByte(cursor) === end) throw malformed(cursor, 'a value');
  return true;
}

/** Moves past the value that begins at the cursor. What is inside is only looked at as far as its end needs. */
export function skipValue(cursor: JsonCursor): void {
  const { bytes } = cursor;
  let depth = 0;
  for (;;) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw malformed(cursor, 'the end of a value');
    if (byte === quote) skipString(cursor);
    else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      cursor.at += 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return;
      depth -= 1;
      cursor.at += 1;
    } else if (depth > 0) {
      cursor.at += 1;
      continue;
    } else return skipWord(cursor);
    if (depth === 0) return;
  }
}

function skipString(cursor: JsonCursor): void {
  const { bytes } = cursor;
  for (let at = cursor.at + 1; ; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      cursor.at = at + 1;
      return;
    }
    if (byte === backslash) at += 1;
    else if (byte === undefined) throw malformed(cursor, 'the end of a text');
  }
}

/** A number, true, false or null. */
function skipWord(cursor: JsonCursor): void {
  const { bytes } = cursor;
  const start = cursor.at;
  let byte = bytes[cursor.at];
  while (byte !== undefined && byte > space && byte !== comma && byte !== closeBrace && byte !== closeBracket) {
    cursor.at += 1;
    byte = bytes[cursor.at];
  }
  if (cursor.at === start) throw malformed(cursor, 'a value');
}

/** The value that begins at the cursor, which moves past it. */
export function readValue(cursor: JsonCursor): unknown {
  const start = cursor.at;
  if (cursor.bytes[start] === quote) return readText(cursor);
  skipValue(cursor);
  return JSON.parse(cursor.bytes.toString('utf8', start, cursor.at));
}

/** Most texts in the API are plain ASCII without escapes: those are taken as they stand. */
export function readText(cursor: JsonCursor): string {
  const { bytes, at: start } = cursor;
  if (bytes[start] !== quote) throw malformed(cursor, 'a text');
  let isPlain = true;
  for (let at = start + 1; ; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      cursor.at = at + 1;
      return isPlain ? bytes.toString('latin1', start + 1, at) : String(JSON.parse(bytes.toString('utf8', start, at + 1)));
    }
    if (byte === undefined) throw malformed(cursor, 'the end of a text');
    if (byte === backslash) {
      isPlain = false;
      at += 1;
    } else if (byte < space || byte > 0x7e) isPlain = false;
  }
}
