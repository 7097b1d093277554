import { type FileHandle, open } from 'node:fs/promises';
import type { Policy } from '../domain/policy.ts';
import { shellWord } from '../domain/shell-word.ts';
import { parsePolicy } from './parse-policy.ts';
import type { PolicyProblem } from './policy-problem.ts';
import type { KnownNames } from './policy-shape.ts';

export type PolicyReading =
  | { readonly state: 'read'; readonly policy: Policy }
  | {
      readonly state: 'failed';
      readonly attempted: string;
      readonly happened: string;
      readonly whatToDo: string;
      /** All that is wrong with its text. Empty: it could not be read at all. */
      readonly problems: readonly PolicyProblem[];
    };

/** A policy is written by people; what is larger is another file. */
const largestBytes = 256 * 1024;
const writableByAnyone = 0o002;
const problemsInOneLine = 3;

/** Reads a policy file. Never throws. */
export async function readPolicyFile(path: string, known: KnownNames = {}): Promise<PolicyReading> {
  const read = await readText(path);
  if (read.state === 'failed') return read;
  const parsed = parsePolicy(read.text, known);
  if (parsed.state === 'parsed') return { state: 'read', policy: parsed.policy };
  const { problems } = parsed;
  const shown = problems.slice(0, problemsInOneLine).map(spokenProblem).join('; ');
  const others = problems.length - problemsInOneLine;
  return {
    ...failed(
      path,
      others > 0 ? `${shown}; and ${others} more` : shown,
      `Correct it, and look again with: stanch policy ${shellWord(path)}`,
    ),
    problems,
  };
}

/** "line 4, rules[0].attempts: it is missing" */
export function spokenProblem({ line, at, says }: PolicyProblem): string {
  const place = [line === undefined ? '' : `line ${line}`, at].filter((each) => each !== '').join(', ');
  return place === '' ? says : `${place}: ${says}`;
}

type TextReading = { readonly state: 'read'; readonly text: string } | Extract<PolicyReading, { readonly state: 'failed' }>;

async function readText(path: string): Promise<TextReading> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const found = await file.stat();
    if (!found.isFile()) return failed(path, 'it is no file', 'Name a YAML file');
    if ((found.mode & writableByAnyone) !== 0)
      return failed(path, 'anybody on this machine may change what it allows', `Take that away with: chmod o-w ${shellWord(path)}`);
    if (found.size > largestBytes) return failed(path, `it is larger than ${largestBytes / 1024} KiB`, 'Name a policy file');
    return { state: 'read', text: await file.readFile('utf8') };
  } catch (problem) {
    const code = problem instanceof Error && 'code' in problem ? problem.code : undefined;
    if (code === 'ENOENT') return failed(path, 'there is no such file', 'Check the path');
    if (code === 'EACCES' || code === 'EPERM') return failed(path, 'reading it is not permitted', 'Check its permissions');
    return failed(path, problem instanceof Error ? problem.message : String(problem), 'Check the path');
  } finally {
    await file?.close();
  }
}

function failed(path: string, happened: string, whatToDo: string): Extract<PolicyReading, { readonly state: 'failed' }> {
  return { state: 'failed', attempted: `reading the policy ${path}`, happened, whatToDo, problems: [] };
}
