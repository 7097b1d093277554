import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerMinute, millisecondsPerSecond, spokenDuration } from '../../domain/instant.ts';
import type { Lease } from '../../domain/kubernetes/node.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, podSubject } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';

/** Even a busy scheduler gives every pod a verdict within seconds, so pods without any after two minutes were not looked at. */
const verdictMilliseconds = 2 * millisecondsPerMinute;
/** Where nobody holds the scheduler's lease, waiting for longer tells nothing more: a successor takes it over within seconds. */
const certainMilliseconds = 30 * millisecondsPerSecond;
/** The scheduler renews its lease every few seconds and loses it after fifteen; a minute is beyond every pause. */
const leaseMilliseconds = 60 * millisecondsPerSecond;
const defaultScheduler = 'default-scheduler';

/** Nobody looks at waiting pods: the scheduler that they ask for does not run. */
export const schedulerNotRunning = defineFailureMode({
  id: 'scheduler-not-running',
  title: 'Pods are not looked at: their scheduler does not run',
  role: 'cause',
  explanation: {
    whatItIs: 'New pods get neither a node nor a reason, because the scheduler that their template names is down or does not exist.',
    howItLooks: 'Pending pods without events and without a PodScheduled condition; what runs goes on running.',
    whyItHappens:
      'The scheduler crashes, lost its credentials or its control-plane node; or the template names a scheduler that is not installed.',
    whatStopsTheBleeding: 'Do not delete or drain anything: nothing would be placed again. Bring the scheduler back.',
    whatFixesIt: 'Repair the scheduler; correct spec.schedulerName.',
    howToPreventIt: 'Run more than one scheduler with leader election, and alert on the age of its lease.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/',
    'https://kubernetes.io/docs/concepts/architecture/leases/',
    'https://kubernetes.io/docs/tasks/extend-kubernetes/configure-multiple-schedulers/',
  ],
  needs: ['replicas'],
  helpedBy: ['leases'],
  explains: ['controller-lease-stale'],
  mitigations: [],

  recognise(facts) {
    const stale = staleLease(facts.leases, facts.now);
    const seen = facts.replicas.failing.flatMap((replica) => {
      const isDefault = (replica.pod.spec.schedulerName ?? defaultScheduler) === defaultScheduler;
      const isCertain = isDefault && stale.length > 0;
      const { creationTimestamp: since, name } = replica.pod.metadata;
      const isUnseen =
        !replica.pod.status.conditions.some((condition) => condition.type === 'PodScheduled') &&
        replica.pod.spec.schedulingGates.length === 0;
      const isWaiting =
        replica.troubles.some((trouble) => trouble.kind === 'unscheduled') &&
        since !== undefined &&
        facts.now - since > (isCertain ? certainMilliseconds : verdictMilliseconds);
      return isUnseen && isWaiting
        ? [
            {
              replica,
              since,
              citations: [citeObject(replica.pod, `${name}: no PodScheduled condition, no node, created then`, since)] as const,
            },
          ]
        : [];
    });
    return byWorkload(seen, ({ replica }) => replica.pod.spec.schedulerName ?? defaultScheduler).map((group) => {
      const scheduler = group[0].replica.pod.spec.schedulerName ?? defaultScheduler;
      const isDefault = scheduler === defaultScheduler;
      const ill = isDefault ? illScheduler(facts.replicas.all) : [];
      const lost = isDefault ? stale : [];
      const weight: Weight = lost.length > 0 || ill.length > 0 ? 'conclusive' : isDefault ? 'suggestive' : 'strong';
      const own = ill.length === 1 ? ill.map(podSubject)[0] : undefined;
      const states = ill
        .slice(0, 2)
        .map((each) =>
          claim(`The scheduler's pod ${each.pod.metadata.name} fails.`, citeObject(each.pod, each.troubles[0]?.reason ?? 'not Ready')),
        );
      return findingOf(group, {
        subject: isDefault ? (own ?? subject('Pod', 'kube-system', 'kube-scheduler')) : undefined,
        weight,
        because: [
          claimOfAll(`${countOf(group)} got neither a node nor a reason: no scheduler called ${scheduler} has looked at them.`, group),
          ...lost,
          ...states,
        ],
        blames: ill.map(podSubject),
        wouldSettle: [
          'kubectl -n kube-system get lease kube-scheduler -o yaml',
          'kubectl -n kube-system get pods -l component=kube-scheduler',
        ],
      });
    });
  },

  recognises: [
    {
      story: 'Nobody renews the lease of the scheduler, and pods have no verdict.',
      given: { pods: [unseen()], leases: [lease(9)] },
      finds: [{ kind: 'Pod', namespace: 'kube-system', name: 'kube-scheduler' }],
    },
    {
      story: 'The scheduler was stopped and gave its lease back a minute ago; nobody took it.',
      given: { pods: [unseen({}, 1)], leases: [lease(1, '')] },
    },
    {
      story: 'The template names a scheduler that is not installed.',
      given: { pods: [unseen({ schedulerName: 'batch-scheduler' })], leases: [lease(0)] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The scheduler has said why it waits.',
      given: { pods: [examplePod({ name: 'cart-7f9-a', node: null, isReady: false })], leases: [lease(0)] },
    },
    {
      story: 'The scheduler holds its lease and has not come to a pod that is a minute old.',
      given: { pods: [unseen({}, 1)], leases: [lease(0)] },
    },
    {
      story: 'The lease is old in a managed cluster that keeps it elsewhere, and nothing waits.',
      given: { pods: [examplePod({ name: 'cart-7f9-a' })], leases: [lease(9)] },
    },
  ],
});

function staleLease(leases: Collection<Lease> | undefined, now: Instant): readonly Claim[] {
  const lease = leases?.named('kube-system', 'kube-scheduler');
  const renewedAt = lease?.spec.renewTime;
  // A scheduler that is told to end gives its lease back.
  const isGivenBack = lease?.spec.holderIdentity === '';
  const heldMilliseconds = isGivenBack ? certainMilliseconds : leaseMilliseconds;
  return lease === undefined || renewedAt === undefined || now - renewedAt < heldMilliseconds
    ? []
    : [
        claim(
          isGivenBack
            ? `Nobody has held the lease of the scheduler for ${spokenDuration(now - renewedAt)}.`
            : `The scheduler has not renewed its lease for ${spokenDuration(now - renewedAt)}.`,
          citeObject(lease, `spec.renewTime, held by ${isGivenBack ? 'nobody' : (lease.spec.holderIdentity ?? 'nobody')}`, renewedAt),
        ),
      ];
}

/** Where the control plane runs as pods, the scheduler's container has this name in every distribution. */
function illScheduler(all: readonly Replica[]): readonly Replica[] {
  return all.filter(
    (replica) =>
      replica.health === 'failing' &&
      replica.pod.metadata.namespace === 'kube-system' &&
      replica.pod.spec.containers.some((container) => container.name === 'kube-scheduler'),
  );
}

function unseen(spec: RawObject = {}, startedMinutesAgo = 10): RawObject {
  return examplePod({
    name: 'cart-7f9-a',
    node: null,
    isReady: false,
    startedMinutesAgo,
    labels: { 'pod-template-hash': '7f9' },
    spec,
    podStatus: { conditions: [] },
  });
}

function lease(renewedMinutesAgo: number, holderIdentity = 'control_1'): RawObject {
  return {
    metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
    spec: { holderIdentity, renewTime: minutesAgo(renewedMinutesAgo), leaseDurationSeconds: 15 },
  };
}
