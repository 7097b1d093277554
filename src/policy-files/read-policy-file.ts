import type { Policy } from '../domain/policy.ts';
import { shellWord } from '../domain/shell-word.ts';
import { type FileFailure, readOwnedFile } from '../strict-yaml/read-owned-file.ts';
import { spokenProblems, type YamlProblem } from '../strict-yaml/yaml-problem.ts';
import { parsePolicy } from './parse-policy.ts';
import type { KnownNames } from './policy-shape.ts';

export type PolicyReading =
  | { readonly state: 'read'; readonly policy: Policy }
  /** `problems`: all that is wrong with its text. Empty: it could not be read at all. */
  | (FileFailure & { readonly problems: readonly YamlProblem[] });

/** Reads a policy file. Never throws. */
export async function readPolicyFile(path: string, known: KnownNames = {}): Promise<PolicyReading> {
  const read = await readOwnedFile(path, 'the policy');
  if (read.state === 'failed') return { ...read, problems: [] };
  const parsed = parsePolicy(read.text, known);
  if (parsed.state === 'parsed') return { state: 'read', policy: parsed.value };
  const { problems } = parsed;
  return {
    state: 'failed',
    attempted: `reading the policy ${path}`,
    happened: spokenProblems(problems),
    whatToDo: `Correct it, and look again with: stanch policy ${shellWord(path)}`,
    problems,
  };
}
