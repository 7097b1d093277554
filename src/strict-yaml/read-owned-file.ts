import { type FileHandle, open } from 'node:fs/promises';
import { shellWord } from '../domain/shell-word.ts';

export type FileReading = { readonly state: 'read'; readonly text: string } | FileFailure;

export interface FileFailure {
  readonly state: 'failed';
  readonly attempted: string;
  readonly happened: string;
  readonly whatToDo: string;
}

/** What people write is small; what is larger is another file. */
const largestBytes = 256 * 1024;
const writableByAnyone = 0o002;
const readableByAnyone = 0o004;

/** Reads a file that decides what may be done, and that therefore nobody but its owners may write. `what`: "the policy". Never throws. */
export function readOwnedFile(path: string, what: string): Promise<FileReading> {
  return readGuardedFile({ path, what, isSecret: false });
}

/** Reads a file that lets in whoever knows it, and that therefore nobody but its owners and their group may read either. Never throws. */
export function readSecretFile(path: string, what: string): Promise<FileReading> {
  return readGuardedFile({ path, what, isSecret: true });
}

interface GuardedFile {
  readonly path: string;
  readonly what: string;
  readonly isSecret: boolean;
}

async function readGuardedFile({ path, what, isSecret }: GuardedFile): Promise<FileReading> {
  const failed = (happened: string, whatToDo: string): FileFailure => ({
    state: 'failed',
    attempted: `reading ${what} ${path}`,
    happened,
    whatToDo,
  });
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const found = await file.stat();
    if (!found.isFile()) return failed('it is no file', 'Name a file');
    if ((found.mode & writableByAnyone) !== 0)
      return failed('anybody on this machine may change what it allows', `Take that away with: chmod o-w ${shellWord(path)}`);
    if (isSecret && (found.mode & readableByAnyone) !== 0)
      return failed(
        'anybody on this machine may read it',
        `Take that away with: chmod o-r ${shellWord(path)}; for a volume of Kubernetes, with defaultMode: 0440`,
      );
    if (found.size > largestBytes) return failed(`it is larger than ${largestBytes / 1024} KiB`, 'Name another file');
    return { state: 'read', text: await file.readFile('utf8') };
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
    if (code === 'ENOENT') return failed('there is no such file', 'Check the path');
    if (code === 'EACCES' || code === 'EPERM') return failed('reading it is not permitted', 'Check its permissions');
    return failed(problem instanceof Error ? problem.message : String(problem), 'Check the path');
  } finally {
    await file?.close();
  }
}
