import { citeObject } from '../../domain/citation.ts';
import { limitOf, measured, recentPoints } from '../../domain/container-metrics.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { exampleContainerMetric, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import { spokenCores } from '../../domain/quantity.ts';
import { containerOf } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** Short bursts at the limit are what limits are for. */
const sustainedMilliseconds = 6 * millisecondsPerMinute;
const fullShare = 0.95;
/** Below this the container had all that it wanted. */
const easyShare = 0.6;

/** The containers use all the cpu that they may, for minutes, and the page is about them or they fail. */
export const cpuOverload = defineFailureMode({
  id: 'cpu-overload',
  title: 'The replicas use all the cpu that they may',
  role: 'cause',
  explanation: {
    whatItIs: 'For minutes on end the containers of the workload have used their whole cpu limit: there is more work than they can do.',
    howItLooks: 'Cpu use flat at the limit, growing latency and time-outs, an autoscaler that scales or is at its maximum.',
    whyItHappens: 'More load, a more expensive request or revision, retries of impatient callers, an endless loop.',
    whatStopsTheBleeding:
      'Scale out where the load divides; raise the limit where nodes have cpu; roll back if the revision brought the hunger.',
    whatFixesIt: 'Size replicas for the peak, and find what costs the time with a profile.',
    howToPreventIt: 'Let an autoscaler follow cpu well below the limit, and load-test revisions.',
  },
  sources: ['https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/'],
  needs: ['replicas', 'metrics'],
  helpedBy: ['judged-alert'],
  explains: ['cpu-throttling-fails-probes', 'liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'dependency-times-out'],
  mitigations: ['scale-out', 'roll-back-workload'],

  recognise(facts) {
    const verdict = facts['judged-alert']?.judgement.verdict;
    const alert = verdict === 'real' || verdict === 'cannot-tell' ? facts['judged-alert']?.alert : undefined;
    const seen = facts.replicas.all
      .filter((replica) => replica.health === 'failing' || replica.health === 'healthy')
      .flatMap((replica) =>
        replica.pod.spec.containers.flatMap(({ name: container }) => {
          const limit = limitOf(replica, container, 'cpu');
          const used = limit === undefined ? undefined : measured('cpu-cores', { replica, container }, facts.metrics);
          if (limit === undefined || used === undefined) return [];
          const recent = recentPoints(used.points, facts.now, sustainedMilliseconds);
          const isFull = recent.length >= 3 && recent.every((point) => point.value >= limit * fullShare);
          return isFull
            ? [
                {
                  replica,
                  container,
                  limit,
                  since: recent[0]?.at,
                  hasRisen: used.points.some((point) => point.value < limit * easyShare),
                  citations: [
                    used.citation,
                    citeObject(replica.pod, `resources.limits.cpu: ${containerOf(replica.pod, container)?.resources.limits['cpu']}`),
                  ] as const,
                },
              ]
            : [];
        }),
      );
    return byWorkload(seen, (each) => each.container).flatMap((group) => {
      const [{ container, limit, replica }] = group;
      const isNamed = isNamedByAlert(alert, { namespace: replica.workload.namespace, names: [replica.workload.name] });
      // A page that nothing else bears out is borne out by a use that was not always like this.
      const isPaged = isNamed && (verdict === 'real' || group.every(({ hasRisen }) => hasRisen));
      const isSuffering = group.some((each) => each.replica.health === 'failing');
      // Workers that always use what they get are well.
      if (!isPaged && !isSuffering) return [];
      const weight: Weight = isPaged && group.length > 1 ? 'strong' : 'suggestive';
      return [
        findingOf(group, {
          weight,
          because: [
            claimOfAll(
              `Container ${container} of ${countOf(group)} has used its whole limit of ${spokenCores(limit)} cpu for minutes.`,
              group,
            ),
          ],
        }),
      ];
    });
  },

  recognises: [
    {
      story: 'At the limit for ten minutes, and no longer Ready.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            labels: { 'pod-template-hash': '7f9' },
            container: { resources: { limits: { cpu: '500m' } } },
          }),
        ],
        metrics: [exampleContainerMetric('rate(container_cpu_usage_seconds_total[5m])', 'cart-7f9-a', [0.49, 0.5, 0.5, 0.5, 0.49])],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'Ready, and the page about it cannot be checked; but until lately it used a fifth of what it uses now.',
      given: pagedAt([0.1, 0.1, 0.49, 0.5, 0.5, 0.5, 0.49]),
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A page that cannot be checked about a worker that has always used what it gets.',
      given: pagedAt([0.49, 0.5, 0.49, 0.5, 0.5, 0.5, 0.49]),
    },
    {
      story: 'A worker that uses all it gets and is well.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', container: { resources: { limits: { cpu: '500m' } } } })],
        metrics: [exampleContainerMetric('rate(container_cpu_usage_seconds_total[5m])', 'cart-7f9-a', [0.49, 0.5, 0.5, 0.5, 0.49])],
      },
    },
    {
      story: 'One burst.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, container: { resources: { limits: { cpu: '500m' } } } })],
        metrics: [exampleContainerMetric('rate(container_cpu_usage_seconds_total[5m])', 'cart-7f9-a', [0.1, 0.1, 0.5, 0.1, 0.1])],
      },
    },
  ],
});

function pagedAt(values: readonly number[]): ExampleEvidence {
  const names = ['cart-7f9-a', 'cart-7f9-b'];
  return {
    pods: names.map((name) =>
      examplePod({ name, labels: { 'pod-template-hash': '7f9' }, container: { resources: { limits: { cpu: '500m' } } } }),
    ),
    metrics: names.map((name) => exampleContainerMetric('rate(container_cpu_usage_seconds_total[5m])', name, values)),
    'judged-alert': exampleJudgedAlert('cannot-tell', { namespace: 'shop', service: 'cart' }),
  };
}
