import { basename } from 'node:path';
import packageDescription from '../package.json' with { type: 'json' };
import type { Alert, Question } from './domain/alert.ts';
import type { Gap } from './domain/evidence.ts';
import { parseAlert } from './alert-payloads/parse-alert.ts';
import { readAlertExpression } from './alert-payloads/read-alert-expression.ts';
import { catalogue } from './catalogue/index.generated.ts';
import { millisecondsPerSecond } from './domain/instant.ts';
import { resources } from './domain/kubernetes/resources.ts';
import { investigate } from './engine/investigate.ts';
import { resourcesRead } from './engine/rounds.ts';
import { debugPodPermissions, execPermissions, kubernetesPermissions } from './evidence-sources/kubernetes-api/permissions.ts';
import { guardRails } from './guard-rails/index.generated.ts';
import { mitigations } from './mitigations/index.generated.ts';
import type { AlertRules } from './ports/alert-rules.ts';
import type { Clock } from './ports/clock.ts';
import type { EvidenceSource, Permission } from './ports/evidence-source.ts';
import type { EvidenceTap } from './ports/evidence-tap.ts';
import type { PodAccess } from './ports/pod-access.ts';
import type { WrittenRecording } from './ports/recorder.ts';
import { type OptionalRole, writeClusterRoles } from './writing/cluster-role.ts';
import type {
  Announcer,
  Composition,
  Failure,
  InvestigationOptions,
  RecordingOptions,
  SourceOptions,
} from './surfaces/command-line/composition.ts';

const wallClock: Clock = { now: () => Date.now() };

/** The one place where adapters are chosen and joined. */
export const composition: Composition = {
  runInvestigation,
  runRecording,
  demonstration: () => ({ recording: new URL('../recordings/kube-proxy-rules-incomplete/the-seed', import.meta.url).pathname }),
  permissions: () => writeClusterRoles(permissionsUsed(), optionalRoles),
  catalogue,
};

/** Rights for what some rule can use; what the source could read beyond that is not asked for. */
function permissionsUsed(): readonly Permission[] {
  const used: ReadonlySet<string> = new Set(
    resourcesRead(catalogue).map((name) => [resources[name].group, name].filter(Boolean).join('/')),
  );
  return kubernetesPermissions.filter(({ resource }) => used.has(resource) || resource === 'pods/log' || resource.startsWith('/'));
}

const optionalRoles: readonly OptionalRole[] = [
  {
    name: 'stanch-exec',
    because: [
      'Optional, for --allow-exec only. Stanch runs one fixed script that tries connections, but whoever holds this right can run',
      'anything in any pod. Bind it in single namespaces with a RoleBinding where you can.',
    ],
    permissions: execPermissions,
  },
  {
    name: 'stanch-debug-pods',
    because: [
      'Optional, for --node-access debug-pod only, and the only rights here that change something: Stanch creates a pod on a node,',
      'runs its fixed read-only commands in it, and deletes it. Whoever may create such pods is root on the nodes. Bind it in one',
      'namespace with a RoleBinding, and name that namespace with --namespace. Over ssh none of it is needed.',
    ],
    permissions: debugPodPermissions,
  },
];

type Investigated = Awaited<ReturnType<typeof investigate>>;

async function runInvestigation(
  options: InvestigationOptions,
  announcer: Announcer,
  signal: AbortSignal,
): ReturnType<Composition['runInvestigation']> {
  if (options.record === undefined) return work(options, announcer, signal, undefined);
  const recorded = await workAndRecord({ ...options, record: options.record }, announcer, signal);
  return recorded.state === 'failed' ? recorded : recorded.investigated;
}

async function runRecording(options: RecordingOptions, announcer: Announcer, signal: AbortSignal): ReturnType<Composition['runRecording']> {
  const recorded = await workAndRecord(options, announcer, signal);
  return recorded.state === 'failed' ? recorded : recorded.written;
}

interface Recorded {
  readonly state: 'done';
  readonly investigated: Extract<Investigated, { readonly state: 'done' }>;
  readonly written: WrittenRecording;
}

