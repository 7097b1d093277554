import { citeObject, claimFromAll } from '../domain/citation.ts';
import { budgetsAllow } from '../domain/disruption.ts';
import { defineMitigation, type MitigationPlan, type Precondition } from '../domain/mitigation.ts';
import type { Replica } from '../domain/replica.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';
import { spokenSubject, subject } from '../domain/subject.ts';

/** Owners that put a replacement elsewhere by themselves. DaemonSets would put it right back, bare pods not at all. */
const reschedulable: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'Job',
  'CronJob',
  'Rollout',
  'ReplicationController',
]);

/** The node is what separates failing from healthy: keep new pods off it and let its failing replicas start elsewhere. */
export const cordonNode = defineMitigation({
  id: 'cordon-node',
  title: 'Cordon the node and reschedule its failing replicas',
  explanation:
    'Stops the scheduler from placing pods on the node and evicts the failing replicas there, so that their owners start them on healthy nodes. Healthy pods on the node stay.',
  reversibility: 'undoable',
  needs: ['replicas', 'pods'],
  helpedBy: ['nodes', 'poddisruptionbudgets'],
  plan(situation, facts) {
    const { leading } = situation.blastRadius;
    if (leading?.axis !== 'node') return [];
    const failing = [...situation.scope.failing, ...situation.scope.alsoFailing].filter(
      (replica) => replica.pod.spec.nodeName === leading.value,
    );
    const moving = failing.filter((replica) => reschedulable.has(replica.workload.kind));
    const why = claimFromAll(
      `${spokenShare(leading.failingWith, leading.failingWith + leading.failingWithout)} on ${leading.value}, ${leading.healthyWith === 0 ? 'and no healthy one does' : `and so do ${leading.healthyWith} healthy ones`}.`,
      failing.slice(0, 4).map((replica) => citeObject(replica.pod, `failing on ${leading.value}`)),
    );
    const [first, ...more] = moving.map(
      (replica) => ({ kind: 'evict', namespace: replica.pod.metadata.namespace ?? 'default', pod: replica.pod.metadata.name }) as const,
    );
    if (why === undefined || first === undefined) return [];
    const pods = moving.map((replica) => replica.pod);
    const plan: MitigationPlan = {
      id: 'cordon-node',
      subject: subject('Node', undefined, leading.value),
      why,
      preconditions: [
        spareCapacity(pods, new Set([leading.value]), facts),
        budgetsAllow(pods, facts.poddisruptionbudgets),
        healthyElsewhere(situation.scope.healthy, leading.value),
        ownersReplace(failing, moving),
      ],
      saveFirst: pods.flatMap(saveCommands),
      changes: [{ kind: 'cordon', node: leading.value }, first, ...more],
      undo: [{ kind: 'uncordon', node: leading.value }],
      expectation: 'Replacements become Ready on other nodes within two minutes, and the error rate falls below the alert’s threshold.',
      undoWhen: `${leading.value} is proven whole: the cause is gone, its service rules are complete, and a probe from a pod on it reaches what failed.`,
    };
    return [plan];
  },
});

function spokenShare(there: number, all: number): string {
  if (there !== all) return `${there} of ${all} failing replicas sit`;
  return all === 1 ? 'The failing replica sits' : all === 2 ? 'Both failing replicas sit' : `All ${all} failing replicas sit`;
}

function healthyElsewhere(healthy: readonly Replica[], node: string): Precondition {
  const elsewhere = healthy.filter((replica) => replica.pod.spec.nodeName !== node);
  const cited = claimFromAll(
    'Replicas of the same workload are healthy on other nodes.',
    elsewhere.slice(0, 3).map((replica) => citeObject(replica.pod, `healthy on ${replica.pod.spec.nodeName}`)),
  );
  return {
    claim: 'the same workload is healthy on another node',
    holds: elsewhere.length > 0 ? 'yes' : 'cannot-tell',
    because: cited === undefined ? [] : [cited],
  };
}

function ownersReplace(failing: readonly Replica[], moving: readonly Replica[]): Precondition {
  const staying = failing.filter((replica) => !moving.includes(replica) && replica.workload.kind !== 'DaemonSet');
  const names = staying.map((replica) => spokenSubject(replica.workload)).join(', ');
  return {
    claim:
      staying.length === 0 ? 'every evicted replica has an owner that replaces it' : `left alone, nothing would replace them: ${names}`,
    holds: 'yes',
    because: [],
  };
}
