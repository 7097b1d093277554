import type { AlertExpression } from '../../domain/alert.ts';

/** A threshold in the words of a page, for example "> 5%". */
export interface StatedThreshold {
  readonly operator: '>' | '>=' | '<' | '<=';
  readonly value: number;
  readonly isPercent: boolean;
}

const operators: readonly (readonly [RegExp, StatedThreshold['operator']])[] = [
  [/^(>=|≥|at least)$/i, '>='],
  [/^(<=|≤|at most)$/i, '<='],
  [/^(>|above|over|exceed(s|ed|ing)?|more than|greater than|higher than)$/i, '>'],
  [/^(<|below|under|less than|fewer than|lower than)$/i, '<'],
];
const comparison =
  /(>=|<=|≥|≤|>|<|\b(?:above|over|exceed(?:s|ed|ing)?|more than|greater than|higher than|below|under|less than|fewer than|lower than|at least|at most)\b)\s*(-?\d+(?:\.\d+)?)\s*(%|percent\b)?(?![\w.])/gi;
/** "over 5 minutes" is a window, not a threshold. */
const followedByTime = /^\s*-?\s*(s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)\b/i;

/** The one threshold that the text states. Undefined: it states none, or several, so that none can be relied on. */
export function readStatedThreshold(text: string): StatedThreshold | undefined {
  const found = [...text.matchAll(comparison)].flatMap((match) => {
    const operator = operators.find(([pattern]) => pattern.test(match[1] ?? ''))?.[1];
    const isWindow = followedByTime.test(text.slice((match.index ?? 0) + match[0].length));
    return operator === undefined || isWindow ? [] : [{ operator, value: Number(match[2]), isPercent: match[3] !== undefined }];
  });
  const distinct = new Map(found.map((each) => [`${each.operator}${each.value}${String(each.isPercent)}`, each]));
  const [only, ...more] = distinct.values();
  return more.length === 0 ? only : undefined;
}

/**
 * The stated threshold in the scale of the measurement. Monitoring writes a percentage as a share of 1 unless it multiplies by
 * a hundred; a measurement with values above 1 cannot be a share.
 */
export function thresholdFor(
  stated: StatedThreshold,
  expression: string,
  largestValue: number,
): NonNullable<AlertExpression['comparison']> {
  const isShare = stated.isPercent && !/\*\s*100\b|\b100\s*\*/.test(expression) && Math.abs(largestValue) <= 1;
  return { operator: stated.operator, threshold: isShare ? stated.value / 100 : stated.value };
}
