import { createHash } from 'node:crypto';
import { dump } from 'js-yaml';
import { parseTemplate, type Term, type TemplatePart } from './parse-template.ts';

/** What a template may speak of: ".Values.image" is root.Values.image. */
export interface TemplateRoot {
  readonly Values: { readonly [name: string]: unknown };
  readonly Release: { readonly Name: string; readonly Namespace: string };
}

/**
 * The part of Helm's templates that our chart makes use of, as Helm renders it. What is not in it is refused, and so is a
 * value that does not exist: Helm would write nothing, and nobody would see why.
 */
export function renderTemplate(template: string, root: TemplateRoot): string {
  return renderParts(parseTemplate(template), { root, dot: undefined });
}

interface Scope {
  readonly root: TemplateRoot;
  /** Inside a range: the item. */
  readonly dot: unknown;
}

function renderParts(parts: readonly TemplatePart[], scope: Scope): string {
  return parts.map((part) => renderPart(part, scope)).join('');
}

function renderPart(part: TemplatePart, scope: Scope): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'value':
      return spoken(evaluate(part.pipeline, scope));
    case 'if':
      return renderParts(isTrue(evaluate(part.pipeline, scope)) ? part.inside : part.otherwise, scope);
    case 'range': {
      const items = evaluate(part.pipeline, scope);
      if (!Array.isArray(items)) throw new Error('range goes over lists only');
      return items.map((dot: unknown) => renderParts(part.inside, { ...scope, dot })).join('');
    }
  }
}

function evaluate(pipeline: readonly (readonly Term[])[], scope: Scope): unknown {
  return pipeline.reduce<unknown>((before, [first, ...rest], index) => {
    if (first === undefined) throw new Error('an empty step in a pipeline');
    const given = [...rest.map((term) => operand(term, scope)), ...(index === 0 ? [] : [before])];
    return first.kind === 'function' ? call(first.name, given) : operand(first, scope);
  }, undefined);
}

function operand(term: Term, scope: Scope): unknown {
  switch (term.kind) {
    case 'literal':
      return term.value;
    case 'dot':
      return scope.dot;
    case 'path':
      return term.names.reduce<unknown>((value, name) => fieldOf(value, name, term.names), scope.root);
    case 'function':
      throw new Error(`"${term.name}" stands where a value is expected`);
  }
}

function fieldOf(value: unknown, name: string, path: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) throw new Error(`there is no .${path.join('.')}`);
  return Reflect.get(value, name);
}

function call(name: string, given: readonly unknown[]): unknown {
  const [first, second] = given;
  switch (name) {
    case 'quote':
      return JSON.stringify(spoken(first));
    case 'toYaml':
      return dump(first, { sortKeys: true, lineWidth: -1, seqNoIndent: true }).trimEnd();
    case 'toJson':
      return JSON.stringify(first, (_key, value: unknown) => sorted(value));
    case 'sha256sum':
      return createHash('sha256').update(spoken(first)).digest('hex');
    case 'nindent':
      return `\n${spoken(second)}`.replaceAll('\n', `\n${' '.repeat(Number(first))}`);
    case 'printf':
      return spoken(first).replace('%s', () => spoken(second));
    case 'index':
      return fieldOf(first, spoken(second), ['…', spoken(second)]);
    case 'not':
      return !isTrue(first);
    default:
      throw new Error(`"${name}" is none of the functions that our chart makes use of`);
  }
}

function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;
}

function spoken(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error('a list or a map stands where a text is expected; write it with toYaml');
}

function isTrue(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;
}
