import { citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerMinute, millisecondsPerSecond, spokenDuration } from '../../domain/instant.ts';
import type { Lease } from '../../domain/kubernetes/node.ts';
import type { Replica } from '../../domain/replica.ts';
import { type Subject, subject } from '../../domain/subject.ts';

/** Parts of the control plane that hold one lease for the whole cluster. Others may have been uninstalled and left theirs behind. */
const components: ReadonlySet<string> = new Set(['kube-scheduler', 'kube-controller-manager', 'cloud-controller-manager']);
/** A leader that lost its lease is replaced after one duration; after several of them nobody has taken over. */
const durations = 8;
const shortestStaleMilliseconds = 2 * millisecondsPerMinute;

export const controllerLeaseStale = defineFailureMode({
  id: 'controller-lease-stale',
  title: 'A part of the control plane has no living leader',
  role: 'cause',
  explanation: {
    whatItIs:
      'The scheduler or a controller manager must renew a lease every few seconds to lead, and nobody has renewed it for minutes: none of its replicas works.',
    howItLooks:
      "Pods stay Pending without events, or Deployments, endpoints and nodes are no longer brought up to date; the lease's renewTime stands still.",
    whyItHappens: 'Its pods crash (bad flag, expired certificate), cannot reach the API server, or were removed.',
    whatStopsTheBleeding: 'Bring one replica of it back on a control-plane node.',
    whatFixesIt: 'Read its log and repair what it names.',
    howToPreventIt: 'Run it on several control-plane nodes, and alert on leases that are not renewed.',
  },
  sources: ['https://kubernetes.io/docs/concepts/architecture/leases/'],
  needs: ['leases'],
  helpedBy: ['replicas'],
  explains: ['pods-pending', 'all-endpoints-unready', 'rollout-progress-deadline-exceeded'],
  mitigations: [],
  recognise(facts): readonly Finding[] {
    const renewals = facts.leases.all.flatMap((lease) => lease.spec.renewTime ?? []);
    const newest = renewals.length === 0 ? facts.now : Math.max(...renewals);
    // Where even the freshest of many leases is old, the leases were collected earlier than the rest, or the API server was away.
    const reference: Instant = renewals.length > 1 ? Math.min(facts.now, newest) : facts.now;
    return facts.leases
      .inNamespace('kube-system')
      .filter((lease) => components.has(lease.metadata.name))
      .flatMap((lease): readonly Finding[] => {
        const { renewTime, holderIdentity } = lease.spec;
        if (renewTime === undefined || reference - renewTime < allowedAge(lease)) return [];
        const { name } = lease.metadata;
        const pods = (facts.replicas?.all ?? []).filter(
          (replica) =>
            replica.pod.metadata.namespace === 'kube-system' && replica.pod.spec.containers.some((container) => container.name === name),
        );
        const failing = pods
          .filter((replica) => replica.health === 'failing')
          .map(({ pod, troubles }) =>
            claim(`Its pod ${pod.metadata.name} is failing.`, citeObject(pod, troubles[0]?.reason ?? 'not Ready')),
          );
        return [
          {
            subject: subject('Lease', 'kube-system', name),
            weight: failing.length > 0 ? 'conclusive' : 'strong',
            because: [
              claim(
                `The lease of ${name} was last renewed ${spokenDuration(reference - renewTime)} before others were.`,
                citeObject(lease, `renewTime, holder ${holderIdentity ?? 'none'}`, renewTime),
              ),
              ...failing,
            ],
            since: renewTime,
            affects: [
              subject('Lease', 'kube-system', name),
              ...pods.map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name)),
              ...(name === 'kube-scheduler' ? unscheduled(facts.replicas?.failing ?? []) : []),
            ],
            blames: pods.map((replica) => replica.workload),
          },
        ];
      });
  },
  recognises: [
    {
      story: 'The controller manager has not renewed its lease for ten minutes; the scheduler has.',
      given: { leases: [lease('kube-controller-manager', 10), lease('kube-scheduler', 0.05)] },
      finds: [{ kind: 'Lease', namespace: 'kube-system', name: 'kube-controller-manager' }],
    },
  ],
  isNotFooledBy: [
    { story: 'Both are renewed.', given: { leases: [lease('kube-controller-manager', 0.1), lease('kube-scheduler', 0.05)] } },
    {
      story: 'All leases are equally old: they were collected before the rest.',
      given: { leases: [lease('kube-controller-manager', 30), lease('kube-scheduler', 30.1)] },
    },
    {
      story: 'An operator that was uninstalled left its lease behind.',
      given: { leases: [lease('some-operator-lock', 100_000), lease('kube-scheduler', 0.05)] },
    },
  ],
});

function allowedAge({ spec }: Lease): number {
  return Math.max(shortestStaleMilliseconds, (spec.leaseDurationSeconds ?? 15) * durations * millisecondsPerSecond);
}

function unscheduled(failing: readonly Replica[]): readonly Subject[] {
  return failing
    .filter((replica) => replica.troubles.some((trouble) => trouble.kind === 'unscheduled'))
    .map(({ pod }) => subject('Pod', pod.metadata.namespace, pod.metadata.name));
}

function lease(name: string, renewedMinutesAgo: number): { readonly [field: string]: unknown } {
  return {
    kind: 'Lease',
    metadata: { name, namespace: 'kube-system' },
    spec: { holderIdentity: `${name}-cp`, leaseDurationSeconds: 15, renewTime: minutesAgo(renewedMinutesAgo) },
  };
}
