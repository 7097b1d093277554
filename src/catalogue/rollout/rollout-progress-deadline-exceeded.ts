import { citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleDeployment, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';

/** A rollout has made no progress for longer than it may. True, and no explanation. */
export const rolloutProgressDeadlineExceeded = defineFailureMode({
  id: 'rollout-progress-deadline-exceeded',
  title: 'A rollout does not get on',
  role: 'symptom',
  explanation: {
    whatItIs: 'For progressDeadlineSeconds, ten minutes unless set, no replica of the new revision became available.',
    howItLooks: 'Condition Progressing False with ProgressDeadlineExceeded; `kubectl rollout status` gives up.',
    whyItHappens: 'New replicas do not start, do not get ready, find no node, or may not be created.',
    whatStopsTheBleeding: 'Old replicas go on serving; roll back if they are too few.',
    whatFixesIt: 'Find out what keeps the new replicas from being available.',
    howToPreventIt: 'Let the pipeline wait for the rollout, and roll back by itself.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment'],
  needs: ['deployments'],
  helpedBy: ['replicas'],
  explains: [],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return facts.deployments.all.flatMap((deployment) => {
      const { namespace, name } = deployment.metadata;
      const condition = deployment.status.conditions.find(
        (each) => each.type === 'Progressing' && each.status === 'False' && each.reason === 'ProgressDeadlineExceeded',
      );
      const wanted = deployment.spec.replicas ?? 1;
      const isComplete = (deployment.status.updatedReplicas ?? 0) >= wanted && (deployment.status.availableReplicas ?? 0) >= wanted;
      if (condition === undefined || isComplete || wanted === 0) return [];
      const own = subject('Deployment', namespace, name);
      return [
        {
          subject: own,
          weight: 'conclusive' as const,
          because: [
            claim(
              `The rollout of ${namespace}/${name} has not got on for longer than it may.`,
              citeObject(
                deployment,
                `status.conditions[Progressing]: ProgressDeadlineExceeded: ${condition.message ?? ''}; updated ${deployment.status.updatedReplicas ?? 0}, available ${deployment.status.availableReplicas ?? 0} of ${wanted}`,
                condition.lastTransitionTime,
              ),
            ),
          ] as const,
          affects: [own, ...affectedBy((facts.replicas?.ofWorkload(own) ?? []).filter((replica) => replica.health === 'failing'))],
          ...(condition.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
        },
      ];
    });
  },

  recognises: [
    {
      story: 'Ten minutes without progress.',
      given: { deployments: [stuck(1, 1)], pods: [examplePod({ name: 'cart-5d4-a', isReady: false })] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    { story: 'It was late, and is complete now.', given: { deployments: [stuck(2, 2)], pods: [] } },
    { story: 'It gets on.', given: { deployments: [exampleDeployment({ name: 'cart', ready: 1 }).deployment], pods: [] } },
  ],
});

function stuck(updatedReplicas: number, availableReplicas: number): ReturnType<typeof exampleDeployment>['deployment'] {
  const conditions = [
    {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: 'ReplicaSet "cart-5d4" has timed out progressing.',
      lastTransitionTime: minutesAgo(5),
    },
  ];
  return exampleDeployment({ name: 'cart', status: { updatedReplicas, availableReplicas, conditions } }).deployment;
}
