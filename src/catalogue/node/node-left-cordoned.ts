import { citeObject, type Claim, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerDay, spokenDuration } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Maintenance of a node takes hours; a cordon that is older than a day was probably forgotten. */
const forgottenAfterMilliseconds = millisecondsPerDay;

export const nodeLeftCordoned = defineFailureMode({
  id: 'node-left-cordoned',
  title: 'A node was left cordoned while pods wait for room',
  role: 'cause',
  explanation: {
    whatItIs: 'Somebody closed the node to new pods a while ago and never opened it again, and now its room is missed.',
    howItLooks: '`kubectl get nodes` shows SchedulingDisabled; pods stay Pending that would fit on it.',
    whyItHappens: 'After an incident or maintenance nobody uncordoned it, or an upgrade stopped half-way.',
    whatStopsTheBleeding: 'Make sure that whatever it was cordoned for is repaired, then uncordon it.',
    whatFixesIt: 'Write down why a node is cordoned, and check at the end of every incident.',
    howToPreventIt: 'Alert on nodes that are cordoned for longer than maintenance takes.',
  },
  sources: ['https://kubernetes.io/docs/concepts/architecture/nodes/#manual-node-administration'],
  needs: ['nodes', 'scheduling'],
  helpedBy: ['replicas'],
  explains: [],
  mitigations: ['uncordon-node'],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      const { name } = node.metadata;
      const since = cordonedSince(node);
      if (node.spec.unschedulable !== true || since === undefined || facts.now - since < forgottenAfterMilliseconds) return [];
      const waiting = facts.scheduling.filter(
        (verdict) =>
          verdict.nodes.some(
            (each) => each.node === name && each.obstacles.length > 0 && each.obstacles.every((obstacle) => obstacle.kind === 'cordoned'),
          ) && verdict.fits.length === 0,
      );
      const [first] = waiting;
      if (first === undefined) return [];
      const because: readonly [Claim, ...Claim[]] = [
        claim(`${name} has been cordoned for ${spokenDuration(facts.now - since)}.`, citeObject(node, 'spec.unschedulable: true', since)),
        claim(`${waiting.length} waiting pods would fit on it.`, citeObject(first.pod, 'Pending')),
      ];
      // Why it was cordoned is not known, and opening it again may be wrong.
      return [
        nodeFinding(
          {
            node: name,
            weight: 'weak',
            because,
            since,
            suffering: waiting.flatMap((verdict) => facts.replicas?.ofPod(verdict.pod.metadata.namespace, verdict.pod.metadata.name) ?? []),
            wouldSettle: [shellCommand`Ask who cordoned ${name} and why (kubectl get node ${name} --show-managed-fields -o yaml).`],
          },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'Cordoned last week, and a pod waits that would fit only there.',
      given: {
        nodes: [cordoned(7 * 24 * 60), exampleNode({ name: 'node-2', status: { allocatable: { cpu: '1', memory: '1Gi', pods: '110' } } })],
        pods: [
          examplePod({
            name: 'cart-1-a',
            node: null,
            isReady: false,
            startedMinutesAgo: 20,
            container: { resources: { requests: { cpu: '2' } } },
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A spare node is cordoned and nobody waits.',
      given: { nodes: [cordoned(7 * 24 * 60), exampleNode({ name: 'node-2' })], pods: [examplePod({ name: 'cart-1-a', node: 'node-2' })] },
    },
    {
      story: 'The node was cordoned ten minutes ago for maintenance.',
      given: { nodes: [cordoned(10)], pods: [examplePod({ name: 'cart-1-a', node: null, isReady: false, startedMinutesAgo: 5 })] },
    },
  ],
});

/** The taint is set in the same moment as the cordon and carries its time; else the last write of the field does. */
function cordonedSince(node: Node): Instant | undefined {
  const taint = node.spec.taints.find((each) => each.key === 'node.kubernetes.io/unschedulable');
  const writes = node.metadata.managedFields.flatMap((field) =>
    field.at !== undefined && field.paths.includes('spec.unschedulable') ? [field.at] : [],
  );
  return taint?.timeAdded ?? (writes.length === 0 ? undefined : Math.max(...writes));
}

function cordoned(minutes: number): ReturnType<typeof exampleNode> {
  const timeAdded = minutesAgo(minutes);
  return exampleNode({
    name: 'node-1',
    spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded }] },
  });
}
