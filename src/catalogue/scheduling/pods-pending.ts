import { citeCondition } from '../../domain/container-evidence.ts';
import { examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Pods wait for a node. True, and no explanation. */
export const podsPending = defineFailureMode({
  id: 'pods-pending',
  title: 'Pods wait for a node',
  role: 'symptom',
  explanation: {
    whatItIs: 'The scheduler has not given the pods a node for longer than it usually needs.',
    howItLooks: 'Pending without a node in `kubectl get pods -o wide`.',
    whyItHappens: 'No room, no matching node, taints, cordons, volumes, gates, or a scheduler that does not work.',
    whatStopsTheBleeding: 'Keep what runs running: a pod that is deleted now may wait as well.',
    whatFixesIt: 'Read the PodScheduled condition: the scheduler says for each node why not.',
    howToPreventIt: 'Alert on pods that stay unschedulable for some minutes.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
    'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/#my-pod-stays-pending',
  ],
  needs: ['replicas'],
  helpedBy: [],
  explains: [],
  mitigations: [],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      replica.troubles
        .filter((trouble) => trouble.kind === 'unscheduled')
        .map((trouble) => ({ replica, since: trouble.since, citations: [citeCondition(replica.pod, 'PodScheduled')] as const })),
    );
    return byWorkload(seen).map((group) =>
      findingOf(group, {
        weight: 'conclusive',
        because: [
          claimOfAll(`${countOf(group)} of ${group[0].replica.workload.name} ${group.length === 1 ? 'waits' : 'wait'} for a node.`, group),
        ],
        wouldSettle: [
          shellCommand`kubectl -n ${group[0].replica.pod.metadata.namespace} describe pod ${group[0].replica.pod.metadata.name}`,
        ],
      }),
    );
  },

  recognises: [
    {
      story: 'Unschedulable for ten minutes.',
      given: { pods: [exampleUnscheduled({ message: '0/1 nodes are available: 1 Insufficient cpu.' })] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Made a moment ago.',
      given: { pods: [examplePod({ name: 'cart-7f9-a', node: null, isReady: false, startedMinutesAgo: 0 })] },
    },
    { story: 'It has a node.', given: { pods: [examplePod({ name: 'cart-7f9-a' })] } },
  ],
});
