import type { Alert, Question } from '../domain/alert.ts';
import type { Gap } from '../domain/evidence.ts';
import { parseAlert } from '../alert-payloads/parse-alert.ts';
import { readAlertExpression } from '../alert-payloads/read-alert-expression.ts';
import type { AlertRules } from '../ports/alert-rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterRequests } from '../ports/cluster-requests.ts';
import type { EvidenceSource } from '../ports/evidence-source.ts';
import type { EvidenceTap } from '../ports/evidence-tap.ts';
import type { PodAccess } from '../ports/pod-access.ts';
import type { Failure, SourceOptions } from '../surfaces/command-line/looking.ts';

export const wallClock: Clock = { now: () => Date.now() };

export interface OpenedSources {
  readonly state: 'opened';
  readonly sources: readonly [EvidenceSource, ...EvidenceSource[]];
  /** The page that a recording brought along, as it was saved. Absent: none. */
  readonly savedPage: string | undefined;
  readonly gaps: readonly Gap[];
  /** Where an alert's expression can be looked up. Absent: no Prometheus was given. */
  readonly rules: AlertRules | undefined;
  /** Ways to write. Absent: a recording, which nobody can write to. */
  readonly writing: Writing | undefined;
}

/** Opened only for an actuator, and for putting away what Stanch itself left. */
export interface Writing {
  readonly openRequests: () => Promise<ClusterRequests>;
  readonly openPods: () => Promise<PodAccess>;
  /** Deletes the pods that looking took. */
  readonly tidy: () => Promise<void>;
}

export interface Listeners {
  /** Told what is changed in the cluster, where a flag allowed that. */
  readonly notice: (text: string) => void;
  /** Hears everything that is read. Absent: nobody records. */
  readonly tap: EvidenceTap | undefined;
}

export async function openSources(options: SourceOptions, listeners: Listeners): Promise<OpenedSources | Failure> {
  const prometheus = await openPrometheus(options);
  if (prometheus?.state === 'failed') return prometheus;
  const first = options.recording === undefined ? await openLive(options, listeners) : await openSaved(options.recording, listeners);
  if (first.state === 'failed') return first;
  const more = [...first.others, ...(prometheus === undefined ? [] : [prometheus.source])];
  const { source, savedPage, gaps, writing } = first;
  return { state: 'opened', sources: [source, ...more], savedPage, gaps, rules: prometheus?.source, writing };
}

interface OpenedFirst {
  readonly state: 'opened';
  readonly source: EvidenceSource;
  /** What comes along with it. */
  readonly others: readonly EvidenceSource[];
  readonly savedPage: string | undefined;
  /** What is known to be missing before anything is asked: parts of a bundle that cannot be read. */
  readonly gaps: readonly Gap[];
  readonly writing: Writing | undefined;
}

