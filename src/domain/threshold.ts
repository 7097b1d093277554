import type { AlertExpression } from './alert.ts';

/** True where the value is on the alert's side of the threshold. */
export function isPast(value: number, { operator, threshold }: NonNullable<AlertExpression['comparison']>): boolean {
  switch (operator) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
  }
}
