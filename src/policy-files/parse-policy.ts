import { CORE_SCHEMA, constructFromEvents, parseEvents, YAMLException } from 'js-yaml';
import type { Policy } from '../domain/policy.ts';
import { type PolicyProblem, wordsOfProblems } from './policy-problem.ts';
import { type KnownNames, policyShape } from './policy-shape.ts';
import { yamlLines } from './yaml-lines.ts';

export type ParsedPolicy =
  | { readonly state: 'parsed'; readonly policy: Policy }
  | { readonly state: 'refused'; readonly problems: readonly [PolicyProblem, ...PolicyProblem[]] };

/** Reads a policy strictly: what is not understood is refused, because it may be the word that should have forbidden something. Never throws. */
export function parsePolicy(text: string, known: KnownNames = {}): ParsedPolicy {
  const source = text.replace(/^\ufeff/, '');
  if (source.trim() === '') return refused({ at: '', says: 'it is empty' });
  try {
    const events = parseEvents(source, { maxDepth: 20 });
    const documents = constructFromEvents(events, { source, schema: CORE_SCHEMA, maxAliases: 0, maxTotalMergeKeys: 0 });
    if (documents.length === 0) return refused({ at: '', says: 'it is empty' });
    if (documents.length > 1) return refused({ at: '', says: 'it holds several documents; one file is one policy' });
    const shaped = policyShape(known).safeParse(documents[0], { reportInput: true });
    if (shaped.success) return { state: 'parsed', policy: shaped.data };
    const [first, ...more] = wordsOfProblems(shaped.error.issues, yamlLines(events, source));
    return refused(first ?? { at: '', says: 'it is no policy' }, ...more);
  } catch (problem) {
    if (problem instanceof YAMLException) return refused(wordsOfSyntax(problem));
    throw problem;
  }
}

function wordsOfSyntax({ reason, mark }: YAMLException): PolicyProblem {
  const says = /alias/i.test(reason) ? 'anchors and aliases are not understood; write it out' : `it is no valid YAML: ${reason}`;
  return mark === undefined ? { at: '', says } : { line: mark.line + 1, at: '', says };
}

function refused(first: PolicyProblem, ...more: readonly PolicyProblem[]): ParsedPolicy {
  return { state: 'refused', problems: [first, ...more] };
}
