import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode, Tree } from '@lezer/common';
import type { AlertExpression } from '../domain/alert.ts';
import { isPast } from '../domain/threshold.ts';
import { constantOf } from './promql-constant.ts';
import { type Selector, selectorsWithin } from './promql-selectors.ts';

type Comparison = NonNullable<AlertExpression['comparison']>;

/** The longest rules in wide use (burn rates over several windows) stay below 3,000 characters; far longer ones only cost time. */
const longestExpression = 8192;

/**
 * What a rule's PromQL measures and what it holds that against. Undefined: not PromQL. Never throws.
 * Only a comparison that must hold for the alert to fire is taken: with `and` and `unless` the first one; with `or` none, since
 * another branch can fire as well.
 */
export function readAlertExpression(promql: string): AlertExpression | undefined {
  if (promql.length > longestExpression) return undefined;
  const expression = onOneLine(promql);
  if (expression === '') return undefined;
  const tree = parser.parse(expression);
  const root = tree.topNode.firstChild;
  if (root === null || hasError(tree)) return undefined;
  const main = mainComparison(root, expression);
  const measuredNode = main?.measured ?? unwrap(root);
  const selectors = selectorsWithin(measuredNode, expression);
  return {
    expression,
    measured: main === undefined ? expression : textOf(main.measured, expression),
    comparison: main?.comparison,
    labels: sharedLabels(selectors),
    metrics: [...new Set(selectors.flatMap((selector) => selector.metric ?? []))].toSorted(),
  };
}

/** Comments and line breaks mean nothing in PromQL, but those inside quoted text do. */
function onOneLine(promql: string): string {
  return promql
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|\s+/g, (part) => (/^["'`]/.test(part) ? part : ' '))
    .replace(/^ +| +$/g, '');
}

function hasError(tree: Tree): boolean {
  let isBroken = false;
  tree.iterate({
    enter: (node) => {
      isBroken ||= node.type.isError;
    },
  });
  return isBroken;
}

interface MainComparison {
  readonly measured: SyntaxNode;
  readonly comparison: Comparison;
}

const operators: { readonly [name: string]: Comparison['operator'] } = { Gtr: '>', Gte: '>=', Lss: '<', Lte: '<=', Eql: '==', Neq: '!=' };
const mirrored: { readonly [Operator in Comparison['operator']]: Comparison['operator'] } = {
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
  '==': '==',
  '!=': '!=',
};
const opposite: { readonly [Operator in Comparison['operator']]: Comparison['operator'] } = {
  '>': '<=',
  '>=': '<',
  '<': '>=',
  '<=': '>',
  '==': '!=',
  '!=': '==',
};

function mainComparison(wrapped: SyntaxNode, expression: string): MainComparison | undefined {
  const node = unwrap(wrapped);
  if (node.name !== 'BinaryExpr') return undefined;
  const { firstChild: left, lastChild: right } = node;
  if (left === null || right === null) return undefined;
  if (node.getChild('And') !== null) return mainComparison(left, expression) ?? mainComparison(right, expression);
  if (node.getChild('Unless') !== null) return mainComparison(left, expression);
  const operator = Object.entries(operators).find(([name]) => node.getChild(name) !== null)?.[1];
  return operator === undefined ? undefined : heldAgainst({ left, right, operator }, expression);
}

interface Sides {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
  readonly operator: Comparison['operator'];
}

/** `x > 5`, `5 < x`, and `(x > bool 5) == 1`, which all say the same. */
function heldAgainst({ left, right, operator }: Sides, expression: string): MainComparison | undefined {
  const rightValue = constantOf(right, expression);
  const leftValue = constantOf(left, expression);
  if ((rightValue === undefined) === (leftValue === undefined)) return undefined;
  const measured = rightValue === undefined ? right : left;
  const comparison: Comparison =
    rightValue === undefined ? { operator: mirrored[operator], threshold: leftValue ?? 0 } : { operator, threshold: rightValue };
  if (!Number.isFinite(comparison.threshold)) return undefined;
  const inner = unwrap(measured);
  const isTruth = inner.name === 'BinaryExpr' && inner.getChild('BoolModifier') !== null;
  return (isTruth ? asTruth(mainComparison(inner, expression), comparison) : undefined) ?? { measured, comparison };
}

/** The comparison inside, where the outer one only asks whether it holds (1) or does not (0). */
function asTruth(inner: MainComparison | undefined, outer: Comparison): MainComparison | undefined {
  const holdsFor = (value: number): boolean => isPast(value, outer);
  if (inner === undefined || holdsFor(0) === holdsFor(1)) return undefined;
  return holdsFor(1)
    ? inner
    : { measured: inner.measured, comparison: { ...inner.comparison, operator: opposite[inner.comparison.operator] } };
}

function unwrap(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.name === 'ParenExpr') {
    const content = inner.firstChild;
    if (content === null) return inner;
    inner = content;
  }
  return inner;
}

function textOf(wrapped: SyntaxNode, expression: string): string {
  const node = unwrap(wrapped);
  return expression.slice(node.from, node.to);
}

/** Label matchers that all selectors have alike. */
function sharedLabels([first, ...others]: readonly Selector[]): { readonly [name: string]: string } {
  const shared = Object.entries(first?.labels ?? {}).filter(([name, value]) => others.every((other) => other.labels[name] === value));
  return Object.fromEntries(shared);
}
