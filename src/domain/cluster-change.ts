import type { Subject } from './subject.ts';

/** The very object that the plan saw. Source: metadata.uid. Absent: the evidence did not tell, and the change is refused. */
interface Seen {
  readonly uid?: string;
}

/** The part of a change that says which object was seen. */
export function seen(object: { readonly metadata: { readonly uid: string | undefined } } | undefined): Seen {
  const uid = object?.metadata.uid;
  return uid === undefined ? {} : { uid };
}

/** One change to the cluster, small enough to show a human and to undo. Only an actuator may carry it out. */
export type ClusterChange = Seen &
  (
    | { readonly kind: 'cordon'; readonly node: string }
    | { readonly kind: 'uncordon'; readonly node: string }
    | { readonly kind: 'evict'; readonly namespace: string; readonly pod: string }
    /** Ignores disruption budgets; only where an eviction cannot serve and a policy allows it. */
    | { readonly kind: 'delete-pod'; readonly namespace: string; readonly pod: string }
    | { readonly kind: 'roll-back'; readonly workload: Subject; readonly toRevision: number }
    | { readonly kind: 'scale'; readonly workload: Subject; readonly from: number; readonly to: number }
    | { readonly kind: 'set-autoscaler-maximum'; readonly autoscaler: Subject; readonly from: number; readonly to: number }
    | { readonly kind: 'pause-rollout'; readonly workload: Subject }
    | { readonly kind: 'resume-rollout'; readonly workload: Subject }
    | { readonly kind: 'restart-rollout'; readonly workload: Subject }
    /** Labels by key: what they become. The pod leaves the Services and the owner that select by them. */
    | {
        readonly kind: 'relabel-pod';
        readonly namespace: string;
        readonly pod: string;
        readonly labels: { readonly [key: string]: string };
      }
    | {
        readonly kind: 'set-memory-limit';
        readonly workload: Subject;
        readonly container: string;
        readonly from: string;
        readonly to: string;
      }
  );

export type ClusterChangeKind = ClusterChange['kind'];
export type ChangeOf<Kind extends ClusterChangeKind> = Extract<ClusterChange, { readonly kind: Kind }>;

/** What a change is about. */
export function changedSubject(change: ClusterChange): Subject {
  switch (change.kind) {
    case 'cordon':
    case 'uncordon':
      return { kind: 'Node', name: change.node };
    case 'evict':
    case 'delete-pod':
    case 'relabel-pod':
      return { kind: 'Pod', namespace: change.namespace, name: change.pod };
    case 'set-autoscaler-maximum':
      return change.autoscaler;
    case 'roll-back':
    case 'scale':
    case 'pause-rollout':
    case 'resume-rollout':
    case 'restart-rollout':
    case 'set-memory-limit':
      return change.workload;
  }
}

/** Changes that take away what a pod knows: its logs, its state, its processes. */
export function destroysPods(change: ClusterChange): boolean {
  return ['evict', 'delete-pod', 'roll-back', 'restart-rollout', 'set-memory-limit'].includes(change.kind);
}
