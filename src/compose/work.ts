import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { markCluster, type ReachedCluster } from './cluster-mark.ts';
import { evidenceKeeper, type OpenedKeeper } from './evidence.ts';
import { investigationInput } from './input.ts';
import { type OpenedSources, openSources, wallClock, type Writing } from './sources.ts';
import { debugPodLabel } from '../domain/debug-pod.ts';
import { type Policy, usualPolicy } from '../domain/policy.ts';
import type { Acting } from '../engine/act/acting.ts';
import { fencedRequests, type Lease } from '../engine/act/lease.ts';
import { steadyClock } from '../engine/act/steady-clock.ts';
import type { InvestigationInput } from '../engine/investigate.ts';
import { mitigations } from '../mitigations/index.generated.ts';
import type { Actuator } from '../ports/actuator.ts';
import type { Announcer } from '../ports/announcer.ts';
import type { EvidenceSource } from '../ports/evidence-source.ts';
import type { ActSettings } from '../surfaces/command-line/acting-composition.ts';
import type { Failure, SourceOptions } from '../surfaces/command-line/looking.ts';

/** Sources that are open to work one incident. */
export interface OpenedLook {
  readonly state: 'opened';
  readonly investigation: InvestigationInput;
  /** The cluster that was reached. */
  readonly mark: ReachedCluster;
  readonly close: () => Promise<void>;
  readonly tools: { readonly evidence: OpenedKeeper; readonly writing: Writing | undefined; readonly namespace: string };
}

export interface Looking {
  /** Where evidence is kept. */
  readonly directory: string;
  readonly announcer: Announcer;
  /** Told what is changed in the cluster to look at it. */
  readonly notice: (text: string) => void;
  /** Asked before Prometheus. Absent: none. */
  readonly more?: (others: readonly EvidenceSource[]) => readonly EvidenceSource[];
}

/** Opens what an incident is looked at with. Whoever opened it closes it. */
export async function openLook(
  source: SourceOptions,
  { directory, announcer, notice, more }: Looking,
  signal: AbortSignal,
): Promise<OpenedLook | Failure> {
  const evidence = evidenceKeeper(join(directory, 'evidence'), source.alert?.text);
  const opened = await openSources(source, { notice, tap: evidence.tap });
  if (opened.state === 'failed') return opened;
  const close = async (): Promise<void> => {
    await evidence.discard();
    await Promise.all(opened.sources.map((each) => each.close()));
  };
  const looked = await lookWith(source, withMore(opened, more), { announcer, signal });
  if (looked.state === 'failed') {
    await close();
    return looked;
  }
  const tools = { evidence, writing: opened.writing, namespace: source.namespace ?? 'default' };
  return { ...looked, close, tools };
}

function withMore(opened: OpenedSources, more: Looking['more']): OpenedSources {
  const [first, ...others] = opened.sources;
  return more === undefined ? opened : { ...opened, sources: [first, ...more(others), ...others] };
}

async function lookWith(
  source: SourceOptions,
  opened: OpenedSources,
  { announcer, signal }: { readonly announcer: Announcer; readonly signal: AbortSignal },
): Promise<Pick<OpenedLook, 'state' | 'investigation' | 'mark'> | Failure> {
  const input = await investigationInput(source, opened, { announcer, signal });
  if (input.state === 'failed') return input;
  const reached = await opened.sources[0].identify(signal);
  if (reached.state === 'failed') return reached;
  const mark = await markCluster(reached.cluster.name, opened.writing, signal);
  return { state: 'opened', investigation: input.investigation, mark };
}

type Deciding = Pick<Acting, 'store' | 'approver' | 'follower' | 'policy' | 'goal' | 'by'> &
  Partial<Pick<Acting, 'isDryRun' | 'diagnosesWhileWaiting'>>;

export interface OpenedActing {
  readonly acting: Acting;
  readonly close: () => Promise<void>;
}

/** What it takes to act on what is looked at, under a lease. */
export async function openActing(
  { investigation, tools: { evidence, writing, namespace } }: OpenedLook,
  { settings, lease, ...deciding }: Deciding & { readonly settings: ActSettings; readonly lease: Lease },
): Promise<OpenedActing> {
  const actuator = await openActuator(writing, lease);
  const timeZone = settings.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const acting: Acting = {
    ...deciding,
    investigation: { ...investigation, timeZone },
    lease,
    actuator: deciding.isDryRun === true ? { ...actuator, apply: () => Promise.resolve(nothingInADryRun) } : actuator,
    evidence: evidence.keeper,
    patience: { soakMilliseconds: settings.soakMilliseconds, withinMilliseconds: settings.withinMilliseconds },
    timeZone,
    clock: steadyClock(wallClock, () => performance.now()),
    pause,
    tidy: async () => writing?.tidy(),
    debugPods: (until) => debugPods(writing, namespace, until),
  };
  return { acting, close: () => actuator.close() };
}

/** A dry run approves nothing, so that nobody should ever hear this. */
const nothingInADryRun = { state: 'refused', detail: 'A dry run changes nothing.' } as const;

async function openActuator(writing: Writing | undefined, lease: Lease): Promise<Actuator> {
  if (writing === undefined) return (await import('../actuators/rehearsal/rehearsal-actuator.ts')).rehearsalActuator();
  const { kubernetesActuator } = await import('../actuators/kubernetes-api/kubernetes-actuator.ts');
  return kubernetesActuator(fencedRequests(await writing.openRequests(), lease));
}

async function debugPods(writing: Writing | undefined, namespace: string, signal: AbortSignal): ReturnType<Acting['debugPods']> {
  if (writing === undefined) return [];
  const listed = await (await writing.openPods()).listLabelled(debugPodLabel, namespace, signal);
  return listed.state === 'answered' ? listed.value : undefined;
}

export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return;
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

export async function readPolicy({ policy: path }: ActSettings): Promise<Policy | Failure> {
  const { readPolicyFile } = await import('../policy-files/read-policy-file.ts');
  if (path === undefined) return usualPolicy;
  const read = await readPolicyFile(path, { mitigations: mitigations.map(({ id }) => id) });
  return read.state === 'failed' ? read : read.policy;
}

/** What the policy lets Stanch start inside the cluster counts as if the flag had been given. */
export function withProbing(source: SourceOptions, { probing: { nodeAccess, canExec } }: Policy): SourceOptions {
  return {
    ...source,
    ...(source.nodeAccess === undefined && nodeAccess !== 'none' ? { nodeAccess: { kind: nodeAccess } } : {}),
    ...(canExec ? { canExec } : {}),
  };
}
