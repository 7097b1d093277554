import type { Alert, Question } from '../domain/alert.ts';
import { groupBy } from '../domain/collection.ts';
import type { EvidenceKind } from '../domain/evidence.ts';
import { millisecondsPerSecond } from '../domain/instant.ts';
import type { MeasuredErrors, Observation, ReplicaCounts, Unseen } from '../domain/observation.ts';
import type { Replicas } from '../domain/replica.ts';
import { isFiringOf } from '../domain/same-alert.ts';
import { spokenNumber } from '../domain/spoken-number.ts';
import { type Subject, spokenSubject } from '../domain/subject.ts';
import { type AlertMetric, alertMetricOf } from './alert/alert-metric.ts';
import { measuredUnit, secondsLookedBack } from './alert/expression-form.ts';
import { readScrape } from './alert/scrape-signal.ts';
import type { Assessment } from './assess.ts';
import type { FactSource } from './fact-source.ts';

/**
 * How things stand, seen from the three sides that have to agree. `target` is handed in: once the failing replicas are
 * gone, nothing in the cluster tells any more whom the incident is about.
 */
export function observe(assessment: Assessment, target: Subject | undefined): Observation {
  const alert = alertState(assessment);
  return {
    at: assessment.snapshot.takenAt,
    replicas: countReplicas(assessment, target),
    errors: measuredErrors(assessment, alert.state === 'quiet'),
    alert,
  };
}

function countReplicas(assessment: Assessment, target: Subject | undefined): ReplicaCounts | Unseen {
  if (target === undefined) return { state: 'not-asked-for', detail: 'Nothing says which workload to watch.' };
  const { facts } = assessment;
  const replicas = facts.get('replicas');
  if (replicas === undefined) return unreadable(assessment, 'pods');
  if (facts.get('pods')?.isComplete(target.namespace) !== true)
    return { state: 'unreadable', detail: 'Not all pods could be read, so failing ones may be among those that are missing.' };
  const wanted = wantedReplicas(target, facts);
  return typeof wanted === 'string' ? { state: 'unreadable', detail: wanted } : { ...countsOf(target, replicas), ...wanted };
}

function countsOf(target: Subject, replicas: Replicas): ReplicaCounts {
  const members = (target.kind === 'Node' ? replicas.onNode(target.name) : replicas.ofWorkload(target)).filter(
    ({ health }) => health !== 'finished',
  );
  const staying = members.filter(({ pod }) => pod.metadata.deletionTimestamp === undefined);
  const count = (healths: readonly string[]): number => staying.filter(({ health }) => healths.includes(health)).length;
  const leaving = members.length - staying.length;
  return {
    state: 'seen',
    failing: count(['failing']),
    healthy: count(['healthy']),
    undecided: count(['starting', 'unknown', 'leaving']),
    ...(leaving === 0 ? {} : { leaving }),
  };
}

const owners = { Deployment: 'deployments', StatefulSet: 'statefulsets', ReplicaSet: 'replicasets', DaemonSet: 'daemonsets' } as const;

/** A text: why it is not known how many replicas are wanted, so that missing ones would go unnoticed. */
function wantedReplicas({ kind, namespace, name }: Subject, facts: FactSource): { readonly wanted?: number } | string {
  if (!(kind in owners)) return {};
  const list = owners[kind as keyof typeof owners];
  const owner = facts.get(list);
  const found = owner?.named(namespace, name);
  if (owner === undefined) return `The ${list} could not be read, so it is not known how many replicas are wanted.`;
  if (found === undefined) return `${spokenSubject({ kind, ...(namespace === undefined ? {} : { namespace }), name })} was not found.`;
  const wanted = found.kind === 'DaemonSet' ? found.status.desiredNumberScheduled : found.spec.replicas;
  return wanted === undefined ? {} : { wanted };
}

function unreadable({ snapshot }: Assessment, kind: EvidenceKind): Unseen {
  const reading = snapshot.readings[kind];
  const why = reading === undefined ? 'nobody asked for it' : reading.state === 'read' ? 'it is incomplete' : reading.detail;
  return { state: 'unreadable', detail: `${kind}: ${why}` };
}

/** A page that is only a sentence, where no monitoring was given in which to look it up, asks for nothing that could be watched. */
function isOnlyWords({ alert }: Question, { snapshot }: Assessment, kind: EvidenceKind): boolean {
  const reading = snapshot.readings[kind];
  return (
    alert?.source === 'description' && (reading === undefined || (reading.state === 'unreadable' && reading.because === 'not-configured'))
  );
}

