import type { Incident } from '../../domain/incident.ts';
import type { EvidenceKind } from '../../domain/evidence.ts';
import type { Observation } from '../../domain/observation.ts';
import type { Subject } from '../../domain/subject.ts';
import { type Assessment, assess } from '../../reasoning/assess.ts';
import { alertKinds } from '../../reasoning/choose-next-evidence.ts';
import { observe } from '../../reasoning/observe.ts';
import { gather } from '../gather-evidence.ts';
import { firstRound, requestFor } from '../rounds.ts';
import type { Acting } from './acting.ts';

/** The workload that the page is about, as the first look found it. Undefined: it found none. */
export function targetOf({ investigations }: Incident): Subject | undefined {
  return investigations[0]?.investigation.scope.target;
}

/** What it takes to count a workload's replicas and to read its alert: a fraction of an investigation. */
const watchedKinds: ReadonlySet<EvidenceKind> = new Set([
  'pods',
  'nodes',
  'replicasets',
  'deployments',
  'statefulsets',
  'daemonsets',
  'jobs',
  ...alertKinds,
]);

/** One look must not outlive what it is for. */
const lookMilliseconds = 20_000;

/** How things stand now. What cannot be read is part of the answer. */
export async function observeNow(acting: Acting, target: Subject | undefined, signal: AbortSignal): Promise<Observation> {
  const observation = observe(await assessNow(acting, target, signal), target);
  return later(observation, acting.clock.now() - acting.investigation.clock.now());
}

/** In the time of the incident, which goes on where the clock on the wall that evidence is dated by was set back. */
function later({ at, errors, ...others }: Observation, milliseconds: number): Observation {
  const moved = errors.state === 'seen' ? { ...errors, sampledAt: errors.sampledAt + milliseconds } : errors;
  return { ...others, at: at + milliseconds, errors: moved };
}

/** The narrow look behind an observation, and behind the gate. */
export async function assessNow(
  { investigation: { question, sources, clock: wall } }: Acting,
  target: Subject | undefined,
  signal: AbortSignal,
  more: readonly EvidenceKind[] = [],
): Promise<Assessment> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(lookMilliseconds)]);
  const identity = await sources[0].identify(bounded);
  const now = identity.state === 'reached' ? identity.now : wall.now();
  const namespaces = target?.namespace === undefined ? [] : [target.namespace];
  const narrow = firstRound(question, now)
    .filter(({ kind }) => watchedKinds.has(kind))
    .map((request) => (more.length === 0 ? { ...request, namespaces } : request));
  const others = more.filter((kind) => !watchedKinds.has(kind)).map((kind) => requestFor(kind, 'is it whole again', now));
  const readings = await gather(sources, [...narrow, ...others], bounded, () => undefined);
  const cluster = identity.state === 'reached' ? identity.cluster : { source: 'live' as const, name: '', version: undefined };
  return assess(question, { takenAt: now, cluster, readings });
}
