export type Term =
  /** ".Values.image" → Values, image. */
  | { readonly kind: 'path'; readonly names: readonly string[] }
  | { readonly kind: 'dot' }
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'function'; readonly name: string };

/** "toYaml .Values.x | nindent 4": the terms of each step. */
type Pipeline = readonly (readonly Term[])[];

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly pipeline: Pipeline }
  | { readonly kind: 'range'; readonly pipeline: Pipeline; readonly inside: readonly TemplatePart[] }
  | {
      readonly kind: 'if';
      readonly pipeline: Pipeline;
      readonly inside: readonly TemplatePart[];
      readonly otherwise: readonly TemplatePart[];
    };

type Token = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'action'; readonly words: string };

/** Source: https://pkg.go.dev/text/template. Throws where the template makes use of anything that is not here. */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const tokens = [...tokensOf(template)];
  const { parts, rest } = parseUntil(tokens, []);
  if (rest.length > 0) throw new Error('an end, or an else, that belongs to nothing');
  return parts;
}

function* tokensOf(template: string): Generator<Token> {
  let from = 0;
  let trimsNext = false;
  for (const found of template.matchAll(/\{\{(-?) ?(.*?) ?(-?)\}\}/g)) {
    const between = template.slice(from, found.index);
    const begun = trimsNext ? between.trimStart() : between;
    yield { kind: 'text', text: found[1] === '-' ? begun.trimEnd() : begun };
    yield { kind: 'action', words: found[2] ?? '' };
    trimsNext = found[3] === '-';
    from = found.index + found[0].length;
  }
  const last = template.slice(from);
  yield { kind: 'text', text: trimsNext ? last.trimStart() : last };
}

interface Parsed {
  readonly parts: readonly TemplatePart[];
  /** From the word that ended it. */
  readonly rest: readonly Token[];
}

function parseUntil(tokens: readonly Token[], ends: readonly string[]): Parsed {
  const parts: TemplatePart[] = [];
  let rest = tokens;
  for (;;) {
    const [token, ...more] = rest;
    if (token === undefined) {
      if (ends.length > 0) throw new Error(`without its ${ends.join(' or ')}`);
      return { parts, rest };
    }
    if (token.kind === 'action' && ['else', 'end'].includes(token.words)) return { parts, rest };
    if (token.kind === 'text') {
      parts.push(token);
      rest = more;
    } else {
      const block = parseAction(token.words, more);
      parts.push(block.part);
      rest = block.rest;
    }
  }
}

function parseAction(words: string, after: readonly Token[]): { readonly part: TemplatePart; readonly rest: readonly Token[] } {
  const [, word, condition = ''] = /^(if|range) (.*)$/.exec(words) ?? [];
  if (word === undefined) return { part: { kind: 'value', pipeline: pipelineOf(words) }, rest: after };
  const pipeline = pipelineOf(condition);
  const inside = parseUntil(after, ['end', 'else']);
  const [closing, ...more] = inside.rest;
  if (closing?.kind === 'action' && closing.words === 'end')
    return {
      part:
        word === 'if' ? { kind: 'if', pipeline, inside: inside.parts, otherwise: [] } : { kind: 'range', pipeline, inside: inside.parts },
      rest: more,
    };
  if (word === 'range') throw new Error('a range with an else');
  const otherwise = parseUntil(more, ['end']);
  const [end, ...rest] = otherwise.rest;
  if (end?.kind !== 'action' || end.words !== 'end') throw new Error('an else without its end');
  return { part: { kind: 'if', pipeline, inside: inside.parts, otherwise: otherwise.parts }, rest };
}

function pipelineOf(words: string): Pipeline {
  return words.split(' | ').map((step) => (step.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map(termOf));
}

function termOf(word: string): Term {
  if (word === '.') return { kind: 'dot' };
  if (/^\.[A-Za-z][A-Za-z.]*$/.test(word)) return { kind: 'path', names: word.slice(1).split('.') };
  if (word.startsWith('"')) return { kind: 'literal', value: String(JSON.parse(word)) };
  if (/^\d+$/.test(word)) return { kind: 'literal', value: Number(word) };
  if (/^[A-Za-z0-9]+$/.test(word)) return { kind: 'function', name: word };
  throw new Error(`"${word}" is nothing that our chart makes use of`);
}
