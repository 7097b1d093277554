import { formatInstant } from '../domain/instant.ts';
import type { PublishedSeries } from '../domain/investigation.ts';
import { type AlertMetric, alertMetricOf, type Sample } from './alert/alert-metric.ts';
import { measuredUnit } from './alert/expression-form.ts';
import type { Assessment } from './assess.ts';

/** A drawing as wide as a page shows no more than this. */
const mostSamples = 240;

/** What the alert measures, to be drawn. Empty: no metric that was read measures it, or it has no sample at all. */
export function publishMeasured({ question, facts }: Assessment): { readonly measured?: PublishedSeries } {
  const metric = question.alert === undefined ? undefined : alertMetricOf(question, facts);
  if (metric === undefined || metric.samples.length === 0) return {};
  const worse = worseSide(metric);
  const unit = question.alertExpression === undefined ? undefined : measuredUnit(question.alertExpression);
  return {
    measured: {
      expression: metric.result.expression,
      ...(metric.comparison === undefined ? {} : { threshold: metric.comparison.threshold }),
      ...(worse === undefined ? {} : { worse }),
      ...(unit === undefined ? {} : { unit }),
      samples: thinned(metric.samples, worse).map(({ at, value }) => [formatInstant(at), value] as const),
    },
  };
}

function worseSide({ comparison }: AlertMetric): PublishedSeries['worse'] {
  switch (comparison?.operator) {
    case '>':
    case '>=':
      return 'higher';
    case '<':
    case '<=':
      return 'lower';
    default:
      return undefined;
  }
}

/** The worst of each stretch of samples, so that no peak gets lost, and always the last one, which is how things stand. */
function thinned(samples: readonly Sample[], worse: PublishedSeries['worse']): readonly Sample[] {
  const last = samples.at(-1);
  if (samples.length <= mostSamples || last === undefined) return samples;
  const stretch = Math.ceil((samples.length - 1) / (mostSamples - 1));
  const kept: Sample[] = [];
  for (let start = 0; start < samples.length - 1; start += stretch) {
    kept.push(
      samples
        .slice(start, Math.min(start + stretch, samples.length - 1))
        .reduce((worst, sample) => ((worse === 'lower' ? sample.value < worst.value : sample.value > worst.value) ? sample : worst)),
    );
  }
  return [...kept, last];
}
