import { type Citation, citeList, citeObject } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { spokenDuration } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';

/** Pods that were deleted do not go away: a finalizer holds them, their node does not answer, or the kubelet cannot end them. */
export const stuckTerminating = defineFailureMode({
  id: 'stuck-terminating',
  title: 'Deleted pods do not go away',
  role: 'cause',
  explanation: {
    whatItIs: 'The deletion was asked for, its grace period is over, and the pod is still there.',
    howItLooks: 'Terminating for minutes or days; a StatefulSet that does not make the replacement.',
    whyItHappens: 'A finalizer whose controller is gone, a node that does not answer, a process or mount that the kubelet cannot end.',
    whatStopsTheBleeding:
      'Bring the node back, or declare it out of service; only then delete with force, for a pod may still be writing to its volume.',
    whatFixesIt: 'Bring back the controller that owns the finalizer; repair what hangs on the node.',
    howToPreventIt: 'Uninstall controllers after what they manage; alert on pods that stay Terminating.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
    'https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/',
  ],
  needs: ['replicas'],
  helpedBy: ['nodes', 'events'],
  explains: ['namespace-stuck-terminating'],
  mitigations: [],

  recognise(facts) {
    const seen = facts.replicas.all
      .flatMap((replica) => {
        const trouble = replica.troubles.find((each) => each.kind === 'stuck-terminating');
        return trouble === undefined
          ? []
          : [
              {
                ...heldBy(replica, facts.nodes),
                replica,
                since: trouble.since,
                told: recentEvents(facts.events, replica.pod, facts.now).filter((event) => event.reason === 'FailedKillPod'),
              },
            ];
      })
      .map(
        ({ told, citations, ...each }): Held => ({
          ...each,
          weight: told.length > 0 && each.weight === 'suggestive' ? 'strong' : each.weight,
          citations: [citations[0], ...citations.slice(1), ...told.slice(0, 1).map(citeEvent)],
        }),
      );
    return byWorkload(seen, (each) => each.why).map((group) => {
      const [{ why, weight, node, since }] = group;
      return findingOf(group, {
        weight,
        blames: node === undefined ? [] : [subject('Node', undefined, node)],
        because: [
          claimOfAll(
            `${countOf(group)} of ${group[0].replica.workload.name} should be gone${since === undefined ? '' : ` for ${spokenDuration(facts.now - since)}`}: ${why}.`,
            group,
          ),
        ],
      });
    });
  },

  recognises: [
    {
      story: 'A finalizer that nobody takes away.',
      given: { pods: [terminating({ finalizers: ['orders.example/cleanup'] })], nodes: [exampleNode({ name: 'node-1' })] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'Its containers ended hours ago and were replaced; the finalizer keeps what is left of it.',
      given: {
        pods: [{ ...terminating({ finalizers: ['orders.example/cleanup'] }), status: { phase: 'Failed' } }],
        nodes: [exampleNode({ name: 'node-1' })],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    { story: 'Its node is gone from the cluster.', given: { pods: [terminating({})], nodes: [exampleNode({ name: 'node-2' })] } },
  ],
  isNotFooledBy: [
    {
      story: 'Deleted a moment ago, with its grace period still running.',
      given: { pods: [terminating({ deletionTimestamp: '2026-03-01T10:00:25Z' })], nodes: [exampleNode({ name: 'node-1' })] },
    },
    { story: 'It runs.', given: { pods: [examplePod({ name: 'cart-7f9-a' })], nodes: [exampleNode({ name: 'node-1' })] } },
  ],
});

interface Held extends Sighting {
  readonly why: string;
  readonly weight: Weight;
  readonly node: string | undefined;
}

function heldBy(replica: Replica, nodes: Collection<Node> | undefined): Pick<Held, 'why' | 'weight' | 'node' | 'citations'> {
  const { metadata, spec } = replica.pod;
  const own: Citation = citeObject(
    replica.pod,
    `metadata.deletionTimestamp; finalizers: ${metadata.finalizers.join(', ') || 'none'}`,
    metadata.deletionTimestamp,
  );
  const node = nodes?.named(undefined, spec.nodeName);
  const isGone = nodes?.isComplete(undefined) === true && nodes.all.length > 0 && spec.nodeName !== undefined && node === undefined;
  const ready = node?.status.conditions.find((condition) => condition.type === 'Ready');
  if (metadata.finalizers.length > 0)
    return {
      why: `the finalizer ${metadata.finalizers.join(', ')} holds them`,
      // Once nothing of it runs any more, the kubelet has done its part and only the finalizer is left.
      weight: hasEnded(replica) ? 'conclusive' : 'strong',
      node: undefined,
      citations: [own],
    };
  if (isGone)
    return {
      why: `their node ${spec.nodeName} is no longer in the cluster`,
      weight: 'strong',
      node: spec.nodeName,
      citations: [own, citeList('nodes', undefined, `no Node ${spec.nodeName}`)],
    };
  if (node !== undefined && ready?.status !== 'True')
    return {
      why: `their node ${node.metadata.name} does not answer`,
      weight: 'suggestive',
      node: node.metadata.name,
      citations: [
        own,
        citeObject(node, `status.conditions[Ready]: ${ready?.status ?? 'absent'} ${ready?.reason ?? ''}`, ready?.lastTransitionTime),
      ],
    };
  return {
    why: `the kubelet of ${spec.nodeName ?? 'their node'} does not get them ended`,
    weight: 'suggestive',
    node: spec.nodeName,
    citations: [own],
  };
}

function hasEnded({ pod: { status } }: Replica): boolean {
  const isOver = status.phase === 'Failed' || status.phase === 'Succeeded';
  return isOver || (status.containerStatuses.length > 0 && status.containerStatuses.every(({ state }) => state.terminated !== undefined));
}

function terminating(metadata: object): RawObject {
  const pod = examplePod({ name: 'cart-7f9-a', labels: { 'pod-template-hash': '7f9' } });
  return { ...pod, metadata: { ...(pod['metadata'] as object), deletionTimestamp: minutesAgo(30), ...metadata } };
}
