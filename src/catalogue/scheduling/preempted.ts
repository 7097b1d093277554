import { claimFromAll } from '../../domain/citation.ts';
import { citeCondition } from '../../domain/container-evidence.ts';
import { citeEvent, eventIndex, firstSeenAt, isRecentEvent } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, earliest, findingOf } from '../../domain/sightings.ts';

/** The scheduler took the place of these pods for pods of higher priority, and no other place is left for them. */
export const preempted = defineFailureMode({
  id: 'preempted',
  title: 'Pods of higher priority took the place',
  role: 'cause',
  explanation: {
    whatItIs:
      'A pod of higher priority did not fit, so the scheduler removed pods of lower priority to make room; their replacements find none.',
    howItLooks: 'Preempted events, and replacements that stay Pending.',
    whyItHappens: 'The cluster is full, and something with a higher priority class was rolled out or scaled up.',
    whatStopsTheBleeding: 'Make room: add nodes, or scale back what came with the higher priority.',
    whatFixesIt: 'Give the workload the priority that it deserves, and the cluster room for both.',
    howToPreventIt: 'Agree on priority classes; use preemptionPolicy Never for work that can wait.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/'],
  needs: ['replicas', 'events'],
  helpedBy: [],
  explains: ['insufficient-resources'],
  mitigations: ['scale-out'],

  recognise(facts) {
    const told = eventIndex(facts.events)
      .withReason('Preempted')
      .filter((event) => isRecentEvent(event, facts.now) && event.involvedObject.kind === 'Pod');
    const waiting = facts.replicas.failing.filter((replica) => replica.troubles.some((trouble) => trouble.kind === 'unscheduled'));
    const seen = waiting.flatMap((replica) => {
      const own = told.filter(
        (event) => event.involvedObject.namespace === replica.pod.metadata.namespace && isSibling(event.involvedObject.name ?? '', replica),
      );
      const [first] = own;
      return first === undefined
        ? []
        : [
            {
              replica,
              since: earliest([firstSeenAt(first), replica.failingSince]),
              events: own,
              citations: [citeEvent(first), citeCondition(replica.pod, 'PodScheduled')] as const,
            },
          ];
    });
    return byWorkload(seen).map((group) => {
      const all = claimFromAll(
        'The scheduler says for whom they had to go.',
        [...new Set(group.flatMap((each) => each.events))].slice(0, 4).map(citeEvent),
      );
      return findingOf(group, {
        weight: 'strong',
        because: [
          claimOfAll(
            `${countOf(group)} of ${group[0].replica.workload.name} lost their place to pods of higher priority and find no other.`,
            group,
          ),
          ...(all === undefined ? [] : [all]),
        ],
      });
    });
  },

  recognises: [
    {
      story: 'A replica was preempted, and its replacement waits.',
      given: {
        pods: [exampleUnscheduled({ message: '0/1 nodes are available: 1 Insufficient cpu.' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-z' },
            reason: 'Preempted',
            type: 'Normal',
            message: 'Preempted by pod 5c3f on node node-1',
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The replacement found another place.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', labels: { 'pod-template-hash': '7f9' } })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-z' },
            reason: 'Preempted',
            message: 'Preempted by pod 5c3f on node node-1',
          }),
        ],
      },
    },
    {
      story: 'Another workload was preempted.',
      given: {
        pods: [exampleUnscheduled({ message: '0/1 nodes are available: 1 Insufficient cpu.' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'batch-5d8-x' },
            reason: 'Preempted',
            message: 'Preempted by pod 5c3f on node node-1',
          }),
        ],
      },
    },
  ],
});

/** The one that had to go is no longer there; controllers name their pods after their owner, which both have in common. */
function isSibling(gone: string, { pod }: Replica): boolean {
  const owner = pod.metadata.ownerReferences.find((each) => each.controller === true)?.name;
  return gone === pod.metadata.name || (owner !== undefined && gone.startsWith(`${owner}-`) && !gone.slice(owner.length + 1).includes('-'));
}
