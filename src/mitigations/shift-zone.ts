import { citeObject, claimFromAll } from '../domain/citation.ts';
import { budgetsAllow } from '../domain/disruption.ts';
import type { ClusterChange } from '../domain/cluster-change.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';

const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];

/** A whole zone is what separates failing from healthy: cordon its nodes and let the failing replicas start in the others. */
export const shiftZone = defineMitigation({
  id: 'shift-zone',
  title: 'Move the failing replicas out of the zone',
  explanation: 'Cordons every node of the zone and evicts the failing replicas there. Healthy pods stay where they are.',
  reversibility: 'undoable',
  needs: ['replicas', 'pods', 'nodes'],
  helpedBy: ['poddisruptionbudgets'],
  plan(situation, facts) {
    const { leading } = situation.blastRadius;
    if (leading?.axis !== 'zone') return [];
    const nodes = facts.nodes.all.filter((node) => zoneLabels.some((label) => node.metadata.labels[label] === leading.value));
    const names = new Set(nodes.map((node) => node.metadata.name));
    const moving = situation.scope.failing.filter(
      (replica) => names.has(replica.pod.spec.nodeName ?? '') && replica.workload.kind !== 'DaemonSet' && replica.workload.kind !== 'Pod',
    );
    const why = claimFromAll(
      `All failing replicas sit in zone ${leading.value}; no healthy one does.`,
      moving.slice(0, 4).map((replica) => citeObject(replica.pod, `failing on ${replica.pod.spec.nodeName}`)),
    );
    const cordons: readonly ClusterChange[] = nodes
      .filter((node) => node.spec.unschedulable !== true)
      .map((node) => ({ kind: 'cordon', node: node.metadata.name }));
    const evictions: readonly ClusterChange[] = moving.map((replica) => ({
      kind: 'evict',
      namespace: replica.pod.metadata.namespace ?? 'default',
      pod: replica.pod.metadata.name,
    }));
    const [first, ...more] = [...cordons, ...evictions];
    const { target } = situation.scope;
    if (why === undefined || first === undefined || target === undefined || evictions.length === 0) return [];
    const pods = moving.map((replica) => replica.pod);
    return [
      {
        id: 'shift-zone',
        subject: target,
        why,
        preconditions: [spareCapacity(pods, names, facts), budgetsAllow(pods, facts.poddisruptionbudgets)],
        saveFirst: pods.flatMap(saveCommands),
        changes: [first, ...more],
        undo: nodes.filter((node) => node.spec.unschedulable !== true).map((node) => ({ kind: 'uncordon', node: node.metadata.name })),
        expectation:
          'Replacements become Ready in the other zones within two minutes, and the error rate falls below the alert’s threshold.',
        undoWhen: `a probe from a pod in zone ${leading.value} reaches what failed.`,
      },
    ];
  },
});
