import type { AlertExpression, Question } from '../../domain/alert.ts';
import { type Citation, type Claim, claimFromAll, citeList } from '../../domain/citation.ts';
import type { MetricResult, ScrapeTarget } from '../../domain/evidence.ts';
import type { FactSource } from '../fact-source.ts';
import { alertMetricOf } from './alert-metric.ts';
import type { ScrapeState } from './decide-verdict.ts';
import { areCompatible } from '../../domain/same-alert.ts';

export interface ScrapeSignal {
  readonly state: ScrapeState;
  readonly claims: readonly Claim[];
  /** True: the alert is about scraping itself, so a target that is down confirms it instead of casting doubt on it. */
  readonly isWhatTheAlertWatches: boolean;
}

/** Labels that say which target a measurement comes from. At least one must agree and none may differ. */
const identifying = ['job', 'service', 'pod', 'namespace', 'instance', 'app', 'container'] as const;
const shownAtMost = 4;

/** Does the monitoring still reach what the alert measures? */
export function readScrape(question: Question, facts: FactSource): ScrapeSignal {
  const isWhatTheAlertWatches = isAboutScraping(question.alertExpression);
  const targets = facts.get('scrape-targets') ?? targetsFromUp(facts.get('metrics') ?? []);
  if (targets.length === 0) return { state: 'unknown', claims: [], isWhatTheAlertWatches };
  const wanted = wantedLabels(question, facts);
  const ours = targetsOf(targets, wanted);
  if (ours.length === 0) return { ...nobodyScrapes(question, targets), isWhatTheAlertWatches };
  const down = ours.filter((target) => target.health === 'down');
  const isAnyUp = ours.some((target) => target.health === 'up');
  if (down.length === 0 && !isAnyUp) return { state: 'unknown', claims: [], isWhatTheAlertWatches };
  const says = `${ours.length - down.length} of ${ours.length} scrape targets behind the measurement answer.`;
  const claims = claimsOf(says, down.length > 0 ? down : ours);
  return { state: isAnyUp ? 'up' : 'down', claims, isWhatTheAlertWatches };
}

function isAboutScraping(expression: AlertExpression | undefined): boolean {
  if (expression === undefined) return false;
  // "absent(x) or x < 1" is about x: that it fires when x is no longer collected as well is a precaution of its author.
  const isEitherWay = /\)\s*or\b|\bor\s+absent/i.test(expression.measured);
  return expression.metrics.includes('up') || (/\babsent(_over_time)?\s*\(/.test(expression.measured) && !isEitherWay);
}

function wantedLabels(question: Question, facts: FactSource): { readonly [name: string]: string } {
  const series = alertMetricOf(question, facts)?.result.series ?? [];
  const measured = series.length === 1 ? series[0]?.labels : undefined;
  return { ...question.alert?.labels, ...measured, ...question.alertExpression?.labels };
}

/**
 * Where the job is known, it decides: an exporter that reports on others (kube-state-metrics) puts their namespace and pod into
 * its series, while its own target carries its own. Other labels narrow the job only where they fit at all.
 */
function targetsOf(targets: readonly ScrapeTarget[], wanted: { readonly [name: string]: string }): readonly ScrapeTarget[] {
  const fitting = targets.filter((target) => isWanted(target, wanted));
  return fitting.length > 0 || wanted['job'] === undefined ? fitting : targets.filter((target) => target.job === wanted['job']);
}

function isWanted(target: ScrapeTarget, wanted: { readonly [name: string]: string }): boolean {
  const own: { readonly [name: string]: string } = { ...target.labels, job: target.job, instance: target.instance };
  const relevant = Object.fromEntries(identifying.flatMap((name) => (wanted[name] === undefined ? [] : [[name, wanted[name]]])));
  return identifying.some((name) => relevant[name] !== undefined && relevant[name] === own[name]) && areCompatible(relevant, own);
}

/** Only a job that the expression itself asks for must exist; a job in the alert's labels can come from anywhere. */
function nobodyScrapes(question: Question, targets: readonly ScrapeTarget[]): Pick<ScrapeSignal, 'state' | 'claims'> {
  const job = question.alertExpression?.labels['job'];
  if (job === undefined || targets.some((target) => target.job === job)) return { state: 'unknown', claims: [] };
  const citation = citeList('scrape-targets', undefined, `no target with job="${job}" among ${targets.length}`);
  return {
    state: 'gone',
    claims: [{ says: `The alert measures job "${job}", and nothing of that job is scraped any longer.`, citing: [citation] }],
  };
}

function claimsOf(says: string, targets: readonly ScrapeTarget[]): readonly Claim[] {
  const claim = claimFromAll(says, targets.slice(0, shownAtMost).map(cite));
  return claim === undefined ? [] : [claim];
}

function cite(target: ScrapeTarget): Citation {
  const shows = target.lastError === undefined || target.lastError === '' ? target.health : `${target.health}: ${target.lastError}`;
  const of = { kind: 'scrape-target', job: target.job, instance: target.instance } as const;
  return target.lastScrapeAt === undefined ? { of, shows } : { of, shows, at: target.lastScrapeAt };
}

/** The metric `up` says the same as the list of targets, where that could not be read: 1 is scraped, 0 is not. */
function targetsFromUp(results: readonly MetricResult[]): readonly ScrapeTarget[] {
  return results
    .filter((result) => /^up\b/.test(result.expression.trim()))
    .flatMap((result) =>
      result.series.flatMap((series) => {
        const last = series.points.at(-1);
        const { job, instance } = series.labels;
        if (last === undefined || job === undefined || instance === undefined) return [];
        return [
          {
            job,
            instance,
            labels: series.labels,
            health: last.value === 0 ? ('down' as const) : ('up' as const),
            lastScrapeAt: last.at,
            lastError: undefined,
          },
        ];
      }),
    );
}
