import { citeObject, claimFromAll } from '../domain/citation.ts';
import { type ChangeOf, seen } from '../domain/cluster-change.ts';
import { isControlPlaneNode } from '../domain/control-plane-node.ts';
import { budgetsAllow } from '../domain/disruption.ts';
import { without } from '../domain/example.ts';
import {
  budgetForCart,
  cartReplica,
  fullNode,
  nightOfTheBarePod,
  nightOfTheNode,
  nightOfTheRevision,
  nightOfTheWrite,
  nightOfTheZone,
  ownedBy,
} from '../domain/example-nights.ts';
import { exampleNode } from '../domain/example-objects.ts';
import { defineMitigation, type MitigationPlan, type Situation } from '../domain/mitigation.ts';
import { managingKind, ownersReplace } from '../domain/owner-replaces.ts';
import type { Precondition } from '../domain/precondition.ts';
import type { Axis } from '../domain/reasoned.ts';
import type { Replica, Replicas } from '../domain/replica.ts';
import { saveCommands } from '../domain/save-evidence.ts';
import { spareCapacity } from '../domain/spare-capacity.ts';
import { countOf, podSubject } from '../domain/sightings.ts';
import { subject, subjectKey } from '../domain/subject.ts';

/** The node is what separates failing from healthy: keep new pods off it and let its failing replicas start elsewhere. */
export const cordonNode = defineMitigation({
  id: 'cordon-node',
  title: 'Cordon the node and reschedule its failing replicas',
  explanation:
    'Stops the scheduler from placing pods on the node and evicts the failing replicas there, so that their owners start them on healthy nodes. Healthy pods on the node stay.',
  reversibility: 'undoable',
  needs: ['replicas', 'pods'],
  helpedBy: ['nodes', 'poddisruptionbudgets', 'persistentvolumeclaims', 'persistentvolumes', 'namespaces'],
  makes: ['cordon', 'evict', 'uncordon'],
  plan(situation, facts) {
    const bad = separatingNode(situation) ?? guiltyNode(situation, facts.replicas);
    if (bad === undefined) return [];
    const pods = movable(bad.failing).map((replica) => replica.pod);
    const why = claimFromAll(
      bad.says,
      bad.failing.slice(0, 4).map((replica) => citeObject(replica.pod, `failing on ${bad.name}`)),
    );
    const node = facts.nodes?.named(undefined, bad.name);
    // Few replicas are no proof against a machine on which the cluster itself rests.
    if (node !== undefined && isControlPlaneNode(node) && !situation.blastRadius.isSettledByProbes) return [];
    // A cordon that somebody else made is neither repeated nor taken away later.
    const isCordoned = node?.spec.unschedulable === true;
    const cordon: readonly ChangeOf<'cordon'>[] = isCordoned ? [] : [{ kind: 'cordon', node: bad.name, ...seen(node) }];
    const [first, ...more] = [...cordon, ...pods.map(eviction)];
    if (why === undefined || first === undefined || pods.length === 0) return [];
    const plan: MitigationPlan<'cordon' | 'evict' | 'uncordon'> = {
      id: 'cordon-node',
      subject: subject('Node', undefined, bad.name),
      why,
      preconditions: [
        spareCapacity({ pods, areMoving: true, closed: new Set([bad.name]) }, facts),
        budgetsAllow(pods, facts.poddisruptionbudgets),
        healthyElsewhere(bad.siblings, bad.name),
        ownersReplace(pods),
      ],
      saveFirst: pods.flatMap(saveCommands),
      changes: [first, ...more],
      undo: isCordoned ? [] : [{ kind: 'uncordon', node: bad.name, ...seen(node) }],
      expectation: 'Replacements become Ready on other nodes within two minutes, and the error rate falls below the alert’s threshold.',
      undoWhen: isCordoned
        ? undefined
        : `${bad.name} is proven whole: the cause is gone, its service rules are complete, and a probe from a pod on it reaches what failed.`,
    };
    return [plan];
  },

  fits: [
    { story: 'Both failing replicas sit on one node, the healthy ones on others.', given: nightOfTheNode },
    {
      story: 'Somebody has cordoned the node already: its failing replicas still have to leave.',
      given: {
        ...nightOfTheNode,
        nodes: [
          exampleNode({ name: 'node-1' }),
          exampleNode({ name: 'node-2' }),
          exampleNode({ name: 'node-3', spec: { unschedulable: true } }),
        ],
      },
    },
  ],
  blocks: [
    {
      story: 'The other nodes have no room by requests.',
      given: { ...nightOfTheNode, nodes: [fullNode('node-1'), fullNode('node-2'), exampleNode({ name: 'node-3' })] },
      by: 'spare-capacity',
      holds: 'no',
    },
    {
      story: 'The other nodes are cordoned, or closed by a taint.',
      given: {
        ...nightOfTheNode,
        nodes: [
          exampleNode({ name: 'node-1', spec: { unschedulable: true } }),
          exampleNode({ name: 'node-2', spec: { taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] } }),
          exampleNode({ name: 'node-3' }),
        ],
      },
      by: 'spare-capacity',
      holds: 'no',
    },
    { story: 'Nodes could not be read.', given: without(nightOfTheNode, 'nodes'), by: 'spare-capacity', holds: 'cannot-tell' },
    {
      story: 'A budget allows no disruption, and less than its healthy pods are there.',
      given: { ...nightOfTheNode, poddisruptionbudgets: [budgetForCart({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 3 })] },
      by: 'budgets-allow',
      holds: 'no',
    },
    {
      story: 'Budgets could not be read.',
      given: without(nightOfTheNode, 'poddisruptionbudgets'),
      by: 'budgets-allow',
      holds: 'cannot-tell',
    },
    {
      story: 'It fails on another node as well, and is healthy nowhere; only its neighbours point at the node.',
      given: {
        ...nightOfTheNode,
        pods: [
          ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => cartReplica(name, 'node-3', 'new', true)),
          cartReplica('j', 'node-1', 'new', true),
          ownedBy('mail', 'a', 'node-3', true),
          ...['b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => ownedBy('mail', name, `node-${1 + (index % 2)}`, false)),
        ],
      },
      by: 'healthy-elsewhere',
      holds: 'no',
    },
    {
      story: 'It runs on this node alone, so nobody knows how it does elsewhere.',
      given: {
        ...nightOfTheNode,
        pods: [
          ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => cartReplica(name, 'node-3', 'new', true)),
          ownedBy('mail', 'a', 'node-3', true),
          ...['b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => ownedBy('mail', name, `node-${1 + (index % 2)}`, false)),
        ],
      },
      by: 'healthy-elsewhere',
      holds: 'cannot-tell',
    },
    {
      story: 'The failing pods have no owner: evicted, they are gone.',
      given: nightOfTheBarePod(undefined),
      by: 'owner-replaces',
      holds: 'no',
    },
    {
      story: 'Their owner is a kind of its own.',
      given: nightOfTheBarePod('GameServerSet'),
      by: 'owner-replaces',
      holds: 'cannot-tell',
    },
  ],
  doesNotFit: [
    { story: 'The revision separates, not the node.', given: nightOfTheRevision },
    { story: 'Only the failing replicas have read what was written: elsewhere they would read the same.', given: nightOfTheWrite },
    { story: 'One of two replicas fails, and each has a node of its own.', given: nightOfTheZone({ replicas: 2 }) },
    {
      story: 'The node belongs to the control plane.',
      given: {
        ...nightOfTheNode,
        nodes: [
          exampleNode({ name: 'node-1' }),
          exampleNode({ name: 'node-2' }),
          exampleNode({ name: 'node-3', labels: { 'node-role.kubernetes.io/control-plane': '' } }),
        ],
      },
    },
  ],
});

