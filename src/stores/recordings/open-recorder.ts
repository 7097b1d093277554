import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type ApiObject, resourceNames } from '../../domain/kubernetes/resources.ts';
import { isRecord } from '../../domain/shape.ts';
import type { Recorder, RecordingEnd, RecordingFailure, WrittenRecording } from '../../ports/recorder.ts';
import { isResourceName } from '../../recording-format/evidence-names.ts';
import { recordingFiles } from '../../recording-format/recording-files.ts';
import { manifestName } from '../../recording-format/recording-manifest.ts';
import { objectKey, type ObjectSpool, objectSpool } from './object-spool.ts';
import { type FileToWrite, writeArchive, writeDirectory, type Written } from './write-files.ts';

export type OpenedRecorder = { readonly state: 'opened'; readonly recorder: Recorder } | RecordingFailure;

export interface RecorderOptions {
  /** True: a recording that is already there is replaced, once the new one is whole. */
  readonly overwrites: boolean;
}

/** Begins a recording: a directory, or an archive where the path ends in .tar.gz or .tgz. */
export async function openRecorder(path: string, { overwrites }: RecorderOptions): Promise<OpenedRecorder> {
  const target = resolve(path);
  const refusal = await refuseTarget(target, overwrites);
  if (refusal !== undefined) return failure(path, refusal.happened, refusal.whatToDo);
  try {
    // Beside the target, because only within one file system a rename is one step.
    const work = await mkdtemp(join(dirname(target), `.${basename(target)}.`));
    await mkdir(join(work, 'spool'));
    return { state: 'opened', recorder: newRecorder({ path, target, work, spool: objectSpool(join(work, 'spool')) }) };
  } catch (problem) {
    return failure(path, ...describe(problem));
  }
}

interface Place {
  readonly path: string;
  readonly target: string;
  readonly work: string;
  readonly spool: ObjectSpool;
}

function newRecorder(place: Place): Recorder {
  const { spool, work, path } = place;
  let problem: unknown;
  const discard = async (): Promise<void> => {
    spool.close();
    await rm(work, { recursive: true, force: true });
  };
  return {
    objects(resource, objects) {
      if (problem !== undefined) return;
      try {
        spool.add(resource, objects);
      } catch (caught) {
        // Whoever reads must not fail because nobody can write; the end tells it.
        problem = caught;
      }
    },
    // Logs are written at the end, from the snapshot, which holds their lines.
    log: () => undefined,
    async finish(end) {
      try {
        return problem === undefined ? await writeRecording(place, end) : failure(path, ...describe(problem));
      } catch (caught) {
        return failure(path, ...describe(caught));
      } finally {
        await discard();
      }
    },
    discard,
  };
}

async function writeRecording({ path, target, work, spool }: Place, end: RecordingEnd): Promise<WrittenRecording> {
  const files: readonly FileToWrite[] = [
    ...recordingFiles({ ...end, isWritten: (kind) => isResourceName(kind) && spool.has(kind) }).map(({ path: name, text }) => ({
      path: name,
      pieces: () => [text],
    })),
    ...objectFiles(end, spool),
  ];
  const ordered = files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const made = join(work, 'recording');
  const isArchive = /\.(tar\.gz|tgz)$/i.test(target);
  const written: Written = isArchive
    ? await writeArchive(made, ordered, { modifiedAt: end.snapshot.takenAt, scratch: work })
    : await writeDirectory(made, ordered);
  await moveInto(made, target, work);
  return { state: 'done', path, files: ordered.length, bytes: written.bytes };
}

/** Only what the snapshot holds: an object that vanished while its list was read twice is no part of the evidence. */
function objectFiles({ snapshot }: RecordingEnd, spool: ObjectSpool): readonly FileToWrite[] {
  return resourceNames.flatMap((kind) => {
    const reading = snapshot.readings[kind];
    if (reading?.state !== 'read' || !spool.has(kind)) return [];
    const objects: readonly ApiObject[] = reading.value;
    const kept = new Set(objects.map((object) => objectKey(object.metadata)));
    return [{ path: `objects/${kind}.json`, pieces: () => spool.list(kind, (key) => kept.has(key)) }];
  });
}

/** The old recording stays until the new one is whole, and is gone when this returns. */
async function moveInto(made: string, target: string, work: string): Promise<void> {
  if (existsSync(target)) await rename(target, join(work, 'replaced'));
  await rename(made, target);
}

async function refuseTarget(
  target: string,
  overwrites: boolean,
): Promise<{ readonly happened: string; readonly whatToDo: string } | undefined> {
  if (!existsSync(dirname(target)))
    return { happened: `there is no directory ${dirname(target)}`, whatToDo: 'make it, or choose another path' };
  if (!existsSync(target)) return undefined;
  if (!overwrites)
    return { happened: 'there is already something at that path', whatToDo: 'choose another path, or move away what stands there' };
  const found = await stat(target);
  const isOurs = found.isDirectory() ? await isRecordingOrEmpty(target) : /\.(tar\.gz|tgz)$/i.test(target);
  return isOurs
    ? undefined
    : { happened: 'what stands at that path is no recording, so it is not overwritten', whatToDo: 'choose another path' };
}

async function isRecordingOrEmpty(directory: string): Promise<boolean> {
  const names = await readdir(directory);
  return names.length === 0 || names.includes(manifestName);
}

function failure(path: string, happened: string, whatToDo: string): RecordingFailure {
  return { state: 'failed', attempted: `writing the recording ${path}`, happened, whatToDo };
}

function describe(problem: unknown): readonly [happened: string, whatToDo: string] {
  const code = isRecord(problem) ? problem['code'] : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return ['there is no space left on the device', 'make room, or choose a path on another disk'];
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return ['writing there is not permitted', 'choose another path'];
  return [(problem instanceof Error ? problem.message : String(problem)).replace(/\s+/g, ' ').slice(0, 300), 'choose another path'];
}
