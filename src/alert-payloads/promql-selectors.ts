import type { SyntaxNode } from '@lezer/common';

/** One place of an expression that reads a metric. */
export interface Selector {
  /** Absent: chosen by labels alone. */
  readonly metric: string | undefined;
  /** Matchers of the form name="value". */
  readonly labels: { readonly [name: string]: string };
}

export function selectorsWithin(node: SyntaxNode, expression: string): readonly Selector[] {
  const selectors: Selector[] = [];
  node.cursor().iterate((each) => {
    if (each.name === 'VectorSelector') selectors.push(selectorOf(each.node, expression));
  });
  return selectors;
}

function selectorOf(node: SyntaxNode, expression: string): Selector {
  const textOf = (part: SyntaxNode | null): string | undefined => (part === null ? undefined : expression.slice(part.from, part.to));
  const matchers = node.getChild('LabelMatchers');
  const equal = [...(matchers?.getChildren('UnquotedLabelMatcher') ?? []), ...(matchers?.getChildren('QuotedLabelMatcher') ?? [])].flatMap(
    (matcher) => {
      const name = textOf(matcher.getChild('LabelName')) ?? unquoted(textOf(matcher.getChild('QuotedLabelName')));
      const value = unquoted(textOf(matcher.getChild('StringLiteral')));
      const isEqual = textOf(matcher.getChild('MatchOp')) === '=';
      return name === undefined || value === undefined || !isEqual ? [] : [[name, value] as const];
    },
  );
  const quotedMetric = unquoted(textOf(matchers?.getChild('QuotedLabelName') ?? null));
  const named = equal.find(([name]) => name === '__name__')?.[1];
  return {
    metric: textOf(node.getChild('Identifier')) ?? quotedMetric ?? named,
    labels: Object.fromEntries(equal.filter(([name]) => name !== '__name__')),
  };
}

/** PromQL quotes as Go does; only the escapes that occur in label values are undone. */
function unquoted(literal: string | undefined): string | undefined {
  if (literal === undefined || literal.length < 2) return undefined;
  const inner = literal.slice(1, -1);
  return literal.startsWith('`')
    ? inner
    : inner.replace(/\\(["'\\nt])/g, (_whole, escaped: string) => ({ n: '\n', t: '\t' })[escaped] ?? escaped);
}
