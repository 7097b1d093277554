import { CORE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml';
import { redacted } from '../../domain/redaction.ts';

export type YamlLoaded = { readonly state: 'loaded'; readonly value: unknown } | { readonly state: 'failed'; readonly happened: string };

const schema = CORE_SCHEMA.withTags(mergeTag);
/** Aliases let a small text stand for a huge value. Real files repeat a few blocks; each may add this many nodes at most. */
const mostNodes = 200_000;

/** troubleshoot.sh masks secrets with asterisks after the YAML was written, which then reads as an alias. */
const foreignMask = /\*{3}HIDDEN\*{3}/g;

/** Reads one YAML document. A key that is given twice counts as written last, as for JSON. */
export function loadYaml(text: string): YamlLoaded {
  if (text.trim() === '') return { state: 'loaded', value: null };
  const loaded = loadStrictly(text);
  return loaded.state === 'failed' && text.includes('***HIDDEN***') ? loadStrictly(text.replace(foreignMask, redacted)) : loaded;
}

function loadStrictly(text: string): YamlLoaded {
  try {
    const value = load(text, { schema, json: true, maxDepth: 100, maxAliases: 10_000 });
    // Without an anchor a value is no larger than its text.
    if (text.includes('&') && countNodes(value, 0, mostNodes + text.length) < 0)
      return { state: 'failed', happened: 'its aliases expand beyond measure' };
    return { state: 'loaded', value };
  } catch (problem) {
    return { state: 'failed', happened: describe(problem) };
  }
}

/** How many of the allowed nodes are left; below 0: there are more. Depth is bounded by the parser, except through aliases. */
function countNodes(value: unknown, depth: number, left: number): number {
  if (typeof value !== 'object' || value === null) return left - 1;
  if (depth > 200) return -1;
  let remaining = left - 1;
  for (const part of Object.values(value)) {
    remaining = countNodes(part, depth + 1, remaining);
    if (remaining < 0) return -1;
  }
  return remaining;
}

function describe(problem: unknown): string {
  if (!(problem instanceof Error)) return 'it is no YAML';
  const reason =
    problem instanceof YAMLException
      ? `${problem.reason}${problem.mark === undefined ? '' : `, line ${problem.mark.line + 1}`}`
      : problem.message;
  return reason.replace(/\s+/g, ' ').slice(0, 160);
}
