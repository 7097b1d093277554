export interface Stretch {
  /** Index of its first value. */
  readonly start: number;
  readonly values: readonly number[];
}

/** Unbroken runs of values: a line is never drawn across what was not seen. */
export function stretchesOf(values: readonly (number | undefined)[]): readonly Stretch[] {
  const stretches: { start: number; values: number[] }[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const last = stretches.at(-1);
    if (last !== undefined && last.start + last.values.length === index) last.values.push(value);
    else stretches.push({ start: index, values: [value] });
  }
  return stretches;
}
