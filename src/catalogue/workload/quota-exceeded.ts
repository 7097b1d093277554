import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleDeployment, examplePod, exampleRefusal } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import type { ResourceQuota } from '../../domain/kubernetes/storage.ts';
import { parseQuantity } from '../../domain/quantity.ts';
import { refusalFinding, refusedCreations } from '../../domain/refused-creations.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The namespace has used up what its quota allows, so the API server refuses further pods. */
export const quotaExceeded = defineFailureMode({
  id: 'quota-exceeded',
  title: 'The quota of the namespace refuses further pods',
  role: 'cause',
  explanation: {
    whatItIs:
      'A ResourceQuota limits what the namespace may request in all; the pods that are wanted would exceed it, or do not state what the quota counts.',
    howItLooks:
      'Fewer pods than wanted, none of them Pending; FailedCreate events on the ReplicaSet: "exceeded quota: …" or "must specify limits.cpu".',
    whyItHappens:
      'More replicas, larger requests, leftover Jobs or a rollout that needs room for both revisions; a quota that was introduced or lowered.',
    whatStopsTheBleeding:
      'Free what nobody needs in the namespace, or raise the quota. Do not delete running replicas: they could not be created again.',
    whatFixesIt: 'Size the quota for the peak, including the surge of a rollout; state requests and limits in every template.',
    howToPreventIt: 'Alert at four fifths of each quota.',
  },
  sources: ['https://kubernetes.io/docs/concepts/policy/resource-quotas/'],
  needs: ['replicas'],
  helpedBy: ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'events', 'resourcequotas'],
  explains: ['autoscaler-at-maximum'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return refusedCreations(facts).flatMap((refused) => {
      const name = /exceeded quota: ([^,\s]+)/.exec(refused.words)?.[1] ?? /failed quota: ([^,:\s]+)/.exec(refused.words)?.[1];
      if (name === undefined) return [];
      const quota = facts.resourcequotas?.named(refused.workload.namespace, name);
      const arithmetic = /requested: (.+?), used: (.+?), limited: (.+?)(?:$|;|\. )/.exec(refused.words);
      const sum =
        arithmetic === null
          ? 'the pods do not state what it counts'
          : `${arithmetic[1]} requested, ${arithmetic[2]} used, ${arithmetic[3]} allowed`;
      const says = `${refused.missing} pods of ${refused.workload.name} are refused by ResourceQuota ${name}: ${sum}.`;
      const { namespace } = refused.workload;
      return [
        refusalFinding(refused, {
          weight: 'conclusive',
          because: [claim(says, ...refused.citations), ...(quota === undefined ? [] : fullParts(quota))],
          blames: [subject('ResourceQuota', namespace, name)],
          wouldSettle: [shellCommand`kubectl -n ${namespace} describe resourcequota ${name}`],
        }),
      ];
    });
  },

  recognises: [
    {
      story: 'The number of pods is used up.',
      given: {
        ...exampleRefusal(
          'pods "cart-5d4f8c7b9-x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
        ),
        resourcequotas: [
          {
            metadata: { name: 'compute', namespace: 'shop' },
            spec: { hard: { pods: '4' } },
            status: { hard: { pods: '4' }, used: { pods: '4' } },
          },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The quota counts limits, and the pods state none.',
      given: exampleRefusal('pods "cart-5d4f8c7b9-x" is forbidden: failed quota: compute: must specify limits.cpu for: app'),
    },
    {
      story: 'A StatefulSet misses its second pod; only the event tells.',
      given: {
        pods: [examplePod({ name: 'db-0', owner: { kind: 'StatefulSet', name: 'db' } })],
        statefulsets: [
          { metadata: { name: 'db', namespace: 'shop', uid: 'uid-db' }, spec: { replicas: 2 }, status: { replicas: 1, readyReplicas: 1 } },
        ],
        events: [
          exampleEvent({
            about: { kind: 'StatefulSet', name: 'db' },
            reason: 'FailedCreate',
            message:
              'create Pod db-1 in StatefulSet db failed error: pods "db-1" is forbidden: exceeded quota: compute, requested: requests.memory=2Gi, used: requests.memory=3Gi, limited: requests.memory=4Gi',
          }),
        ],
      },
      finds: [{ kind: 'StatefulSet', namespace: 'shop', name: 'db' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Admission refuses for another reason.',
      given: exampleRefusal('admission webhook "policy.example" denied the request: no quota label'),
    },
    {
      story: 'The quota is full to the brim and nothing is missing.',
      given: {
        pods: [examplePod({ name: 'cart-5d4f8c7b9-a' }), examplePod({ name: 'cart-5d4f8c7b9-b' })],
        deployments: [exampleDeployment({ name: 'cart' }).deployment],
        replicasets: [exampleDeployment({ name: 'cart' }).replicaSet],
        resourcequotas: [{ metadata: { name: 'compute', namespace: 'shop' }, status: { hard: { pods: '2' }, used: { pods: '2' } } }],
        events: [
          exampleEvent({
            about: { kind: 'ReplicaSet', name: 'cart-5d4f8c7b9' },
            reason: 'FailedCreate',
            message: 'exceeded quota: compute, requested: pods=1, used: pods=2, limited: pods=2',
            minutesAgo: 10,
          }),
        ],
      },
    },
  ],
});

/** Where nine tenths are used, the next pod of ordinary size no longer fits. */
const nearlyFull = 0.9;

function fullParts(quota: ResourceQuota): readonly Claim[] {
  return Object.entries(quota.status.hard)
    .flatMap(([resource, hard]) => {
      const used = quota.status.used[resource];
      const [limit, amount] = [parseQuantity(hard), parseQuantity(used)];
      return limit === undefined || amount === undefined || amount < limit * nearlyFull
        ? []
        : [
            claim(
              `Of ${resource}, ${used} of ${hard} are used.`,
              citeObject(quota, `status.used.${resource}: ${used}, status.hard.${resource}: ${hard}`),
            ),
          ];
    })
    .slice(0, 4);
}
