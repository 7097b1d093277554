import type { EvidenceKind, Reading } from '../../domain/evidence.ts';
import type { AlertRules } from '../../ports/alert-rules.ts';
import { type EvidenceRequest, type EvidenceSource, type Identity, type Permission, unreadable } from '../../ports/evidence-source.ts';
import { type PrometheusClient, prometheusClient, type PrometheusLimits, usualLimits } from './ask-prometheus.ts';
import { findAlertRule } from './find-alert-rule.ts';
import type { PrometheusAddress } from './prometheus-address.ts';
import { readTime } from './query-answer.ts';
import { readAlertHistory } from './read-alert-history.ts';
import { readMetrics } from './read-metrics.ts';
import { readScrapeTargets } from './read-scrape-targets.ts';

const provides: readonly EvidenceKind[] = ['metrics', 'alert-history', 'scrape-targets'];

const permissions: readonly Permission[] = [
  { resource: '/api/v1/query_range', verbs: ['get', 'post'], why: "the alert's own measurement, and when it fired before" },
  { resource: '/api/v1/query', verbs: ['get'], why: "the server's time, and `up` where there is no list of targets" },
  { resource: '/api/v1/targets', verbs: ['get'], why: 'whether what the alert measures is still scraped' },
  { resource: '/api/v1/rules', verbs: ['get'], why: "the alert's expression, where the page does not carry it" },
];

/** Prometheus, or anything that speaks its HTTP API. */
export function prometheusSource(address: PrometheusAddress, limits: PrometheusLimits = usualLimits): EvidenceSource & AlertRules {
  const client = prometheusClient(address, limits);
  return {
    name: 'prometheus',
    provides,
    permissions,
    identify: (signal) => identify(client, address, signal),
    read: (request, signal) => read(client, request, signal),
    ruleOf: (alert, signal) => findAlertRule(client, alert, signal),
    cost: client.cost,
    close: client.close,
  };
}

async function identify(client: PrometheusClient, address: PrometheusAddress, signal: AbortSignal): Promise<Identity> {
  const answer = await client.ask({ path: '/api/v1/query', parameters: { query: 'time()' } }, signal);
  const now = answer.state === 'answered' ? readTime(answer.data) : undefined;
  if (now !== undefined)
    return { state: 'reached', now, cluster: { source: 'live', name: new URL(address.base).host, version: undefined } };
  const happened = answer.state === 'failed' ? answer.detail : 'its answer to the query time() is no time';
  return {
    state: 'failed',
    attempted: 'reaching Prometheus',
    happened,
    whatToDo: 'Check the address given to --prometheus, for example with curl.',
  };
}

/** The kind decides the form of the answer, which TypeScript cannot follow through the three branches. */
async function read<Kind extends EvidenceKind>(
  client: PrometheusClient,
  request: EvidenceRequest<Kind>,
  signal: AbortSignal,
): Promise<Reading<Kind>> {
  const asked: EvidenceRequest = request;
  if (isFor(asked, 'metrics')) return (await readMetrics(client, asked, signal)) as unknown as Reading<Kind>;
  if (isFor(asked, 'alert-history')) return (await readAlertHistory(client, asked, signal)) as unknown as Reading<Kind>;
  if (isFor(asked, 'scrape-targets')) return (await readScrapeTargets(client, asked, signal)) as unknown as Reading<Kind>;
  return unreadable('not-configured', `Prometheus does not provide ${request.kind}`);
}

function isFor<Kind extends EvidenceKind>(request: EvidenceRequest, kind: Kind): request is EvidenceRequest<Kind> {
  return request.kind === kind;
}
