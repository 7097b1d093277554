import { createReadStream } from 'node:fs';
import { lstat, open, opendir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { VisitFile, WalkOutcome } from './bundle-file.ts';
import { describeFailure } from './describe-failure.ts';
import type { ReadingLimits } from './reading-limits.ts';
import { walkArchive } from './walk-archive.ts';

/** Somewhere that files can be read from, again and again, without anything being written to disk. */
export interface BundleFiles {
  readonly storage: 'directory' | 'archive' | 'file';
  readonly walk: (visit: VisitFile) => Promise<WalkOutcome>;
}
export type OpenedFiles =
  | { readonly state: 'opened'; readonly files: BundleFiles }
  | { readonly state: 'failed'; readonly happened: string; readonly whatToDo: string };

export async function openBundleFiles(path: string, limits: ReadingLimits): Promise<OpenedFiles> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      return { state: 'opened', files: { storage: 'directory', walk: (visit) => walkDirectory(path, limits, visit) } };
    if (!found.isFile())
      return {
        state: 'failed',
        happened: 'it is neither a file nor a directory',
        whatToDo: 'give a directory, a .tar.gz or a file of kubectl get -o json',
      };
    if (found.size === 0) return { state: 'failed', happened: 'the file is empty', whatToDo: 'record it again' };
    return await openFile(path, limits);
  } catch (problem) {
    return { state: 'failed', ...describeFailure(problem) };
  }
}

async function openFile(path: string, limits: ReadingLimits): Promise<OpenedFiles> {
  const start = await firstBytes(path);
  const foreign = foreignArchives.find(([magic]) => start.subarray(0, magic.length).equals(magic));
  if (foreign !== undefined)
    return {
      state: 'failed',
      happened: `it is a ${foreign[1]} file, which Stanch does not unpack`,
      whatToDo: 'unpack it and give the directory',
    };
  const isCompressed = start[0] === 0x1f && start[1] === 0x8b;
  const content = isCompressed ? await firstContent(path) : start;
  const isArchive = content.subarray(257, 262).toString('latin1') === 'ustar' || /\.(tar(\.gz)?|tgz)$/i.test(path);
  if (isArchive)
    return { state: 'opened', files: { storage: 'archive', walk: (visit) => walkArchive({ path, isCompressed, limits }, visit) } };
  return { state: 'opened', files: { storage: 'file', walk: (visit) => visitSingleFile({ path, isCompressed, limits }, visit) } };
}

const foreignArchives: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('PK\u0003\u0004', 'latin1'), 'zip'],
  [Buffer.from('BZh', 'latin1'), 'bzip2'],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), 'xz'],
  [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'zstd'],
  [Buffer.from('7z\u00bc\u00af', 'latin1'), '7z'],
];

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The first decompressed bytes; empty where not even those come out, which the walk will explain. */
async function firstContent(path: string): Promise<Buffer> {
  const source = createReadStream(path);
  const content = createGunzip();
  source.on('error', (problem) => content.destroy(problem));
  try {
    for await (const chunk of source.pipe(content)) return chunk as Buffer;
    return Buffer.alloc(0);
  } catch {
    return Buffer.alloc(0);
  } finally {
    source.destroy();
    content.destroy();
  }
}

async function visitSingleFile(
  of: { readonly path: string; readonly isCompressed: boolean; readonly limits: ReadingLimits },
  visit: VisitFile,
): Promise<WalkOutcome> {
  const { size, mtimeMs } = await stat(of.path);
  let bytes = 0;
  async function* chunks(): AsyncIterable<Buffer> {
    const source = createReadStream(of.path, { highWaterMark: 256 * 1024 });
    const content = of.isCompressed ? source.pipe(createGunzip({ chunkSize: 256 * 1024 })) : source;
    source.on('error', (problem) => content.destroy(problem));
    for await (const chunk of content) {
      bytes += (chunk as Buffer).length;
      if (bytes > of.limits.totalBytes) throw new Error(`it holds more than ${of.limits.totalBytes} bytes`);
      if (bytes > of.limits.ratioFromBytes && bytes > size * of.limits.expansionRatio)
        throw new Error('it expands like a decompression bomb');
      yield chunk as Buffer;
    }
  }
  try {
    await visit({ path: basename(of.path).replace(/\.gz$/i, ''), sizeBytes: size, modifiedAt: mtimeMs, chunks });
    return { state: 'walked', files: 1, bytes, links: 0, devices: 0, unsafeNames: 0, hasEnd: true };
  } catch (problem) {
    return { state: 'broken', ...describeFailure(problem) };
  }
}

/** Deeper trees are loops or attacks; the deepest real one (must-gather) has twelve levels. */
const deepestDirectory = 40;

async function walkDirectory(root: string, limits: ReadingLimits, visit: VisitFile): Promise<WalkOutcome> {
  const seen = { files: 0, bytes: 0, links: 0, devices: 0 };
  const visitBelow = async (directory: string, steps: readonly string[]): Promise<string | undefined> => {
    if (steps.length > deepestDirectory) return `directories are nested more than ${deepestDirectory} deep`;
    const names: string[] = [];
    for await (const entry of await opendir(directory)) names.push(entry.name);
    for (const name of names.toSorted()) {
      const path = join(directory, name);
      const found = await lstat(path);
      if (found.isDirectory()) {
        const problem = skippedDirectories.has(name) ? undefined : await visitBelow(path, [...steps, name]);
        if (problem !== undefined) return problem;
      } else if (found.isFile()) {
        seen.files += 1;
        seen.bytes += found.size;
        if (seen.files > limits.entries) return `it holds more than ${limits.entries} files`;
        if (seen.bytes > limits.totalBytes) return `it holds more than ${limits.totalBytes} bytes`;
        await visit({
          path: [...steps, name].join('/'),
          sizeBytes: found.size,
          modifiedAt: found.mtimeMs,
          chunks: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
        });
      } else if (found.isSymbolicLink()) seen.links += 1;
      else seen.devices += 1;
    }
    return undefined;
  };
  try {
    const problem = await visitBelow(root, []);
    if (problem !== undefined) return { state: 'broken', happened: problem, whatToDo: 'give the directory that holds only the bundle' };
    return { state: 'walked', ...seen, unsafeNames: 0, hasEnd: true };
  } catch (problem) {
    return { state: 'broken', ...describeFailure(problem) };
  }
}

const skippedDirectories: ReadonlySet<string> = new Set(['.git', 'node_modules', '__MACOSX']);
