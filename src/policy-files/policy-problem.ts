import type { z } from 'zod';
import { mostSimilar } from '../domain/similar-name.ts';
import { everyKey } from './policy-shape.ts';
import type { YamlLines, YamlPath } from './yaml-lines.ts';

/** One thing that is wrong with a policy. */
export interface PolicyProblem {
  /** Counted from 1. Absent: it is about the file as a whole. */
  readonly line?: number;
  /** For example "rules[1].hours.timeZone". Empty: the file as a whole. */
  readonly at: string;
  readonly says: string;
}

/** What validation found, as somebody who wrote the file would say it, in the order of the file. */
export function wordsOfProblems(issues: readonly z.core.$ZodIssue[], { lineOf }: YamlLines): readonly PolicyProblem[] {
  return issues
    .flatMap((issue) => {
      const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      const problem = (at: YamlPath, says: string): PolicyProblem => ({ line: lineOf(at), at: spokenPath(at), says });
      if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => problem([...path, key], unknownKey(key)));
      return [problem(path, wordsOf(issue))];
    })
    .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

function unknownKey(key: string): string {
  const meant = mostSimilar(key, everyKey);
  return `there is no such key${meant === undefined || meant === key ? ' here' : `; did you mean ${meant}?`}`;
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'it is missing';
    if (issue.input === null) return 'it is empty';
    return `it should be ${spokenType[issue.expected] ?? `a ${issue.expected}`}`;
  }
  if (issue.code === 'invalid_value') return `it should be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'too_small')
    return issue.origin === 'number' || issue.origin === 'int' ? `it should be ${issue.minimum} or more` : 'it is empty';
  if (issue.code === 'too_big')
    return issue.origin === 'number' || issue.origin === 'int' ? `it should be ${issue.maximum} or less` : 'it is too long';
  return issue.message;
}

const spokenType: { readonly [expected: string]: string } = {
  object: 'a group of keys',
  array: 'a list, for example [one, two]',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** rules[1].hours.timeZone */
function spokenPath(path: YamlPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
