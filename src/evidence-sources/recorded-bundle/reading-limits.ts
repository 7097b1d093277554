const mebibyte = 1024 * 1024;

/** How much of a bundle is read before it is called hostile or too big. */
export interface ReadingLimits {
  /** Bytes of all files together, after decompression. */
  readonly totalBytes: number;
  /** Bytes that one compressed byte may become, counted once `ratioFromBytes` have come out. */
  readonly expansionRatio: number;
  readonly ratioFromBytes: number;
  readonly entries: number;
  readonly objects: number;
  /** Bytes of one API object. */
  readonly objectBytes: number;
  /** Bytes of one file that is not a list of objects: a metric result, a command's output, a document without items. */
  readonly partBytes: number;
  /** Bytes of log tails that are kept in memory; the rest is read again when asked for. */
  readonly logMemoryBytes: number;
}

export const defaultReadingLimits: ReadingLimits = {
  // A cluster of 100,000 pods writes some 0.6 GB of JSON for them, and as much again for events and the rest.
  totalBytes: 4096 * mebibyte,
  // Lists of pods that differ only in their names shrink to about 1 %; gzip cannot do better than 0.1 %, which only a bomb reaches.
  expansionRatio: 500,
  ratioFromBytes: 128 * mebibyte,
  entries: 1_000_000,
  objects: 2_000_000,
  // etcd refuses objects beyond 1.5 MiB; JSON with indentation doubles that.
  objectBytes: 16 * mebibyte,
  partBytes: 64 * mebibyte,
  logMemoryBytes: 64 * mebibyte,
};
