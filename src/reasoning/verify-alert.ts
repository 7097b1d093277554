import type { Alert, AlertJudgement, Question } from '../domain/alert.ts';
import { type Citation, type Claim, claim } from '../domain/citation.ts';
import type { Scope } from '../domain/reasoned.ts';
import { type AlertSignals, decideVerdict } from './alert/decide-verdict.ts';
import { gravityOf } from './alert/gravity.ts';
import { readHistory } from './alert/history-signal.ts';
import { readMetric } from './alert/metric-signal.ts';
import { readScrape } from './alert/scrape-signal.ts';
import { readSecondSignal } from './alert/second-signal.ts';
import type { FactSource } from './fact-source.ts';
import { findScope } from './find-scope.ts';

/** Is this real, or is the monitoring flapping? See alert/decide-verdict.ts for what each conflict of signals means. */
export function verifyAlert(question: Question, facts: FactSource, scope: Scope = findScope(question, facts)): AlertJudgement {
  const { alert } = question;
  if (alert === undefined) return { verdict: 'none', because: [] };
  // Alerts that always fire, to show that alerting works or to hold others back, carry this severity.
  if (alert.severity === 'none')
    return { verdict: 'none', because: [claim('The alert says of itself, by severity none, that it is no page.', citePage(alert))] };
  const scrape = readScrape(question, facts);
  const metric = readMetric(question, facts, scrape.state);
  const history = readHistory(alert, facts);
  const cluster = readSecondSignal(alert, facts, scope);
  const isConfirmedByScrape = scrape.isWhatTheAlertWatches && scrape.state === 'down' && cluster.state !== 'failing';
  const second = isConfirmedByScrape ? { state: 'failing' as const, claims: [...scrape.claims, ...cluster.claims] } : cluster;
  const signals: AlertSignals = {
    page: alert.state,
    gravity: gravityOf(alert),
    second: second.state,
    metric: metric.state,
    history: history.state,
    scrape: scrape.isWhatTheAlertWatches ? 'unknown' : scrape.state,
  };
  const decision = decideVerdict(signals);
  const page = claim(`The page says ${alert.state}.`, citePage(alert));
  const said: { readonly [Signal in keyof AlertSignals]: readonly Claim[] } = {
    page: [page],
    gravity: [page],
    second: second.claims,
    metric: metric.claims,
    history: history.claims,
    scrape: isConfirmedByScrape ? [] : scrape.claims,
  };
  const deciding = decision.by.flatMap((signal) => said[signal]);
  const others = (['second', 'metric', 'history', 'scrape'] as const)
    .filter((signal) => !decision.by.includes(signal))
    .flatMap((signal) => said[signal]);
  const [first, ...more] = deciding.flatMap((each) => each.citing);
  const because = [claim(`${decision.why}.`, first ?? citePage(alert), ...more), ...deciding.filter((each) => each !== page), ...others];
  return decision.verdict === 'cannot-tell'
    ? { verdict: 'cannot-tell', because, wouldSettle: looksThatWouldTell(signals, question) }
    : { verdict: decision.verdict, because };
}

function citePage(alert: Alert): Citation {
  const of = { kind: 'alert', alert: alert.name } as const;
  const shows = `${alert.state}${alert.severity === undefined ? '' : `, severity ${alert.severity}`}: ${alert.summary}`;
  return alert.startedAt === undefined ? { of, shows } : { of, shows, at: alert.startedAt };
}

function looksThatWouldTell(signals: AlertSignals, question: Question): readonly string[] {
  const looks: string[] = [];
  if (signals.metric === 'unknown' && question.alertExpression === undefined)
    looks.push("The alert's rule: with its expression, the measurement can be read and held against its threshold.");
  if (signals.metric === 'unknown')
    looks.push("The alert's own measurement over the last hour, from the Prometheus that evaluates it (--prometheus URL).");
  if (signals.metric === 'contradicts') looks.push('The rule as the monitoring evaluates it, and every label that its series carries.');
  if (signals.metric === 'absent' && signals.scrape === 'unknown')
    looks.push('Whether what the alert measures is still scraped (/api/v1/targets).');
  if (signals.history === 'unknown' || signals.history === 'silent')
    looks.push('When it fired before (ALERTS over the last 24 h, from the Prometheus that evaluates it).');
  if (signals.second === 'unknown')
    looks.push("The state of the pods that the alert is about (kubectl get pods in the alert's namespace).");
  if (signals.second === 'nobody' || signals.second === 'failing-elsewhere')
    looks.push('Which workload the alert is about (--namespace and --selector).');
  if (looks.length === 0) looks.push('The same look in five minutes: a measurement that stays back for that long is over.');
  return looks;
}