/** A recording is of an investigation: what it read is what is kept. */
async function workAndRecord(options: RecordingOptions, announcer: Announcer, signal: AbortSignal): Promise<Recorded | Failure> {
  const { openRecorder } = await import('./stores/recordings/open-recorder.ts');
  const opened = await openRecorder(options.record, { overwrites: false });
  if (opened.state === 'failed') return opened;
  const { recorder } = opened;
  try {
    const investigated = await work(options, announcer, signal, recorder);
    if (investigated.state === 'failed') return investigated;
    const origin = options.recording === undefined ? undefined : `from ${basename(options.recording)}`;
    const written = await recorder.finish({
      snapshot: investigated.snapshot,
      page: investigated.page,
      tool: `stanch ${packageDescription.version}`,
      origin,
    });
    return written.state === 'failed' ? written : { state: 'done', investigated, written };
  } finally {
    await recorder.discard();
  }
}

type Worked = (Extract<Investigated, { readonly state: 'done' }> & { readonly page: string | undefined }) | Failure;

async function work(options: SourceOptions, announcer: Announcer, signal: AbortSignal, tap: EvidenceTap | undefined): Promise<Worked> {
  const budgetMilliseconds = options.budgetSeconds * millisecondsPerSecond;
  const opened = await openSources(options, { notice: (text) => announcer.announce({ kind: 'notice', text }), tap });
  if (opened.state === 'failed') return opened;
  try {
    const page = pageFor(options, opened.savedPage);
    if (page.state === 'failed') return page;
    const alert =
      page.state === 'none'
        ? undefined
        : await withExpression(page.alert, opened.rules, AbortSignal.any([signal, AbortSignal.timeout(budgetMilliseconds)]));
    const result = await investigate(
      {
        question: questionFor(options, alert),
        sources: opened.sources,
        catalogue,
        mitigations,
        guardRails,
        announcer,
        gaps: [...opened.gaps, ...(page.state === 'none' ? page.gaps : [])],
        clock: wallClock,
        budgetMilliseconds,
      },
      signal,
    );
    return result.state === 'failed' ? result : { ...result, page: options.alert?.text ?? opened.savedPage };
  } finally {
    await Promise.all(opened.sources.map((source) => source.close()));
  }
}

interface OpenedSources {
  readonly state: 'opened';
  readonly sources: readonly [EvidenceSource, ...EvidenceSource[]];
  /** The page that a recording brought along, as it was saved. Absent: none. */
  readonly savedPage: string | undefined;
  readonly gaps: readonly Gap[];
  /** Where an alert's expression can be looked up. Absent: no Prometheus was given. */
  readonly rules: AlertRules | undefined;
}

interface Listeners {
  /** Told what is changed in the cluster, where a flag allowed that. */
  readonly notice: (text: string) => void;
  /** Hears everything that is read. Absent: nobody records. */
  readonly tap: EvidenceTap | undefined;
}

async function openSources(options: SourceOptions, listeners: Listeners): Promise<OpenedSources | Failure> {
  const prometheus = await openPrometheus(options);
  if (prometheus?.state === 'failed') return prometheus;
  const first = options.recording === undefined ? await openLive(options, listeners) : await openSaved(options.recording, listeners);
  if (first.state === 'failed') return first;
  const more = [...first.others, ...(prometheus === undefined ? [] : [prometheus.source])];
  return { state: 'opened', sources: [first.source, ...more], savedPage: first.savedPage, gaps: first.gaps, rules: prometheus?.source };
}

interface OpenedFirst {
  readonly state: 'opened';
  readonly source: EvidenceSource;
  /** What comes along with it. */
  readonly others: readonly EvidenceSource[];
  readonly savedPage: string | undefined;
  /** What is known to be missing before anything is asked: parts of a bundle that cannot be read. */
  readonly gaps: readonly Gap[];
}

/** Heavy clients are loaded only when they are needed: a replay starts in a fraction of the time. */
async function openLive(options: SourceOptions, { notice, tap }: Listeners): Promise<OpenedFirst | Failure> {
  const { openCluster } = await import('./evidence-sources/kubernetes-api/open-cluster.ts');
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
  return { state: 'opened', source: opened.source, others: [probe], savedPage: undefined, gaps: [] };
}

