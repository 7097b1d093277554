import { changedSubject, type ClusterChange } from '../domain/cluster-change.ts';
import { debugPodLabel } from '../domain/debug-pod.ts';
import { type Attempt, type Incident, isCarriedOut, standingChanges } from '../domain/incident.ts';
import type { Pod } from '../domain/kubernetes/pod.ts';
import type { LooseEnd } from '../domain/loose-end.ts';
import { resourceOfKind } from '../domain/kubernetes/resources.ts';
import { shellWord } from '../domain/shell-word.ts';
import { spokenSubject, subject } from '../domain/subject.ts';
import { commandToPutBack } from '../domain/undo-command.ts';
import { commandToSee } from '../domain/kubectl-commands.ts';

/**
 * Everything that the incident left in the cluster, or put back. `debugPods`: pods of Stanch that are still there.
 * Undefined: they could not be listed. Silences are made by people alone, who know them.
 */
export function looseEndsOf({ attempts }: Incident, debugPods: readonly Pod[] | undefined): readonly LooseEnd[] {
  return [
    ...attempts.flatMap((attempt) => attempt.plan.changes.flatMap((change, index) => endOf(attempt, change, index))),
    ...(debugPods === undefined ? [unlisted] : debugPods.map(debugPodEnd)),
  ];
}

interface LastingKind {
  readonly kind: LooseEnd['kind'];
  /** What was done, after "was" or "has been". */
  readonly done: string;
}

/** What stays until somebody puts it back. Absent: its owner replaces it, or it ends what somebody else began. */
const lasting: { readonly [Kind in ClusterChange['kind']]?: LastingKind } = {
  cordon: { kind: 'cordon', done: 'cordoned' },
  scale: { kind: 'scale-up', done: 'scaled' },
  'set-autoscaler-maximum': { kind: 'scale-up', done: 'allowed more replicas' },
  'pause-rollout': { kind: 'paused-rollout', done: 'paused' },
  'relabel-pod': { kind: 'relabelled-pod', done: 'taken out by its labels' },
  'roll-back': { kind: 'rolled-back', done: 'rolled back' },
  'set-memory-limit': { kind: 'raised-limit', done: 'given another memory limit' },
};

function endOf(attempt: Attempt, change: ClusterChange, index: number): readonly LooseEnd[] {
  const what = lasting[change.kind];
  const [done, undone] = [attempt.done[index], attempt.undone[index]];
  const isBack = undone !== undefined && isCarriedOut(undone);
  if (what === undefined || done === undefined || (!isBack && !standingChanges(attempt).includes(index))) return [];
  const of = changedSubject(change);
  const end = { kind: what.kind, subject: of } as const;
  const name = spokenSubject(of);
  if (undone !== undefined && isCarriedOut(undone))
    return [{ ...end, says: `${name} was ${what.done}, and is put back.`, state: 'closed' }];
  if (undone?.result?.state === 'overtaken')
    return [
      {
        ...end,
        says: `${name} was ${what.done}, and somebody else changed it since; it was left alone: ${undone.result.detail}`,
        state: 'open',
        command: commandToLook(change),
      },
    ];
  const command = commandToPutBack(attempt.plan, change);
  const putBack = command === undefined ? {} : { command };
  const doubt = done.result?.state === 'done' ? 'has been' : 'may have been';
  if (attempt.undoAsked === undefined)
    return [{ ...end, says: `${name} ${doubt} ${what.done}${until(attempt)}.`, state: 'carried', ...putBack }];
  const why = undone?.result === undefined ? '' : `: ${undone.result.detail}`;
  return [{ ...end, says: `${name} ${doubt} ${what.done}, and could not be put back${why}.`, state: 'open', ...putBack }];
}

function until({ plan, purpose }: Attempt): string {
  if (plan.undoWhen !== undefined) return ', until the proofs for putting it back hold';
  return purpose === 'repair' ? ', and stays so: make it permanent where it is deployed from' : ', and stays so until somebody decides';
}

function commandToLook(change: ClusterChange): string {
  const { kind, namespace, name } = changedSubject(change);
  const resource = resourceOfKind(kind);
  if (resource !== undefined) return commandToSee({ kind: 'object', resource, namespace, name });
  return `kubectl get ${shellWord(kind.toLowerCase())} ${shellWord(name)}${namespace === undefined ? '' : ` -n ${shellWord(namespace)}`} -o yaml`;
}

const unlisted: LooseEnd = {
  kind: 'debug-pod',
  subject: subject('Pod', undefined, `labelled ${debugPodLabel}`),
  says: 'Whether debug pods of Stanch are left could not be seen.',
  state: 'open',
  command: `kubectl get pods -A -l ${debugPodLabel}`,
};

function debugPodEnd({ metadata }: Pod): LooseEnd {
  const { namespace = 'default', name, deletionTimestamp } = metadata;
  const end = { kind: 'debug-pod', subject: subject('Pod', namespace, name) } as const;
  return deletionTimestamp === undefined
    ? {
        ...end,
        says: `The debug pod ${namespace}/${name} is still there.`,
        state: 'open',
        command: `kubectl delete pod -n ${shellWord(namespace)} ${shellWord(name)}`,
      }
    : { ...end, says: `The debug pod ${namespace}/${name} is being deleted.`, state: 'closed' };
}
