import type { Alert, Question } from './domain/alert.ts';
import { parseAlert } from './alert-payloads/parse-alert.ts';
import { readAlertExpression } from './alert-payloads/read-alert-expression.ts';
import { catalogue } from './catalogue/index.generated.ts';
import { millisecondsPerSecond } from './domain/instant.ts';
import { resources } from './domain/kubernetes/resources.ts';
import { type InvestigationInput, investigate, resourcesRead } from './engine/investigate.ts';
import { kubernetesPermissions } from './evidence-sources/kubernetes-api/permissions.ts';
import { guardRails } from './guard-rails/index.generated.ts';
import { mitigations } from './mitigations/index.generated.ts';
import type { Clock } from './ports/clock.ts';
import type { EvidenceSource, Permission } from './ports/evidence-source.ts';
import { writeClusterRoles } from './writing/cluster-role.ts';
import type { Announcer, Composition, Failure, InvestigationOptions, SourceOptions } from './surfaces/command-line/composition.ts';

const wallClock: Clock = { now: () => Date.now() };

/** The one place where adapters are chosen and joined. */
export const composition: Composition = {
  runInvestigation,
  runRecording: async () => ({ state: 'failed', attempted: 'recording', happened: 'x', whatToDo: 'y' }),
  demonstration: () => ({ recording: new URL('../recordings/kube-proxy-rules-incomplete/the-seed', import.meta.url).pathname }),
  permissions: () => writeClusterRoles(permissionsUsed()),
  catalogue,
};

/** Rights for what some rule can use; what the source could read beyond that is not asked for. */
function permissionsUsed(): readonly Permission[] {
  const used: ReadonlySet<string> = new Set(
    resourcesRead(catalogue).map((name) => [resources[name].group, name].filter(Boolean).join('/')),
  );
  return kubernetesPermissions.filter(({ resource }) => used.has(resource) || resource === 'pods/log' || resource.startsWith('/'));
}

async function runInvestigation(
  options: InvestigationOptions,
  announcer: Announcer,
  signal: AbortSignal,
): ReturnType<Composition['runInvestigation']> {
  const opened = await openSources(options);
  if (opened.state === 'failed') return opened;
  const alert = alertFor(options, opened.savedAlert);
  if (alert?.state === 'failed') return alert;
  const input: InvestigationInput = {
    question: questionFor(options, alert?.alert),
    sources: opened.sources,
    catalogue,
    mitigations,
    guardRails,
    announcer,
    clock: wallClock,
    budgetMilliseconds: options.budgetSeconds * millisecondsPerSecond,
  };
  try {
    return await investigate(input, signal);
  } finally {
    await Promise.all(opened.sources.map((source) => source.close()));
  }
}

interface OpenedSources {
  readonly state: 'opened';
  readonly sources: readonly [EvidenceSource, ...EvidenceSource[]];
  /** The page that a recording brought along, as it was saved. Absent: none. */
  readonly savedAlert: string | undefined;
}

/** Heavy clients are loaded only when they are needed: a replay starts in a fraction of the time. */
async function openSources(options: SourceOptions): Promise<OpenedSources | Failure> {
  const { openRecording } = await import('./evidence-sources/recorded-bundle/open-recording.ts');
  const opened = await openRecording(options.recording ?? '');
  if (opened.state === 'failed') return opened;
  return {
    state: 'opened',
    sources: [opened.source],
    savedAlert: opened.alert === undefined ? undefined : typeof opened.alert === 'string' ? opened.alert : JSON.stringify(opened.alert),
  };
}

function alertFor(
  options: SourceOptions,
  saved: string | undefined,
): { readonly state: 'parsed'; readonly alert: Alert } | Failure | undefined {
  const text = options.alert?.text ?? saved;
  if (text === undefined) return undefined;
  const parsed = parseAlert(text);
  if (parsed.state === 'refused') return options.alert === undefined ? undefined : { ...parsed, state: 'failed' };
  return { state: 'parsed', alert: parsed.alerts[0] };
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
