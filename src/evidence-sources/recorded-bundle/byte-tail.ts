/** Keeps the last bytes of a stream, however long it is. */
export interface ByteTail {
  readonly add: (chunk: Buffer) => void;
  readonly sizeBytes: () => number;
  /** The kept end, beginning at a line where the rest was dropped. */
  readonly text: () => string;
}

export function byteTail(limitBytes: number): ByteTail {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isCut = false;
  const shorten = (): void => {
    const joined = Buffer.concat(parts);
    parts = [Buffer.from(joined.subarray(joined.length - limitBytes))];
    bytes = limitBytes;
    isCut = true;
  };
  return {
    add(chunk) {
      if (chunk.length === 0) return;
      // Copied: the chunk is part of a buffer that would otherwise stay alive as a whole.
      parts.push(Buffer.from(chunk.length > limitBytes ? chunk.subarray(chunk.length - limitBytes) : chunk));
      isCut ||= chunk.length > limitBytes;
      bytes += Math.min(chunk.length, limitBytes);
      if (bytes > 2 * limitBytes) shorten();
    },
    sizeBytes: () => bytes,
    text() {
      if (bytes > limitBytes) shorten();
      const text = decodeText(Buffer.concat(parts));
      const firstLine = isCut ? text.indexOf('\n') + 1 : 0;
      return text.slice(firstLine);
    },
  };
}

/** UTF-8, or UTF-16 where a byte order mark says so (PowerShell writes that). Bytes that are neither become U+FFFD. */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}
