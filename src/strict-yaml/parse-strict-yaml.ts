import { CORE_SCHEMA, constructFromEvents, parseEvents, YAMLException } from 'js-yaml';
import type { z } from 'zod';
import { wordsOfProblems, type YamlProblem } from './yaml-problem.ts';
import { yamlLines } from './yaml-lines.ts';

export type ParsedYaml<Value> =
  | { readonly state: 'parsed'; readonly value: Value }
  | { readonly state: 'refused'; readonly problems: readonly [YamlProblem, ...YamlProblem[]] };

export interface StrictForm<Value> {
  readonly shape: z.ZodType<Value>;
  /** Every key that the file may have, for "did you mean". */
  readonly everyKey: readonly string[];
  /** What one file is: "one policy". */
  readonly is: string;
}

/** Reads what people wrote strictly: what is not understood is refused, because it may be the word that matters. Never throws. */
export function parseStrictYaml<Value>(text: string, { shape, everyKey, is }: StrictForm<Value>): ParsedYaml<Value> {
  const source = text.replace(/^\ufeff/, '');
  if (source.trim() === '') return refused({ at: '', says: 'it is empty' });
  try {
    const events = parseEvents(source, { maxDepth: 20 });
    const documents = constructFromEvents(events, { source, schema: CORE_SCHEMA, maxAliases: 0, maxTotalMergeKeys: 0 });
    if (documents.length === 0) return refused({ at: '', says: 'it is empty' });
    if (documents.length > 1) return refused({ at: '', says: `it holds several documents; one file is ${is}` });
    const shaped = shape.safeParse(documents[0], { reportInput: true });
    if (shaped.success) return { state: 'parsed', value: shaped.data };
    const [first, ...more] = wordsOfProblems(shaped.error.issues, { ...yamlLines(events, source), everyKey });
    return refused(first ?? { at: '', says: `it is not ${is}` }, ...more);
  } catch (problem) {
    if (problem instanceof YAMLException) return refused(wordsOfSyntax(problem));
    throw problem;
  }
}

function wordsOfSyntax({ reason, mark }: YAMLException): YamlProblem {
  const says = /alias/i.test(reason) ? 'anchors and aliases are not understood; write it out' : `it is no valid YAML: ${reason}`;
  return mark === undefined ? { at: '', says } : { line: mark.line + 1, at: '', says };
}

function refused(first: YamlProblem, ...more: readonly YamlProblem[]): ParsedYaml<never> {
  return { state: 'refused', problems: [first, ...more] };
}
