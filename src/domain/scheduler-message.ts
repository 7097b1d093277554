/** What kept a pod from a node. "nodes-not-ready" and "claim" are causes outside of scheduling, told apart so that scheduling is not blamed for them. */
export type SchedulingCause =
  | 'resources'
  | 'selector'
  | 'taint'
  | 'cordon'
  | 'host-port'
  | 'anti-affinity'
  | 'affinity'
  | 'spread'
  | 'volume-place'
  | 'volume-limit'
  | 'claim'
  | 'nodes-not-ready'
  | 'no-nodes';

/** One part of the scheduler's message: so many nodes were ruled out for this. */
export interface RuledOut {
  readonly cause: SchedulingCause;
  /** Absent: the message is about the pod and not about nodes. */
  readonly count: number | undefined;
  /** The resource or the taint "key=value". Absent: none is named. */
  readonly detail: string | undefined;
}

/**
 * Wording of the default plugins, old and new.
 * Source: kubernetes/pkg/scheduler/framework (FitError) and the ErrReason constants of its plugins.
 */
const reasons: readonly (readonly [SchedulingCause, RegExp])[] = [
  ['resources', /Insufficient ([\w./-]+)/],
  ['resources', /Too many (pods)/],
  [
    'nodes-not-ready',
    /taints? \{(node\.kubernetes\.io\/(?:not-ready|unreachable|network-unavailable|disk-pressure|memory-pressure|pid-pressure|out-of-service)|node\.cloudprovider\.kubernetes\.io\/uninitialized)/,
  ],
  ['cordon', /were unschedulable|taints? \{node\.kubernetes\.io\/unschedulable/],
  ['taint', /taints? \{([^}]*)\}|that the pod didn't tolerate|had untolerated taint\(s\)/],
  ['volume-place', /volume node affinity conflict|PersistentVolume's node affinity|no available volume zone/],
  ['anti-affinity', /anti-affinity/],
  ['selector', /node affinity|node selector|NodeAffinity|MatchNodeSelector|didn't match the requested node name/],
  ['affinity', /pod affinity rules|inter-pod affinity/],
  ['spread', /topology spread/],
  ['host-port', /free ports for the requested pod ports/],
  ['volume-limit', /exceed max volume count/],
  ['claim', /persistentvolumeclaim|PersistentVolumeClaims|persistent volumes? to bind|enough free storage|storageclass/i],
  ['nodes-not-ready', /were not ready|NodeNotReady/],
  ['no-nodes', /no nodes available to schedule pods/],
];

/** The parts of "0/3 nodes are available: 2 Insufficient cpu, 1 node(s) were unschedulable. preemption: …". Empty: not such a message. */
export function parseSchedulerMessage(message: string | undefined): readonly RuledOut[] {
  const told = (message ?? '')
    .replace(/\.? preemption: .*$/s, '')
    .replace(/^.*?nodes are available: ?/s, '')
    .trim();
  return parts(told).flatMap((part) => {
    const count = /^(\d+) /.exec(part)?.[1];
    const found = reasons.map(([cause, says]) => ({ cause, match: says.exec(part) })).find(({ match }) => match !== null);
    return found === undefined
      ? []
      : [{ cause: found.cause, count: count === undefined ? undefined : Number(count), detail: spokenDetail(found.match?.[1]) }];
  });
}

/** Commas also stand inside of a part, but a new part begins with its count. */
function parts(told: string): readonly string[] {
  return told
    .split(/[,.;] (?=\d+ )/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(0, 50);
}

/** "dedicated: batch" of older messages and "dedicated=batch" mean the same. */
function spokenDetail(detail: string | undefined): string | undefined {
  const spoken = detail?.replace(/: ?$/, '').replace(/: /, '=').trim();
  return spoken === '' ? undefined : spoken;
}
