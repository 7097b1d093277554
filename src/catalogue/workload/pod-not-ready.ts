import { citeCondition } from '../../domain/container-evidence.ts';
import { minutesAgo } from '../../domain/example.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Pods run for longer than their own probes allow without getting ready. True, and no explanation. */
export const podNotReady = defineFailureMode({
  id: 'pod-not-ready',
  title: 'Pods run without getting ready',
  role: 'symptom',
  explanation: {
    whatItIs: 'All containers run, but the pod is not Ready for longer than its probes allow, so Services leave it out.',
    howItLooks: 'Running and 0/1 in `kubectl get pods`; Unhealthy events of the readiness probe; fewer endpoints than replicas.',
    whyItHappens: 'The program is not well, waits for somebody, is asked in the wrong place, or its node has trouble.',
    whatStopsTheBleeding: 'Choose by what separates these replicas from the ready ones: revision, node, zone or nothing.',
    whatFixesIt: 'Find out what the readiness probe asks and what it is answered.',
    howToPreventIt: 'Let the health page say which part is not well.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions'],
  needs: ['replicas'],
  helpedBy: [],
  explains: [],
  mitigations: ['roll-back-workload', 'cordon-node'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      replica.troubles
        .filter((trouble) => trouble.kind === 'not-ready' && !trouble.isInit)
        .slice(0, 1)
        .map((trouble) => ({ replica, since: trouble.since, citations: [citeCondition(replica.pod, 'Ready')] as const })),
    );
    return byWorkload(seen).map((group) =>
      findingOf(group, {
        weight: 'conclusive',
        because: [
          claimOfAll(
            `${countOf(group)} of ${group[0].replica.workload.name} ${group.length === 1 ? 'runs' : 'run'} without being Ready.`,
            group,
          ),
        ],
        wouldSettle: [
          shellCommand`kubectl -n ${group[0].replica.pod.metadata.namespace} describe pod ${group[0].replica.pod.metadata.name}`,
        ],
      }),
    );
  },

  recognises: [
    {
      story: 'Running for an hour and not Ready.',
      given: { pods: [examplePod({ name: 'cart-7f9-a', isReady: false, labels: { 'pod-template-hash': '7f9' } })] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    { story: 'It started just now.', given: { pods: [examplePod({ name: 'cart-7f9-a', isReady: false, startedMinutesAgo: 0 })] } },
    { story: 'It is Ready.', given: { pods: [examplePod({ name: 'cart-7f9-a' })] } },
    {
      story: 'Its readiness probe begins after three minutes, and it has run for two.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            startedMinutesAgo: 2,
            container: { readinessProbe: { httpGet: { port: 8080 }, initialDelaySeconds: 180 } },
            status: { state: { running: { startedAt: minutesAgo(2) } } },
          }),
        ],
      },
    },
  ],
});
