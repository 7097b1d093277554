import type { SyntaxNode } from '@lezer/common';

const secondsOf: { readonly [unit: string]: number } = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** The value of a PromQL expression that reads no metric, such as `5`, `-0.5`, `10 * 1024 ^ 2` or `5m` (in seconds). Undefined: it reads one. */
export function constantOf(node: SyntaxNode, expression: string): number | undefined {
  const text = expression.slice(node.from, node.to);
  if (node.name === 'NumberDurationLiteral') return literalValue(text);
  const { firstChild: first, lastChild: last } = node;
  if (first === null || last === null) return undefined;
  if (node.name === 'ParenExpr') return constantOf(first, expression);
  if (node.name === 'UnaryExpr') {
    const value = constantOf(last, expression);
    return value === undefined ? undefined : text.startsWith('-') ? -value : value;
  }
  return node.name === 'BinaryExpr' ? computed(node, constantOf(first, expression), constantOf(last, expression)) : undefined;
}

function computed(node: SyntaxNode, left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (node.getChild('Add') !== null) return left + right;
  if (node.getChild('Sub') !== null) return left - right;
  if (node.getChild('Mul') !== null) return left * right;
  if (node.getChild('Div') !== null) return left / right;
  if (node.getChild('Mod') !== null) return left % right;
  return node.getChild('Pow') === null ? undefined : left ** right;
}

function literalValue(written: string): number | undefined {
  const sign = written.startsWith('-') ? -1 : 1;
  const text = written.replace(/^[+-]\s*/, '').replaceAll('_', '');
  if (/^inf$/i.test(text)) return sign * Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  const isDuration = parts.length > 0 && parts.map((part) => part[0]).join('') === text;
  if (isDuration) return sign * parts.reduce((sum, [, count, unit]) => sum + Number(count) * (secondsOf[unit ?? ''] ?? 0), 0);
  const value = Number(text);
  return Number.isNaN(value) ? undefined : sign * value;
}
