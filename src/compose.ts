import { basename } from 'node:path';
import packageDescription from '../package.json' with { type: 'json' };
import { actingPermissions } from './actuators/kubernetes-api/permissions.ts';
import { catalogue } from './catalogue/index.generated.ts';
import { resources } from './domain/kubernetes/resources.ts';
import { checkCommand } from './engine/check-command.ts';
import { investigate } from './engine/investigate.ts';
import { resourcesRead } from './engine/rounds.ts';
import { debugPodPermissions, execPermissions, kubernetesPermissions } from './evidence-sources/kubernetes-api/permissions.ts';
import { mitigations } from './mitigations/index.generated.ts';
import type { Permission } from './ports/evidence-source.ts';
import type { EvidenceTap } from './ports/evidence-tap.ts';
import type { WrittenRecording } from './ports/recorder.ts';
import { investigationInput, type PreparedInput } from './compose-input.ts';
import { openSources } from './compose-sources.ts';
import { type OptionalRole, writeClusterRoles } from './writing/cluster-role.ts';
import type { Composition, InvestigationOptions, RecordingOptions } from './surfaces/command-line/composition.ts';
import type { Announcer, Failure, SourceOptions } from './surfaces/command-line/looking.ts';

/** The one place where adapters are chosen and joined. */
export const composition: Composition = {
  runInvestigation,
  runRecording,
  runCheck,
  demonstration: () => ({ recording: new URL('../recordings/kube-proxy-rules-incomplete/the-seed', import.meta.url).pathname }),
  permissions: () => writeClusterRoles(permissionsUsed(), optionalRoles),
  catalogue,
  openActing: () => import('./compose-acting.ts'),
  openServing: () => import('./compose-serving.ts'),
  readPolicy: async (file) => (await import('./policy-files/read-policy-file.ts')).readPolicyFile(file, knownNames),
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
    name: 'stanch-acting',
    because: [
      'Optional, for mitigate, undo and restore. Every change is approved by a person or a policy file, rehearsed on the server, and',
      'stored with its undo before it is made. Leave out what Stanch should never do.',
    ],
    permissions: actingPermissions,
  },
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

/** A policy that names a mitigation which does not exist allows less than its author thinks. */
const knownNames = { mitigations: mitigations.map(({ id }) => id) };

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
  return withSources({ options, announcer, tap }, signal, async ({ investigation, page }) => {
    const result = await investigate(investigation, signal);
    return result.state === 'failed' ? result : { ...result, page };
  });
}

function runCheck(options: SourceOptions, checked: string, announcer: Announcer, signal: AbortSignal): ReturnType<Composition['runCheck']> {
  return withSources({ options, announcer, tap: undefined }, signal, ({ investigation }) => checkCommand(investigation, checked, signal));
}

interface Looking {
  readonly options: SourceOptions;
  readonly announcer: Announcer;
  readonly tap: EvidenceTap | undefined;
}

/** Opens what was asked for, does one thing with it, and closes it again whatever happens. */
async function withSources<Result>(
  { options, announcer, tap }: Looking,
  signal: AbortSignal,
  doing: (input: PreparedInput) => Promise<Result>,
): Promise<Result | Failure> {
  const opened = await openSources(options, { notice: (text) => announcer.announce({ kind: 'notice', text }), tap });
  if (opened.state === 'failed') return opened;
  try {
    const input = await investigationInput(options, opened, { announcer, signal });
    return input.state === 'failed' ? input : await doing(input);
  } finally {
    await Promise.all(opened.sources.map((source) => source.close()));
  }
}
