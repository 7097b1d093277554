import type { z } from 'zod';
import { mostSimilar } from '../domain/similar-name.ts';
import type { YamlLines, YamlPath } from './yaml-lines.ts';

/** One thing that is wrong with a file. */
export interface YamlProblem {
  /** Counted from 1. Absent: it is about the file as a whole. */
  readonly line?: number;
  /** For example "rules[1].hours.timeZone". Empty: the file as a whole. */
  readonly at: string;
  readonly says: string;
}

export interface ProblemPlaces extends YamlLines {
  /** Every key that the file may have, for "did you mean". */
  readonly everyKey: readonly string[];
}

/** What validation found, as somebody who wrote the file would say it, in the order of the file. */
export function wordsOfProblems(issues: readonly z.core.$ZodIssue[], { lineOf, everyKey }: ProblemPlaces): readonly YamlProblem[] {
  return issues
    .flatMap((issue) => {
      const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      const problem = (at: YamlPath, says: string): YamlProblem => ({ line: lineOf(at), at: spokenPath(at), says });
      if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => problem([...path, key], unknownKey(key, everyKey)));
      return [problem(path, wordsOf(issue))];
    })
    .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

function unknownKey(key: string, everyKey: readonly string[]): string {
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

/** "line 4, rules[0].attempts: it is missing" */
export function spokenProblem({ line, at, says }: YamlProblem): string {
  const place = [line === undefined ? '' : `line ${line}`, at].filter((each) => each !== '').join(', ');
  return place === '' ? says : `${place}: ${says}`;
}

const problemsInOneLine = 3;

/** The first ones, and how many more there are. */
export function spokenProblems(problems: readonly YamlProblem[]): string {
  const shown = problems.slice(0, problemsInOneLine).map(spokenProblem).join('; ');
  const others = problems.length - problemsInOneLine;
  return others > 0 ? `${shown}; and ${others} more` : shown;
}
