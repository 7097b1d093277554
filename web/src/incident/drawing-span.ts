import type { Series } from '../contract-parts.ts';
import type { NumberedChange } from './numbered-changes.ts';

/** Milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Drawn {
  readonly changes: readonly NumberedChange[];
  readonly measured: Series | undefined;
  readonly onset: string | undefined;
  /** When the investigation looked last. */
  readonly seenUntil: string;
}

const minuteMilliseconds = 60_000;
/** What is shown before the onset at least, and what a change may lie before it and still be shown. */
const leastBefore = 10 * minuteMilliseconds;
const mostBefore = 120 * minuteMilliseconds;

/** Everything that was read. */
export function wholeSpan({ changes, measured, seenUntil, onset }: Drawn): Span {
  const times = [
    ...(measured?.samples ?? []).map(([at]) => at),
    ...changes.map(({ change }) => change.at),
    ...(onset === undefined ? [] : [onset]),
  ].map((at) => Date.parse(at));
  const to = Math.max(Date.parse(seenUntil), ...times);
  return padded({ from: Math.min(to - leastBefore, ...times), to });
}

/** The onset, and every change that was considered for it. */
export function nearSpan(drawn: Drawn): Span {
  const whole = wholeSpan(drawn);
  if (drawn.onset === undefined) return whole;
  const onset = Date.parse(drawn.onset);
  const considered = drawn.changes
    .filter(({ number }) => number !== undefined)
    .map(({ change }) => Date.parse(change.at))
    .filter((at) => onset - at <= mostBefore);
  return padded({ from: Math.min(onset - leastBefore, ...considered), to: Date.parse(drawn.seenUntil) });
}

function padded({ from, to }: Span): Span {
  const pad = (to - from) * 0.03;
  return { from: from - pad, to: to + pad };
}

/** "stood at 0.4 % at the onset, 22.4 % when it was last seen" needs the sample before a time. */
export function sampleAt(samples: Series['samples'], at: number): number | undefined {
  return samples.findLast(([time]) => Date.parse(time) <= at)?.[1];
}

/** A series with its gaps: where two samples lie much further apart than usual, a line between them would be invented. */
export function withGaps(samples: Series['samples']): { readonly times: readonly number[]; readonly values: readonly (number | null)[] } {
  const at = samples.map(([time]) => Date.parse(time) / 1000);
  const steps = at.slice(1).map((time, index) => time - (at[index] ?? time));
  const usual = steps.toSorted((one, other) => one - other)[Math.floor(steps.length / 2)] ?? 0;
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const [index, [, value]] of samples.entries()) {
    const time = at[index] ?? 0;
    const before = times.at(-1);
    if (before !== undefined && usual > 0 && time - before > 3 * usual) {
      times.push(before + usual);
      values.push(null);
    }
    times.push(time);
    values.push(value);
  }
  return { times, values };
}
