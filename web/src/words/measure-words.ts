import type { Series } from '../contract-parts.ts';

/** "3.1 %" for a share, three figures for anything else. */
export function measureWords(value: number, unit: Series['unit']): string {
  if (unit === undefined) return plainNumber(value);
  const percent = unit === 'share' ? value * 100 : value;
  return `${percent !== 0 && Math.abs(percent) < 0.1 ? plainNumber(percent) : Number(percent.toFixed(1))} %`;
}

function plainNumber(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || !Number.isFinite(value)) return String(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  return String(Number(size >= 1000 ? value.toFixed(0) : value.toPrecision(3)));
}

/** "alert above 5 %". Undefined: the alert compares with no plain number. */
export function thresholdWords({ threshold, worse, unit }: Series): string | undefined {
  if (threshold === undefined) return undefined;
  return `alert ${worse === 'lower' ? 'below' : worse === 'higher' ? 'above' : 'at'} ${measureWords(threshold, unit)}`;
}

/** "0.17"; what rounds to nothing is told as smaller than. */
export function probabilityWords(value: number): string {
  return value < 0.005 ? '< 0.01' : value.toFixed(2);
}

/** "almost certain (96 %)": the words of the notes. */
export function confidenceWords(confidence: number): string {
  return `${certainty(confidence)} (${shareWords(confidence)})`;
}

/** Never "0 %" or "100 %": neither is ever known from evidence. */
function shareWords(share: number): string {
  const percent = Math.round(share * 100);
  if (percent < 1) return 'under 1 %';
  return percent > 99 ? 'over 99 %' : `${percent} %`;
}

function certainty(confidence: number): string {
  if (confidence >= 0.95) return 'almost certain';
  if (confidence >= 0.8) return 'very likely';
  if (confidence >= 0.55) return 'likely';
  return confidence >= 0.3 ? 'possible' : 'unlikely';
}
