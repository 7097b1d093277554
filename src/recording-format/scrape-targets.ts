import type { ScrapeTarget } from '../domain/evidence.ts';
import { formatInstant } from '../domain/instant.ts';
import { redactText } from '../domain/redaction.ts';
import { isRecord } from '../domain/shape.ts';
import {
  entriesOf,
  firstOf,
  type LooseRecord,
  labelsOf,
  recordOf,
  textOf,
  timeOf,
  type Understood,
  understandEach,
} from './loose-values.ts';

/** Scrape targets: our own entries, or the answer of Prometheus' /api/v1/targets as it is. */
export function readScrapeTargets(raw: unknown): Understood<ScrapeTarget> {
  const answer = isRecord(raw) && isRecord(raw['data']) ? raw['data'] : raw;
  return understandEach(entriesOf(answer, 'activeTargets', 'targets'), (entry) => {
    const fields = recordOf(entry);
    if (fields['activeTargets'] !== undefined || fields['droppedTargets'] !== undefined) return 'no list of targets';
    const labels = labelsOf(fields['labels']);
    const job = textOf(fields['job']) ?? labels['job'] ?? textOf(fields['scrapePool']);
    const instance = textOf(fields['instance']) ?? labels['instance'] ?? textOf(fields['scrapeUrl']);
    if (job === undefined || instance === undefined) return 'no "job" and "instance", neither as fields nor as labels';
    const health = fields['health'];
    const lastError = textOf(fields['lastError']);
    return {
      job,
      instance,
      labels,
      health: health === 'up' || health === 'down' ? health : 'unknown',
      lastScrapeAt: timeOf(firstOf(fields, 'lastScrapeAt', 'lastScrape')),
      lastError: lastError === undefined ? undefined : redactText(lastError),
    };
  });
}

export function writeScrapeTarget(target: ScrapeTarget): LooseRecord {
  return {
    job: target.job,
    instance: target.instance,
    labels: target.labels,
    health: target.health,
    ...(target.lastScrapeAt === undefined ? {} : { lastScrapeAt: formatInstant(target.lastScrapeAt) }),
    ...(target.lastError === undefined ? {} : { lastError: target.lastError }),
  };
}
