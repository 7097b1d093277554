import { z } from 'zod';
import type { MetricPoint, MetricSeries } from '../../domain/evidence.ts';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import { plainText } from '../../domain/plain-text.ts';
import { redactEnvironmentValue } from '../../domain/redaction.ts';

const labels = z.record(z.string(), z.string());
const sample = z.tuple([z.number(), z.string()]);
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(sample).optional() })),
});
const vector = z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: labels, value: sample.optional() })) });
const scalar = z.object({ resultType: z.literal('scalar'), result: sample });

/** The series of a range query. Undefined: the answer has another form. Series with native histograms only have no points. */
export function readMatrix(data: unknown): readonly MetricSeries[] | undefined {
  const read = matrix.safeParse(data);
  return read.success
    ? read.data.result.map(({ metric, values }) => ({ labels: safeLabels(metric), points: (values ?? []).flatMap(pointOf) }))
    : undefined;
}

/** The series of an instant query, each with one point at most. Undefined: the answer has another form. */
export function readVector(data: unknown): readonly MetricSeries[] | undefined {
  const read = vector.safeParse(data);
  return read.success
    ? read.data.result.map(({ metric, value }) => ({ labels: safeLabels(metric), points: value === undefined ? [] : pointOf(value) }))
    : undefined;
}

/** The server's own time, as `time()` tells it, in milliseconds. Undefined: the answer has another form. */
export function readTime(data: unknown): number | undefined {
  const read = scalar.safeParse(data);
  return read.success ? Math.round(Number(read.data.result[1]) * millisecondsPerSecond) : undefined;
}

/** "NaN" and "+Inf" are no measurement (nothing divided by nothing), and no recording could hold them: they are a gap. */
function pointOf([seconds, text]: z.infer<typeof sample>): readonly MetricPoint[] {
  const value = Number(text);
  return Number.isFinite(value) ? [{ at: Math.round(seconds * millisecondsPerSecond), value }] : [];
}

export function safeLabels(from: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [plainText(name), plainText(redactEnvironmentValue(name, value))]));
}
