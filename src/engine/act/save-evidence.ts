import type { ClusterChange } from '../../domain/cluster-change.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { Replica } from '../../domain/replica.ts';
import type { LogRequest } from '../../ports/evidence-source.ts';
import type { Assessment } from '../../reasoning/assess.ts';
import type { Attempt } from '../../domain/incident.ts';
import { gather, merge } from '../gather-evidence.ts';
import { requestFor } from '../rounds.ts';
import { type Acting, type Failed, happened, type StepOutcome } from './acting.ts';
import type { Memory } from './memory.ts';
import { type Doomed, unsavedEvidence } from './unsaved-evidence.ts';

/** What a container wrote last is what tells; whole logs of a busy one would keep users waiting. */
const tailLines = 2000;

/** Keeps lists, events, states, logs and probe output of what the plan is about to destroy, before it does. */
export async function saveEvidence(
  acting: Acting,
  { attempt, memory }: { readonly attempt: Attempt; readonly memory: Memory },
  signal: AbortSignal,
): Promise<StepOutcome> {
  const assessment = await assessmentToKeep(acting, memory, signal);
  if ('attempted' in assessment) return assessment;
  const { snapshot, facts } = assessment;
  const doomed = attempt.plan.changes.flatMap((change) => doomedBy(change, assessment));
  const logs = doomed.flatMap((each) => each.logs);
  const { sources, guardRails } = acting.investigation;
  const request = { ...requestFor('container-logs', 'the last words of what is about to go', facts.now), logs };
  const read = logs.length === 0 ? {} : await gather(sources, [request], signal, () => undefined);
  const readings = merge(snapshot.readings, read);
  const kept = await acting.evidence.keep({ ...snapshot, readings });
  if (kept.state === 'failed') return kept;
  const unsaved = unsavedEvidence(doomed, { reading: readings['container-logs'], assessment, guardRails });
  return happened({
    kind: 'evidence-saved',
    attempt: attempt.number,
    path: kept.path,
    ...(unsaved.length === 0 ? {} : { unsaved }),
  });
}

/** What was put aside while the plan was made; after a restart, or for a second attempt, what is there by now. */
async function assessmentToKeep({ evidence }: Acting, memory: Memory, signal: AbortSignal): Promise<Assessment | Failed> {
  const latest = memory.latest?.assessment;
  if (latest !== undefined && evidence.isBegun()) return latest;
  const look = await memory.collect(signal);
  if ('attempted' in look) return look;
  const { snapshot } = look.assessment;
  // Node reports and probes of the diagnosis are evidence as well, and were made before anything else changes.
  const readings = { ...latest?.snapshot.readings, ...snapshot.readings };
  return { ...look.assessment, snapshot: { ...snapshot, readings } };
}

/** A rollout replaces every pod of its workload; a few of them tell what all of them would. */
const podsPerRollout = 6;

function doomedBy(change: ClusterChange, { facts }: Assessment): readonly Doomed[] {
  const replicas = facts.get('replicas');
  switch (change.kind) {
    case 'evict':
    case 'delete-pod': {
      const replica = replicas?.ofPod(change.namespace, change.pod);
      return replica === undefined ? [] : [doomed(change, replica)];
    }
    case 'roll-back':
    case 'restart-rollout':
    case 'set-memory-limit':
      return (replicas?.ofWorkload(change.workload) ?? [])
        .toSorted((one, other) => Number(other.health === 'failing') - Number(one.health === 'failing'))
        .slice(0, podsPerRollout)
        .map((replica) => doomed(change, replica));
    default:
      return [];
  }
}

function doomed(by: ClusterChange, replica: Replica): Doomed {
  return { by, replica, logs: logsOf(replica.pod) };
}

function logsOf({ metadata, status }: Pod): readonly LogRequest[] {
  return [...status.initContainerStatuses, ...status.containerStatuses].flatMap(({ name, lastState }) => {
    const wish = { namespace: metadata.namespace ?? 'default', pod: metadata.name, container: name, tailLines };
    return [{ ...wish, isPrevious: false }, ...(lastState.terminated === undefined ? [] : [{ ...wish, isPrevious: true }])];
  });
}