function alertState(assessment: Assessment): Observation['alert'] {
  const { question, facts } = assessment;
  const { alert } = question;
  if (alert === undefined) return { state: 'not-asked-for', detail: 'Nobody was paged.' };
  const history = facts.get('alert-history');
  if (history === undefined)
    return isOnlyWords(question, assessment, 'alert-history')
      ? { state: 'not-asked-for', detail: 'The page is a sentence, and no monitoring was given to look it up in.' }
      : unreadable(assessment, 'alert-history');
  const ours = history.filter((firing) => isFiringOf(alert, firing));
  if (ours.length === 0) return unknownAlert(alert);
  // Each label set is an alert of its own, and an earlier firing without an end was over when the next one began.
  const latest = [...groupBy(ours, ({ labels }) => labelKey(labels)).values()].map((firings) =>
    firings.reduce((last, each) => (each.startedAt >= last.startedAt ? each : last)),
  );
  return { state: latest.some(({ endedAt }) => endedAt === undefined) ? 'firing' : 'quiet' };
}

function labelKey(labels: { readonly [name: string]: string }): string {
  return JSON.stringify(Object.entries(labels).toSorted(([left], [right]) => left.localeCompare(right)));
}

function unknownAlert({ name, source }: Alert): Unseen {
  const detail = `The alert history that was read does not know "${name}".`;
  return { state: source === 'description' ? 'not-asked-for' : 'unreadable', detail };
}

function measuredErrors(assessment: Assessment, isAlertQuiet: boolean): MeasuredErrors | Unseen {
  const { question, facts } = assessment;
  if (question.alertExpression === undefined)
    return { state: 'not-asked-for', detail: 'The page brings no expression that could be measured.' };
  if (facts.get('metrics') === undefined)
    return isOnlyWords(question, assessment, 'metrics')
      ? { state: 'not-asked-for', detail: 'No monitoring was given that could measure what the page is about.' }
      : unreadable(assessment, 'metrics');
  const metric = alertMetricOf(question, facts);
  if (metric === undefined) return { state: 'unreadable', detail: 'No metric that was read measures what the alert measures.' };
  const scrape = readScrape(question, facts);
  // Rates and the last value go on for minutes after the last scrape, so they would look fresh.
  if (!scrape.isWhatTheAlertWatches && (scrape.state === 'down' || scrape.state === 'gone'))
    return { state: 'unreadable', detail: 'Nothing scrapes what the alert measures any longer, so its numbers are old.' };
  const last = metric.samples.at(-1);
  const isScraped = scrape.state === 'up' && isAlertQuiet;
  if (last === undefined || isSilent(metric, last.at, facts.now)) return emptyMeasure(metric, { question, facts, isScraped });
  if (metric.kind === 'level')
    return { state: 'unreadable', detail: `It stands at ${spokenNumber(last.value)}, but the threshold of the alert is not known.` };
  return { ...measured(metric, question), value: last.value, sampledAt: last.at, isBad: last.isPast };
}

/** One or two samples go missing at any restart of what is scraped or scrapes. */
const missingSamples = 3;

function isSilent({ result }: AlertMetric, at: number, now: number): boolean {
  return Math.min(now, result.until) - at > missingSamples * result.stepSeconds * millisecondsPerSecond;
}

interface Silence {
  readonly question: Question;
  readonly facts: FactSource;
  /** True: its targets answer, and the monitoring evaluates the alert as quiet. */
  readonly isScraped: boolean;
}

/**
 * No sample can mean that no error is left to count, as the series of replaced pods end with them, or that nothing is
 * measured. Only where the monitoring itself says otherwise quiet is it taken for none; a lack of what should be high is not.
 */
function emptyMeasure(metric: AlertMetric, { question, facts, isScraped }: Silence): MeasuredErrors | Unseen {
  const last = metric.samples.at(-1);
  const isHighBad = metric.kind === 'presence' || metric.comparison?.operator === '>' || metric.comparison?.operator === '>=';
  if (isScraped && isHighBad && (last !== undefined || metric.kind === 'presence'))
    return { ...measured(metric, question), value: 0, sampledAt: Math.min(facts.now, metric.result.until), isBad: false, isEmpty: true };
  const until = last === undefined ? 'at all' : `since ${new Date(last.at).toISOString().slice(11, 19)}`;
  return { state: 'unreadable', detail: `The alert's measure has had no sample ${until}, which can mean no errors as well as no data.` };
}

function measured(
  { comparison, result }: AlertMetric,
  { alertExpression }: Question,
): Omit<MeasuredErrors, 'value' | 'sampledAt' | 'isBad'> {
  const isLowBad = comparison?.operator === '<' || comparison?.operator === '<=';
  const unit = alertExpression === undefined ? undefined : measuredUnit(alertExpression);
  const looksBackSeconds = secondsLookedBack(alertExpression?.measured ?? '');
  return {
    state: 'seen',
    ...(comparison === undefined ? {} : { threshold: comparison.threshold }),
    ...(isLowBad ? { worse: 'lower' } : {}),
    ...(unit === undefined ? {} : { unit }),
    everySeconds: result.stepSeconds,
    ...(looksBackSeconds === undefined ? {} : { looksBackSeconds }),
  };
}
