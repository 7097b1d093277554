import { isRecord } from '../../domain/shape.ts';

/** A failure of the file system, of decompression or of the archive, in words for the person who gave the path. */
export function describeFailure(problem: unknown): { readonly happened: string; readonly whatToDo: string } {
  const code = isRecord(problem) && typeof problem['code'] === 'string' ? problem['code'] : '';
  const said = problem instanceof Error ? problem.message : String(problem);
  for (const [pattern, happened, whatToDo] of known) if (pattern.test(`${code} ${said}`)) return { happened, whatToDo };
  return { happened: said.replace(/\s+/g, ' ').slice(0, 300), whatToDo: 'check that it is a recording or a support bundle' };
}

const known: readonly (readonly [RegExp, string, string])[] = [
  [/^ENOENT/, 'there is no such file or directory', 'check the path'],
  [/^ENOTDIR/, 'a part of the path is not a directory', 'check the path'],
  [/^(EACCES|EPERM)/, 'reading it is not permitted', 'check its permissions'],
  [/^ELOOP/, 'the path is a loop of symbolic links', 'give the real path'],
  [/unexpected end of file/i, 'the compressed file ends too early: it is truncated', 'copy or record it again'],
  [/Unexpected end of data/i, 'the archive ends in the middle of a file: it is truncated', 'copy or record it again'],
  [
    /^Z_DATA_ERROR|incorrect header check|invalid (block|stored|distance|code|literal|bit)|incorrect data check/i,
    'its compressed data is damaged',
    'copy or record it again',
  ],
  [
    /Invalid tar header|Invalid header|Header exceeds|invalid pax/i,
    'it is no tar archive, or a damaged one',
    'check that it is a .tar or .tar.gz, or copy it again',
  ],
  [
    /decompression bomb/,
    'it expands like a decompression bomb, far beyond what real bundles do',
    'unpack it yourself if you trust it, and give the directory',
  ],
];
