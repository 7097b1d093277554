import { citeObject, claim } from '../domain/citation.ts';
import { changedSubject, type ClusterChange } from '../domain/cluster-change.ts';
import { clockTime, millisecondsPerMinute } from '../domain/instant.ts';
import type { MitigationPlan } from '../domain/mitigation.ts';
import type { Proof } from '../domain/proof.ts';
import { spokenSubject } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import { proveNode, type ToProve } from './prove-node.ts';
import { shellCommand } from '../domain/shell-word.ts';

/** Nodes that the plan's undo would put back into service: to be looked at, and to be tried from. */
export function nodesOf({ changes }: Pick<MitigationPlan, 'changes'>): readonly string[] {
  return [...new Set(changes.flatMap((change) => (change.kind === 'cordon' ? [change.node] : [])))];
}

/** What must hold before the plan's changes are put back. Never empty for a plan that leaves anything behind. */
export function proveUndo(plan: MitigationPlan, assessment: Assessment, toProve: ToProve): readonly Proof[] {
  return [
    ...nodesOf(plan).flatMap((node) => proveNode(node, assessment, toProve).map((proof) => ({ ...proof, id: `${node} ${proof.id}` }))),
    ...plan.changes.flatMap((change) => proveOther(change, assessment)),
  ];
}

function proveOther(change: ClusterChange, assessment: Assessment): readonly Proof[] {
  switch (change.kind) {
    case 'cordon':
    // Owners replace these by themselves: there is nothing to put back.
    case 'evict':
    case 'delete-pod':
    case 'restart-rollout':
    case 'uncordon':
      return [];
    case 'set-autoscaler-maximum':
      return [proveAutoscaler(change, assessment)];
    case 'scale':
      return [
        notTellable(
          change,
          'the load is back to what it was',
          `Compare requests and processor time of the replicas with before the incident; ${change.from} must carry them.`,
        ),
      ];
    case 'pause-rollout':
    case 'resume-rollout':
      return [notTellable(change, 'the revision behind the rollout is good', 'Show it on one replica first.')];
    case 'relabel-pod':
      return [notTellable(change, 'nobody studies the pod any longer', 'Ask who took it out of its Service.')];
    case 'roll-back':
    case 'set-memory-limit':
      return [notTellable(change, 'what was there before is good again', 'A person decides when the old state may come back.')];
  }
}

function notTellable(change: ClusterChange, what: string, wouldSettle: string): Proof {
  const of = spokenSubject(changedSubject(change));
  return { id: `${change.kind} ${of}`, claim: `${of}: ${what}`, holds: 'cannot-tell', because: [], wouldSettle };
}

/** The autoscaler itself waits five minutes by default before it believes that less is enough. */
const settledMilliseconds = 5 * millisecondsPerMinute;

/** Once the autoscaler wants no more than the old maximum, putting that back takes nothing away. */
function proveAutoscaler(
  change: Extract<ClusterChange, { readonly kind: 'set-autoscaler-maximum' }>,
  { facts, snapshot }: Assessment,
): Proof {
  const { autoscaler, from } = change;
  const of = spokenSubject(autoscaler);
  const proof = { id: `${change.kind} ${of}`, claim: `${of} has wanted no more than ${from} replicas for five minutes` };
  const found = facts.get('horizontalpodautoscalers')?.named(autoscaler.namespace, autoscaler.name);
  const desired = found?.status.desiredReplicas;
  if (found === undefined || desired === undefined)
    return {
      ...proof,
      holds: 'cannot-tell',
      because: [],
      wouldSettle: shellCommand`kubectl get hpa -n ${autoscaler.namespace ?? 'default'} ${autoscaler.name}`,
    };
  const { lastScaleTime } = found.status;
  const when = lastScaleTime === undefined ? '' : `, last scaled at ${clockTime(lastScaleTime)}`;
  const because = [
    claim(`${of} wants ${desired} replicas${when}.`, citeObject(found, `status.desiredReplicas: ${desired}`, lastScaleTime)),
  ];
  const isSettled = lastScaleTime === undefined || snapshot.takenAt - lastScaleTime >= settledMilliseconds;
  return { ...proof, holds: desired <= from && isSettled ? 'yes' : 'no', because };
}
