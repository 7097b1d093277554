import type { AlertExpression } from '../../domain/alert.ts';
import type { MeasuredErrors } from '../../domain/observation.ts';

/**
 * What the measured side of an expression counts in. A quotient of counters that count the same kind of thing is a share;
 * a quotient with seconds or bytes in it is not. Undefined: anything else.
 */
export function measuredUnit({ measured, metrics, comparison }: AlertExpression): MeasuredErrors['unit'] {
  const isOfCounters = metrics.length > 0 && metrics.every((metric) => /_(total|count)$/.test(metric) && !/(second|byte)s?_/.test(metric));
  if (!isOfCounters || !measured.includes('/')) return undefined;
  if (/\*\s*100\b|\b100\s*\*/.test(measured)) return 'percent';
  return comparison === undefined || Math.abs(comparison.threshold) <= 1 ? 'share' : undefined;
}

const unitSeconds: { readonly [unit: string]: number } = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** The longest range in the expression, such as 300 for "[5m]". Undefined: it has none. */
export function secondsLookedBack(measured: string): number | undefined {
  const ranges = [...measured.matchAll(/\[\s*((?:\d+(?:ms|[smhdwy]))+)\s*(?::[^\]]*)?\]/g)].map(([, range = '']) =>
    [...range.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0), 0),
  );
  return ranges.length === 0 ? undefined : Math.max(...ranges);
}
