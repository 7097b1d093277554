import { isRecord } from '../../domain/shape.ts';
import type { StoreFailure } from '../../ports/incident-store.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html); the higher bits tell variants of the same. */
const outcomes: { readonly [code: number]: (path: string) => readonly [happened: string, whatToDo: string] } = {
  5: locked,
  6: locked,
  3: notPermitted,
  8: notPermitted,
  10: (path) => [
    `reading or writing ${path} failed in the operating system`,
    'Look at the disk (dmesg, df); what was stored before is kept. Then try again',
  ],
  11: damaged,
  13: noSpace,
  14: (path) => [
    `${path} cannot be opened`,
    'Check that its directory exists and may be written to, or choose another file with --database',
  ],
  26: (path) => [`${path} is no database, or the beginning of it is damaged`, 'Choose another file, or move this one out of the way'],
};

/** What SQLite or the operating system said, in words that help. */
export function storeFailure(attempted: string, path: string, problem: unknown): StoreFailure {
  const [happened, whatToDo] = describe(path, problem);
  return { state: 'failed', attempted, happened, whatToDo };
}

function describe(path: string, problem: unknown): readonly [string, string] {
  const { code, errcode } = isRecord(problem) ? problem : {};
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') {
    const known = outcomes[errcode & 0xff];
    return known?.(path) ?? [`SQLite refused it (${wordsOf(problem)}, code ${errcode})`, `Look at ${path}, or choose another file`];
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return noSpace(path);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return notPermitted(path);
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENOENT')
    return [`there can be no directory for ${path} (${wordsOf(problem)})`, 'Choose another file with --database'];
  return [wordsOf(problem), `Look at ${path}, or choose another file`];
}

function locked(path: string): readonly [string, string] {
  return [`another program kept ${path} locked for too long`, 'Find who has it open (lsof) and let it finish; then try again'];
}

function notPermitted(path: string): readonly [string, string] {
  return [`writing to ${path} and its directory is not permitted`, 'Allow it, or choose another file with --database'];
}

function noSpace(path: string): readonly [string, string] {
  return [`there is no space left for ${path}`, 'Make room on that disk and try again; what was stored before is kept'];
}

function damaged(path: string): readonly [string, string] {
  return [
    `${path} is damaged`,
    'Stop every stanch that uses it, keep a copy, and save what can be read with: sqlite3 FILE .recover. Then move it out of the way',
  ];
}

function wordsOf(problem: unknown): string {
  return (problem instanceof Error ? problem.message : String(problem)).replace(/\s+/g, ' ').slice(0, 300);
}
