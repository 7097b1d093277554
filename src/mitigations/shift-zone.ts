import { citeObject, claimFromAll } from '../domain/citation.ts';
import { type ChangeOf, seen } from '../domain/cluster-change.ts';
import { isControlPlaneNode } from '../domain/control-plane-node.ts';
import { budgetsAllow } from '../domain/disruption.ts';
import { enoughStay } from '../domain/enough-stay.ts';
import { without } from '../domain/example.ts';
import { budgetForCart, nightOfTheNode, nightOfTheZone } from '../domain/example-nights.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import { defineMitigation } from '../domain/mitigation.ts';
import { managingKind, ownersReplace } from '../domain/owner-replaces.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';

const zoneLabels = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];

const fewestNodes = 2;

/** No ordinary pod may stand there, so closing it keeps nothing away. */
function isControlPlane({ spec }: Node): boolean {
  return spec.taints.some(
    (taint) => taint.key === 'node-role.kubernetes.io/control-plane' || taint.key === 'node-role.kubernetes.io/master',
  );
}

/** A whole zone is what separates failing from healthy: cordon its nodes and let the failing replicas start in the others. */
export const shiftZone = defineMitigation({
  id: 'shift-zone',
  title: 'Move the failing replicas out of the zone',
  explanation: 'Cordons every node of the zone and evicts the failing replicas there. Healthy pods stay where they are.',
  reversibility: 'undoable',
  needs: ['replicas', 'pods', 'nodes'],
  helpedBy: ['poddisruptionbudgets', 'persistentvolumeclaims', 'persistentvolumes', 'namespaces'],
  makes: ['cordon', 'evict', 'uncordon'],
  plan(situation, facts) {
    const { leading } = situation.blastRadius;
    // Closing a whole zone is too much for a coincidence: with one failing replica of two, some zone always holds it.
    if (leading?.axis !== 'zone' || leading.verdict !== 'separates') return [];
    const nodes = facts.nodes.all.filter(
      (node) => zoneLabels.some((label) => node.metadata.labels[label] === leading.value) && !isControlPlane(node),
    );
    const names = new Set(nodes.map((node) => node.metadata.name));
    const moving = situation.scope.failing.filter(
      ({ pod }) => names.has(pod.spec.nodeName ?? '') && managingKind(pod) !== 'DaemonSet' && managingKind(pod) !== 'Node',
    );
    const pods = moving.map((replica) => replica.pod);
    // What fails on a single node says nothing about the others of its zone.
    const hit = [...situation.scope.failing, ...situation.scope.alsoFailing].flatMap(({ pod }) => pod.spec.nodeName ?? []);
    if (new Set(hit.filter((name) => names.has(name))).size < fewestNodes) return [];
    const why = claimFromAll(
      `${leading.failingWith} of ${leading.failingWith + leading.failingWithout} failing replicas sit in zone ${leading.value}, and ${leading.healthyWith} of ${leading.healthyWith + leading.healthyWithout} healthy ones.`,
      moving.slice(0, 4).map((replica) => citeObject(replica.pod, `failing on ${replica.pod.spec.nodeName}`)),
    );
    const open = nodes.filter((node) => node.spec.unschedulable !== true && !isControlPlaneNode(node));
    const [first, ...more]: readonly ChangeOf<'cordon' | 'evict'>[] = [
      ...open.map((node) => ({ kind: 'cordon' as const, ...named(node) })),
      ...pods.map((pod) => ({
        kind: 'evict' as const,
        namespace: pod.metadata.namespace ?? 'default',
        pod: pod.metadata.name,
        ...seen(pod),
      })),
    ];
    const { target } = situation.scope;
    if (why === undefined || first === undefined || target === undefined || pods.length === 0) return [];
    return [
      {
        id: 'shift-zone',
        subject: target,
        why,
        preconditions: [
          spareCapacity({ pods, areMoving: true, closed: names }, facts),
          budgetsAllow(pods, facts.poddisruptionbudgets),
          ownersReplace(pods),
          enoughStay({ members: facts.replicas.ofWorkload(target), leaving: moving, wanted: undefined, floor: 'one' }),
        ],
        saveFirst: pods.flatMap(saveCommands),
        changes: [first, ...more],
        undo: open.map((node) => ({ kind: 'uncordon', ...named(node) })),
        expectation:
          'Replacements become Ready in the other zones within two minutes, and the error rate falls below the alert’s threshold.',
        undoWhen: open.length === 0 ? undefined : `a probe from a pod in zone ${leading.value} reaches what failed.`,
      },
    ];
  },

  fits: [{ story: 'All replicas in one zone fail, all in the other are well.', given: nightOfTheZone({}) }],
  blocks: [
    { story: 'The other zone is full.', given: nightOfTheZone({ isFull: true }), by: 'spare-capacity', holds: 'no' },
    {
      story: 'Each has a volume of its own, and where it can be had was not read.',
      given: nightOfTheZone({ hasVolumes: true }),
      by: 'spare-capacity',
      holds: 'cannot-tell',
    },
    {
      story: 'The budget has fewer healthy pods than it asks for.',
      given: {
        ...nightOfTheZone({}),
        poddisruptionbudgets: [budgetForCart({ disruptionsAllowed: 0, currentHealthy: 4, desiredHealthy: 6 })],
      },
      by: 'budgets-allow',
      holds: 'no',
    },
    {
      story: 'Budgets could not be read.',
      given: without(nightOfTheZone({}), 'poddisruptionbudgets'),
      by: 'budgets-allow',
      holds: 'cannot-tell',
    },
    { story: 'The pods have no owner.', given: nightOfTheZone({ owner: null }), by: 'owner-replaces', holds: 'no' },
    {
      story: 'Their owner is a kind of its own.',
      given: nightOfTheZone({ owner: { kind: 'GameServerSet', name: 'cart' } }),
      by: 'owner-replaces',
      holds: 'cannot-tell',
    },
    {
      story: 'None of its own is healthy; only its neighbours point at the zone.',
      given: nightOfTheZone({ elsewhere: 'nobody' }),
      by: 'enough-stay',
      holds: 'no',
    },
    {
      story: 'Those in the other zone have only just started.',
      given: nightOfTheZone({ elsewhere: 'starting' }),
      by: 'enough-stay',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [
    { story: 'One node separates, and its zone is whole but for it.', given: nightOfTheNode },
    { story: 'One of two replicas fails, and each has a zone of its own.', given: nightOfTheZone({ replicas: 2 }) },
  ],
});

function named(node: Node): { readonly node: string; readonly uid?: string } {
  return { node: node.metadata.name, ...seen(node) };
}
