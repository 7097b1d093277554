import type { LogName } from '../../recording-format/recording-paths.ts';

/** What cutting a stream of text into values brings to light. */
export interface PieceSink {
  /** A list begins; its text up to there, which often tells the kind of its elements. */
  readonly listBegins: (before: string) => void;
  /** One element of a list, in order. */
  readonly item: (value: unknown) => void;
  /** A value that stands for itself, or a list without the elements that were handed out as items. */
  readonly document: (value: unknown) => void;
  /** A container's log that stands between the values, as `kubectl cluster-info dump` prints them. */
  readonly log: (name: LogName, text: string) => void;
  /** Something that could not be understood, in one line. Reading goes on behind it where that is possible. */
  readonly complain: (complaint: string) => void;
}

/** A reader of text that arrives in chunks of UTF-8. */
export interface Pieces {
  /** False: nothing more can be read from this text. */
  readonly push: (chunk: Buffer) => boolean;
  readonly end: () => void;
}

export interface PieceLimits {
  readonly objectBytes: number;
  readonly partBytes: number;
}

/** Joins the parts of a value that several chunks hold. Beyond the limit it only counts. */
export interface ByteCollector {
  readonly add: (chunk: Buffer, start: number, end: number) => void;
  /** The text, and a fresh beginning. Undefined: it was longer than the limit. */
  readonly take: (chunk: Buffer, start: number, end: number) => string | undefined;
  readonly soFar: () => string;
}

export function byteCollector(limitBytes: number): ByteCollector {
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (chunk: Buffer, start: number, end: number): void => {
    if (end <= start) return;
    bytes += end - start;
    if (bytes <= limitBytes) parts.push(chunk.subarray(start, end));
    else parts = [];
  };
  return {
    add,
    soFar: () => Buffer.concat(parts).toString('utf8'),
    take(chunk, start, end) {
      if (bytes === 0 && end - start <= limitBytes) return chunk.toString('utf8', start, end);
      add(chunk, start, end);
      const text = bytes > limitBytes ? undefined : Buffer.concat(parts).toString('utf8');
      parts = [];
      bytes = 0;
      return text;
    },
  };
}