/** Heavy clients are loaded only when they are needed: a replay starts in a fraction of the time. */
async function openLive(options: SourceOptions, { notice, tap }: Listeners): Promise<OpenedFirst | Failure> {
  const { openCluster } = await import('../evidence-sources/kubernetes-api/open-cluster.ts');
  const { kubeconfig, context, namespace } = options;
  const opened = openCluster({
    clock: wallClock,
    ...(tap === undefined ? {} : { tap }),
    ...(kubeconfig === undefined ? {} : { kubeconfigPath: kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  if (opened.state === 'failed') return opened;
  const probe = await openProbe(options, { openPods: opened.openPods, notice });
  const { source, openPods, openRequests } = opened;
  return {
    state: 'opened',
    source,
    others: [probe],
    savedPage: undefined,
    gaps: [],
    writing: { openPods, openRequests, tidy: probe.close },
  };
}

/** There for every live cluster: where no flag allowed it anything, it says what that would have told. */
async function openProbe(
  { nodeAccess, canExec = false, namespace = 'default' }: SourceOptions,
  { openPods, notice }: { readonly openPods: () => Promise<PodAccess>; readonly notice: Listeners['notice'] },
): Promise<EvidenceSource> {
  const { nodeProbeSource } = await import('../evidence-sources/node-probe/node-probe-source.ts');
  const pods = canExec ? await openPods() : undefined;
  if (nodeAccess === undefined) return nodeProbeSource({ nodes: undefined, pods }, wallClock);
  const { sshNodes, usualSettings } = await import('../evidence-sources/node-probe/ssh-session.ts');
  if (nodeAccess.kind === 'ssh') return nodeProbeSource({ nodes: sshNodes({ ...usualSettings, ...nodeAccess }), pods }, wallClock);
  const { debugPodNodes, usualDebugImage } = await import('../evidence-sources/node-probe/debug-pods.ts');
  const { totalMilliseconds, outputBytes } = usualSettings;
  const image = nodeAccess.image ?? usualDebugImage;
  const nodes = debugPodNodes(pods ?? (await openPods()), { namespace, image, totalMilliseconds, outputBytes, notice });
  return nodeProbeSource({ nodes, pods }, wallClock);
}

async function openSaved(path: string, { tap }: Listeners): Promise<OpenedFirst | Failure> {
  const { openRecording } = await import('../evidence-sources/recorded-bundle/open-recording.ts');
  const opened = await openRecording(path, undefined, tap);
  if (opened.state === 'failed') return opened;
  const { source, alert, gaps } = opened;
  return {
    state: 'opened',
    source,
    others: [],
    savedPage: alert === undefined || typeof alert === 'string' ? alert : JSON.stringify(alert),
    gaps,
    writing: undefined,
  };
}

async function openPrometheus({
  prometheus,
}: SourceOptions): Promise<{ readonly state: 'opened'; readonly source: EvidenceSource & AlertRules } | Failure | undefined> {
  if (prometheus === undefined) return undefined;
  const [{ readPrometheusAddress }, { prometheusSource }] = await Promise.all([
    import('../evidence-sources/prometheus/prometheus-address.ts'),
    import('../evidence-sources/prometheus/prometheus-source.ts'),
  ]);
  const reading = readPrometheusAddress(prometheus, process.env['STANCH_PROMETHEUS_TOKEN']);
  if (reading.state === 'refused') return { ...reading, state: 'failed' };
  return { state: 'opened', source: prometheusSource(reading.address) };
}

export type Page =
  | { readonly state: 'parsed'; readonly alert: Alert }
  /** The gap: there was one, and it could not be read. */
  | { readonly state: 'none'; readonly gaps: readonly Gap[] }
  | Failure;

/** The page from the command line; else the one that a recording brought. A saved page that nobody can read is no reason to stop. */
export function pageFor(options: SourceOptions, saved: string | undefined): Page {
  const text = options.alert?.text ?? saved;
  if (text === undefined) return { state: 'none', gaps: [] };
  const parsed = parseAlert(text);
  if (parsed.state === 'parsed') return { state: 'parsed', alert: parsed.alerts[0] };
  if (options.alert !== undefined) return { ...parsed, state: 'failed' };
  return { state: 'none', gaps: [{ what: 'the saved alert', because: 'malformed', detail: parsed.happened }] };
}

/** PagerDuty and plain words carry no expression; the monitoring's own rules may. */
export async function withExpression(alert: Alert, rules: AlertRules | undefined, signal: AbortSignal): Promise<Alert> {
  if (alert.expression !== undefined || rules === undefined) return alert;
  const rule = await rules.ruleOf(alert, signal);
  return rule.state === 'found' ? { ...alert, expression: rule.expression } : alert;
}

export function questionFor(options: SourceOptions, alert: Alert | undefined): Question {
  return {
    alert,
    alertExpression: alert?.expression === undefined ? undefined : readAlertExpression(alert.expression),
    namespace: options.namespace,
    selector: options.selector,
    lookBackMilliseconds: options.lookBackMilliseconds,
  };
}