interface BadNode {
  readonly name: string;
  readonly failing: readonly Replica[];
  /** Why it is this node. */
  readonly says: string;
  /** Replicas of the workloads that fail there, wherever they are. */
  readonly siblings: Pick<Situation['scope'], 'healthy' | 'failing'>;
}

function separatingNode(situation: Situation): BadNode | undefined {
  const { scope, blastRadius } = situation;
  const leading = nodeThatSeparates(blastRadius);
  if (leading === undefined || isSeparatedByWrite(situation)) return undefined;
  const { value: name, failingWith, failingWithout, healthyWith } = leading;
  const others = healthyWith === 0 ? 'and no healthy one does' : `and so do ${healthyWith} healthy ones`;
  return {
    name,
    failing: [...scope.failing, ...scope.alsoFailing].filter(({ pod }) => pod.spec.nodeName === name),
    says: `${spokenShare(failingWith, failingWith + failingWithout)} on ${name}, ${others}.`,
    siblings: scope,
  };
}

/** Only the failing replicas have read what was written, which separates them as well, and nothing shows that the node is ill. */
function isSeparatedByWrite({ blastRadius, changes, hypotheses }: Situation): boolean {
  const isNodeProven =
    blastRadius.isSettledByProbes ||
    hypotheses.some(({ isRoot, confidence, subject: own }) => isRoot && own.kind === 'Node' && confidence >= sureEnough);
  return !isNodeProven && changes.some(({ kind, standing }) => kind === 'config' && standing === 'suspect');
}

