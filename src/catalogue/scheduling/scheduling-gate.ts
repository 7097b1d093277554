import { citeCondition } from '../../domain/container-evidence.ts';
import { examplePod, exampleUnscheduled } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** Controllers that gate pods (quota queues, provisioners) open within seconds when they work; five minutes is a queue or a fault. */
const gateMilliseconds = 5 * millisecondsPerMinute;

/** The pod carries a scheduling gate that nobody takes away. */
export const schedulingGate = defineFailureMode({
  id: 'scheduling-gate',
  title: 'A scheduling gate keeps the pod waiting',
  role: 'cause',
  explanation: {
    whatItIs: 'The scheduler does not look at a pod while it has a scheduling gate; whoever set the gate has to take it away.',
    howItLooks: 'SchedulingGated in `kubectl get pods`; the PodScheduled condition says so and names the gates.',
    whyItHappens:
      'The controller that manages the gate is down, waits for quota or capacity, or was removed and left the gate in the template.',
    whatStopsTheBleeding: 'Bring back the controller of the gate; take the gate out of the template if nobody manages it.',
    whatFixesIt: 'Find whom the name of the gate belongs to, and why it does not open.',
    howToPreventIt: 'Alert on gated pods, and watch the controllers that gate.',
  },
  sources: ['https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/'],
  needs: ['replicas'],
  helpedBy: [],
  explains: [],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) => {
      const since = replica.pod.metadata.creationTimestamp;
      const isGated = replica.pod.spec.schedulingGates.length > 0 && replica.troubles.some((trouble) => trouble.kind === 'unscheduled');
      return isGated && since !== undefined && facts.now - since > gateMilliseconds
        ? [{ replica, since, citations: [citeCondition(replica.pod, 'PodScheduled')] as const }]
        : [];
    });
    return byWorkload(seen).map((group) => {
      const names = [...new Set(group.flatMap(({ replica }) => replica.pod.spec.schedulingGates.map((gate) => gate.name ?? '?')))];
      return findingOf(group, {
        weight: 'conclusive',
        because: [
          claimOfAll(`${countOf(group)} wait behind the scheduling ${names.length === 1 ? 'gate' : 'gates'} ${names.join(', ')}.`, group),
        ],
      });
    });
  },

  recognises: [
    {
      story: 'Gated for ten minutes.',
      given: {
        pods: [
          exampleUnscheduled({
            message: 'Scheduling is blocked due to non-empty scheduling gates',
            spec: { schedulingGates: [{ name: 'queue.example/admission' }] },
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Gated a minute ago.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            node: null,
            isReady: false,
            startedMinutesAgo: 1,
            spec: { schedulingGates: [{ name: 'queue.example/admission' }] },
          }),
        ],
      },
    },
    { story: 'It waits for room.', given: { pods: [exampleUnscheduled({ message: '0/1 nodes are available: 1 Insufficient cpu.' })] } },
  ],
});
