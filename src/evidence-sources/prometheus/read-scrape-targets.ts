import { z } from 'zod';
import type { Reading, ScrapeTarget } from '../../domain/evidence.ts';
import { parseInstant } from '../../domain/instant.ts';
import { plainText } from '../../domain/plain-text.ts';
import { redactText } from '../../domain/redaction.ts';
import { type EvidenceRequest, readAll, unreadable } from '../../ports/evidence-source.ts';
import type { PrometheusClient } from './ask-prometheus.ts';
import { readVector, safeLabels } from './query-answer.ts';
import { seconds } from './read-metrics.ts';

const targetShape = z.object({
  labels: z.record(z.string(), z.string()),
  health: z.string().optional(),
  lastScrape: z.string().optional(),
  lastError: z.string().optional(),
});
const targetsShape = z.object({ activeTargets: z.array(targetShape) });
const mostTargets = 20_000;

/**
 * Everything that is scraped, and whether it answers. Servers that only answer queries (Thanos, Mimir, VictoriaMetrics) have no
 * list of targets, and very large ones send too long a one: `up` then says the same without the errors.
 */
export async function readScrapeTargets(
  client: PrometheusClient,
  request: EvidenceRequest<'scrape-targets'>,
  signal: AbortSignal,
): Promise<Reading<'scrape-targets'>> {
  const answer = await client.ask({ path: '/api/v1/targets', parameters: { state: 'active' } }, signal);
  if (answer.state === 'answered') {
    const shaped = targetsShape.safeParse(answer.data);
    return shaped.success ? bounded(shaped.data.activeTargets.map(targetOf), request) : readFromUp(client, request, signal);
  }
  return answer.because === 'unsupported' || answer.isTooLarge
    ? readFromUp(client, request, signal)
    : unreadable(answer.because, answer.detail);
}

function targetOf({ labels, health, lastScrape, lastError }: z.infer<typeof targetShape>): ScrapeTarget {
  const safe = safeLabels(labels);
  const lastScrapeAt = parseInstant(lastScrape);
  return {
    job: safe['job'] ?? '',
    instance: safe['instance'] ?? '',
    labels: safe,
    health: health === 'up' || health === 'down' ? health : 'unknown',
    // Go's zero time stands for "never".
    lastScrapeAt: lastScrapeAt === undefined || lastScrapeAt < 0 ? undefined : lastScrapeAt,
    lastError: lastError === undefined || lastError === '' ? undefined : redactText(plainText(lastError)).slice(0, 500),
  };
}

async function readFromUp(
  client: PrometheusClient,
  request: EvidenceRequest<'scrape-targets'>,
  signal: AbortSignal,
): Promise<Reading<'scrape-targets'>> {
  const answer = await client.ask({ path: '/api/v1/query', parameters: { query: 'up', time: seconds(request.until) } }, signal);
  if (answer.state === 'failed') return unreadable(answer.because, answer.detail);
  const series = readVector(answer.data);
  if (series === undefined)
    return unreadable('malformed', 'the answer to the query for up is of another form than the Prometheus API gives');
  return bounded(
    series.flatMap(({ labels, points: [point] }) => {
      const { __name__: _name, ...own } = labels;
      const health = point === undefined ? 'unknown' : point.value === 0 ? 'down' : 'up';
      return [
        {
          job: own['job'] ?? '',
          instance: own['instance'] ?? '',
          labels: own,
          health,
          lastScrapeAt: point?.at,
          lastError: undefined,
        } as const,
      ];
    }),
    request,
  );
}

function bounded(targets: readonly ScrapeTarget[], request: EvidenceRequest): Reading<'scrape-targets'> {
  const gaps =
    targets.length > mostTargets
      ? [
          {
            what: 'further scrape targets',
            because: 'unsupported' as const,
            detail: `${targets.length} targets were found; the first ${mostTargets} were kept`,
          },
        ]
      : [];
  return readAll(request.until, targets.slice(0, mostTargets), gaps);
}