/** So sure one has to be of a cause before pods are moved whose place alone does not convict the node. */
const sureEnough = 0.8;

/** Too few fail for the node to separate them, or whom the page names is well and suffers from others: the cause lies in the node. */
function guiltyNode({ scope, hypotheses }: Situation, replicas: Replicas): BadNode | undefined {
  const suspects = scope.failing.length > 0 ? scope.failing : scope.alsoFailing;
  for (const { isRoot, confidence, subject: own, finding, title } of hypotheses) {
    if (!isRoot || own.kind !== 'Node' || confidence < sureEnough) continue;
    const explained = new Set(finding.affects.map(subjectKey));
    const failing = suspects.filter((each) => each.pod.spec.nodeName === own.name && explained.has(subjectKey(podSubject(each))));
    const moving = movable(failing);
    if (moving.length === 0) continue;
    const siblings = distinctWorkloads(moving).flatMap(replicas.ofWorkload);
    const whose = scope.failing.length > 0 ? '' : ', which the page does not name,';
    return {
      name: own.name,
      failing,
      says: `${countOf(moving)} on ${own.name}${whose} ${moving.length === 1 ? 'fails' : 'fail'}, and the cause lies in the node: ${title}.`,
      siblings: {
        healthy: siblings.filter(({ health }) => health === 'healthy'),
        failing: siblings.filter(({ health }) => health === 'failing'),
      },
    };
  }
  return undefined;
}

function distinctWorkloads(replicas: readonly Replica[]): readonly Replica['workload'][] {
  return [...new Map(replicas.map(({ workload }) => [subjectKey(workload), workload])).values()];
}

/**
 * The node that leads; or that splits the replicas exactly as what leads does, so that it may as well be the node. One
 * failing replica always sits on a node of its own, which says nothing about the node.
 */
function nodeThatSeparates({ leading, axes }: Situation['blastRadius']): Axis | undefined {
  if (leading?.axis === 'node') return leading;
  const isAlike = leading?.confoundedWith.includes('node') === true;
  return isAlike ? axes.find(({ axis, verdict }) => axis === 'node' && (verdict === 'separates' || verdict === 'suggestive')) : undefined;
}

/** DaemonSets would put theirs right back. Bare pods stay where something else can be moved. */
function movable(failing: readonly Replica[]): readonly Replica[] {
  const away = failing.filter(({ pod }) => managingKind(pod) !== 'DaemonSet' && managingKind(pod) !== 'Node');
  const owned = away.filter(({ pod }) => managingKind(pod) !== undefined);
  return owned.length > 0 ? owned : away;
}

function eviction(pod: Replica['pod']): ChangeOf<'evict'> {
  return { kind: 'evict', namespace: pod.metadata.namespace ?? 'default', pod: pod.metadata.name, ...seen(pod) };
}

function spokenShare(there: number, all: number): string {
  if (there !== all) return `${there} of ${all} failing replicas sit`;
  return all === 1 ? 'The failing replica sits' : all === 2 ? 'Both failing replicas sit' : `All ${all} failing replicas sit`;
}

function healthyElsewhere(
  scope: { readonly healthy: readonly Replica[]; readonly failing: readonly Replica[] },
  node: string,
): Precondition {
  const isElsewhere = ({ pod }: Replica): boolean => pod.spec.nodeName !== undefined && pod.spec.nodeName !== node;
  const well = scope.healthy.filter(isElsewhere);
  const ill = scope.failing.filter(isElsewhere);
  const cited = claimFromAll(
    well.length > 0 ? 'Replicas of the same workload are healthy on other nodes.' : 'It fails on other nodes as well.',
    (well.length > 0 ? well : ill)
      .slice(0, 3)
      .map((replica) => citeObject(replica.pod, `${replica.health} on ${replica.pod.spec.nodeName}`)),
  );
  return {
    id: 'healthy-elsewhere',
    claim: 'the same workload is healthy on another node',
    holds: well.length > 0 ? 'yes' : ill.length > 0 ? 'no' : 'cannot-tell',
    because: cited === undefined ? [] : [cited],
  };
}
