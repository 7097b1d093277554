import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { VisitFile, WalkOutcome } from './bundle-file.ts';
import { describeFailure } from './describe-failure.ts';
import type { ReadingLimits } from './reading-limits.ts';

export interface ArchivePlace {
  readonly path: string;
  readonly isCompressed: boolean;
  readonly limits: ReadingLimits;
}

/** Visits the regular files of a .tar or .tar.gz in their order, in one pass, with nothing written to disk. */
export async function walkArchive(place: ArchivePlace, visit: VisitFile): Promise<WalkOutcome> {
  try {
    const { size } = await stat(place.path);
    return await walkStreams(place, size, visit);
  } catch (problem) {
    return { state: 'broken', ...describeFailure(problem) };
  }
}

async function walkStreams(place: ArchivePlace, compressedBytes: number, visit: VisitFile): Promise<WalkOutcome> {
  const seen = { files: 0, bytes: 0, links: 0, devices: 0, unsafeNames: 0 };
  const archive = extract();
  const source = createReadStream(place.path, { highWaterMark: 256 * 1024 });
  const end = endMark();
  const guard = limitBytes(place.limits, { compressedBytes, hear: end.hear });
  // The result is awaited below; until then a failure must not count as unhandled.
  const pumping = (
    place.isCompressed ? pipeline(source, createGunzip({ chunkSize: 256 * 1024 }), guard, archive) : pipeline(source, guard, archive)
  ).then(
    () => undefined,
    (problem: unknown) => ({ problem }),
  );
  try {
    let entries = 0;
    for await (const entry of archive) {
      const { name, type, size, mtime } = entry.header;
      entries += 1;
      seen.bytes += size ?? 0;
      if (entries > place.limits.entries) throw new Error(`it holds more than ${place.limits.entries} entries`);
      const path = safePath(name);
      if (type === 'symlink' || type === 'link') seen.links += 1;
      else if (type === 'file' || type === 'contiguous-file') {
        if (path === undefined) seen.unsafeNames += 1;
        else {
          seen.files += 1;
          await visit({ path, sizeBytes: size ?? 0, modifiedAt: timeOf(mtime), chunks: () => entry as AsyncIterable<Buffer> });
        }
      } else if (type !== 'directory') seen.devices += 1;
      entry.resume();
    }
  } catch (problem) {
    source.destroy();
    archive.destroy();
    const pumped = await pumping;
    // The reason at the source explains the failure at the archive's end, never the other way round.
    return { state: 'broken', ...describeFailure(pumped === undefined || isAborted(pumped.problem) ? problem : pumped.problem) };
  }
  const pumped = await pumping;
  return pumped === undefined
    ? { state: 'walked', ...seen, hasEnd: end.wasHeard() }
    : { state: 'broken', ...describeFailure(pumped.problem) };
}

function isAborted(problem: unknown): boolean {
  return problem instanceof Error && /abort|premature close/i.test(`${problem.name} ${problem.message}`);
}

interface Passing {
  readonly compressedBytes: number;
  /** Hears every unpacked piece. */
  readonly hear: (chunk: Buffer) => void;
}

function limitBytes(limits: ReadingLimits, { compressedBytes, hear }: Passing): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hear(chunk);
      if (bytes > limits.totalBytes) done(new Error(`it holds more than ${limits.totalBytes} bytes`));
      else if (bytes > limits.ratioFromBytes && bytes > compressedBytes * limits.expansionRatio)
        done(new Error('it expands like a decompression bomb'));
      else done(null, chunk);
    },
  });
}

/** A tar ends with blocks of zeros; a file's own padding is always shorter than one. */
const tarBlockBytes = 512;

function endMark(): { readonly hear: (chunk: Buffer) => void; readonly wasHeard: () => boolean } {
  let zeros = 0;
  return {
    hear: (chunk) => {
      let at = chunk.length;
      while (at > 0 && chunk[at - 1] === 0) at -= 1;
      zeros = at === 0 ? zeros + chunk.length : chunk.length - at;
    },
    wasHeard: () => zeros >= tarBlockBytes,
  };
}

/** Undefined: the name would lead out of the archive, or says something else than it shows. */
function safePath(name: string): string | undefined {
  if (name.startsWith('/') || name.includes('\0') || name.includes('\\') || /^[a-z]:/i.test(name)) return undefined;
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  return steps.length === 0 || steps.includes('..') ? undefined : steps.join('/');
}

/** Writers without a time put the beginning of 1970. */
function timeOf(written: Date | undefined): number | undefined {
  const time = written?.getTime();
  return time === undefined || Number.isNaN(time) || time <= 0 ? undefined : time;
}
