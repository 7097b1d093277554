import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Instant } from '../../domain/instant.ts';

export interface FileToWrite {
  readonly path: string;
  /** Made when it is written: some are larger than memory should hold. */
  readonly pieces: () => Iterable<string>;
}

export interface Written {
  readonly bytes: number;
}

/** Only for whoever recorded: redaction cannot know every secret. */
const onlyOwner = 0o600;
/** Pieces are joined to writes of about this size. */
const writeBytes = 256 * 1024;

export async function writeDirectory(directory: string, files: readonly FileToWrite[]): Promise<Written> {
  await mkdir(directory, { mode: 0o700 });
  let bytes = 0;
  for (const file of files) bytes += await writeFile(join(directory, file.path), file.pieces());
  return { bytes };
}

async function writeFile(path: string, pieces: Iterable<string>): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', onlyOwner);
  let bytes = 0;
  try {
    for (const chunk of joined(pieces)) {
      await file.writeFile(chunk);
      bytes += chunk.length;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

function* joined(pieces: Iterable<string>): Generator<Buffer> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < writeBytes) continue;
    yield Buffer.from(waiting);
    waiting = '';
  }
  if (waiting !== '') yield Buffer.from(waiting);
}

/** The same files give the same bytes: no owner, and the time of collection in place of the time of writing. */
export async function writeArchive(
  path: string,
  files: readonly FileToWrite[],
  { modifiedAt, scratch }: { readonly modifiedAt: Instant; readonly scratch: string },
): Promise<Written> {
  const archive = pack();
  const pumping = pipeline(archive, createGzip(), createWriteStream(path, { mode: onlyOwner }));
  const filling = async (): Promise<void> => {
    for (const file of files) {
      // The size of an entry stands before it, so each file is written out once before it is packed.
      const ready = join(scratch, 'entry');
      const size = await writeFile(ready, file.pieces());
      const entry = archive.entry({
        name: file.path,
        size,
        mode: onlyOwner,
        mtime: new Date(modifiedAt),
        uid: 0,
        gid: 0,
        uname: '',
        gname: '',
      });
      await pipeline(createReadStream(ready), entry);
      await rm(ready);
    }
    archive.finalize();
  };
  await Promise.all([pumping, filling()]);
  return { bytes: (await stat(path)).size };
}