/** There for every live cluster: where no flag allowed it anything, it says what that would have told. */
async function openProbe(
  { nodeAccess, canExec = false, namespace = 'default' }: SourceOptions,
  { openPods, notice }: { readonly openPods: () => Promise<PodAccess>; readonly notice: Listeners['notice'] },
): Promise<EvidenceSource> {
  const { nodeProbeSource } = await import('./evidence-sources/node-probe/node-probe-source.ts');
  const pods = canExec ? await openPods() : undefined;
  if (nodeAccess === undefined) return nodeProbeSource({ nodes: undefined, pods }, wallClock);
  const { sshNodes, usualSettings } = await import('./evidence-sources/node-probe/ssh-session.ts');
  if (nodeAccess.kind === 'ssh') return nodeProbeSource({ nodes: sshNodes({ ...usualSettings, ...nodeAccess }), pods }, wallClock);
  const { debugPodNodes, usualDebugImage } = await import('./evidence-sources/node-probe/debug-pods.ts');
  const { totalMilliseconds, outputBytes } = usualSettings;
  const image = nodeAccess.image ?? usualDebugImage;
  const nodes = debugPodNodes(pods ?? (await openPods()), { namespace, image, totalMilliseconds, outputBytes, notice });
  return nodeProbeSource({ nodes, pods }, wallClock);
}

async function openSaved(path: string, { tap }: Listeners): Promise<OpenedFirst | Failure> {
  const { openRecording } = await import('./evidence-sources/recorded-bundle/open-recording.ts');
  const opened = await openRecording(path, undefined, tap);
  if (opened.state === 'failed') return opened;
  const { source, alert, gaps } = opened;
  return {
    state: 'opened',
    source,
    others: [],
    savedPage: alert === undefined || typeof alert === 'string' ? alert : JSON.stringify(alert),
    gaps,
  };
}

async function openPrometheus({
  prometheus,
}: SourceOptions): Promise<{ readonly state: 'opened'; readonly source: EvidenceSource & AlertRules } | Failure | undefined> {
  if (prometheus === undefined) return undefined;
  const [{ readPrometheusAddress }, { prometheusSource }] = await Promise.all([
    import('./evidence-sources/prometheus/prometheus-address.ts'),
    import('./evidence-sources/prometheus/prometheus-source.ts'),
  ]);
  const reading = readPrometheusAddress(prometheus, process.env['STANCH_PROMETHEUS_TOKEN']);
  if (reading.state === 'refused') return { ...reading, state: 'failed' };
  return { state: 'opened', source: prometheusSource(reading.address) };
}

type Page =
  | { readonly state: 'parsed'; readonly alert: Alert }
  /** The gap: there was one, and it could not be read. */
  | { readonly state: 'none'; readonly gaps: readonly Gap[] }
  | Failure;

/** The page from the command line; else the one that a recording brought. A saved page that nobody can read is no reason to stop. */
function pageFor(options: SourceOptions, saved: string | undefined): Page {
  const text = options.alert?.text ?? saved;
  if (text === undefined) return { state: 'none', gaps: [] };
  const parsed = parseAlert(text);
  if (parsed.state === 'parsed') return { state: 'parsed', alert: parsed.alerts[0] };
  if (options.alert !== undefined) return { ...parsed, state: 'failed' };
  return { state: 'none', gaps: [{ what: 'the saved alert', because: 'malformed', detail: parsed.happened }] };
}

/** PagerDuty and plain words carry no expression; the monitoring's own rules may. */
async function withExpression(alert: Alert, rules: AlertRules | undefined, signal: AbortSignal): Promise<Alert> {
  if (alert.expression !== undefined || rules === undefined) return alert;
  const rule = await rules.ruleOf(alert, signal);
  return rule.state === 'found' ? { ...alert, expression: rule.expression } : alert;
}

function questionFor(options: SourceOptions, alert: Alert | undefined): Question {
  return {
    alert,
    alertExpression: alert?.expression === undefined ? undefined : readAlertExpression(alert.expression),
    namespace: options.namespace,
    selector: options.selector,
    lookBackMilliseconds: options.lookBackMilliseconds,
  };
}
