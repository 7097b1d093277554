/** The middle value; of an even number the mean of the two middle ones. Undefined: there are no values. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/**
 * How far values usually lie from their middle, as a standard deviation would tell it if they were normal, but deaf to outliers:
 * 1.4826 times the median absolute deviation (Rousseeuw and Croux 1993).
 */
export function robustSpread(values: readonly number[]): number | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  const deviation = median(values.map((value) => Math.abs(value - middle)));
  return deviation === undefined ? undefined : 1.4826 * deviation;
}
