import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { HorizontalPodAutoscaler } from '../../domain/kubernetes/workload.ts';
import { parseQuantity } from '../../domain/quantity.ts';
import { affectedBy } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';

/**
 * The autoscaler wants more replicas than it may have. Being at the maximum is no trouble by itself: the measured value must
 * also be above its target, by more than the tenth within which the controller does nothing anyway.
 */
export const autoscalerAtMaximum = defineFailureMode({
  id: 'autoscaler-at-maximum',
  title: 'The autoscaler is at its maximum and the load is above its target',
  role: 'cause',
  explanation: {
    whatItIs: 'The HorizontalPodAutoscaler has made as many replicas as it may, and each still carries more than its target.',
    howItLooks: 'REPLICAS equals MAXPODS in `kubectl get hpa`, TARGETS above the goal, condition ScalingLimited with TooManyReplicas.',
    whyItHappens: 'More load than the maximum was made for, replicas that became slower, or retries that feed themselves.',
    whatStopsTheBleeding: 'Raise the maximum where nodes and dependencies have room; shed load where they have not.',
    whatFixesIt: 'Size the maximum for the peak, and find out why each replica carries less if it does.',
    howToPreventIt: 'Alert when the autoscaler stays at its maximum for more than a few minutes.',
  },
  sources: ['https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/'],
  needs: ['horizontalpodautoscalers'],
  helpedBy: ['replicas'],
  explains: ['cpu-overload', 'cpu-throttling-fails-probes', 'liveness-probe-misconfigured', 'dependency-times-out'],
  mitigations: ['raise-autoscaler-maximum', 'scale-out'],

  recognise(facts) {
    return facts.horizontalpodautoscalers.all.flatMap((autoscaler) => {
      const { namespace, name } = autoscaler.metadata;
      const maximum = autoscaler.spec.maxReplicas;
      const current = autoscaler.status.currentReplicas ?? 0;
      const limited = autoscaler.status.conditions.find(
        (condition) => condition.type === 'ScalingLimited' && condition.status === 'True' && condition.reason === 'TooManyReplicas',
      );
      const measured = loads(autoscaler);
      const over = measured.filter((load) => load.ratio > tolerated);
      // The controller sets this reason only when it wants more replicas than it may have.
      const isSaidOnly = measured.length === 0 && limited !== undefined;
      // An autoscaler whose limits are equal is switched off on purpose.
      const isPinned = maximum !== undefined && (autoscaler.spec.minReplicas ?? 1) >= maximum;
      const isAtMaximum = maximum !== undefined && (current >= maximum || (autoscaler.status.desiredReplicas ?? 0) >= maximum);
      if (!isAtMaximum || isPinned || (over.length === 0 && !isSaidOnly)) return [];
      const target = subject(autoscaler.spec.scaleTargetRef.kind ?? 'Deployment', namespace, autoscaler.spec.scaleTargetRef.name ?? name);
      const replicas = facts.replicas?.ofWorkload(target) ?? [];
      const worst = over.toSorted((left, right) => right.ratio - left.ratio)[0];
      const weight: Weight =
        limited !== undefined && (worst?.ratio ?? 0) > heavy ? 'conclusive' : limited !== undefined ? 'strong' : 'suggestive';
      const capped: Claim = claim(
        `It has ${current} replicas and may have ${maximum}.`,
        citeObject(
          autoscaler,
          `status.currentReplicas ${current}, spec.maxReplicas ${maximum}${limited === undefined ? '' : '; ScalingLimited: TooManyReplicas'}`,
          limited?.lastTransitionTime,
        ),
      );
      return [
        {
          subject: subject('HorizontalPodAutoscaler', namespace, name),
          weight,
          because: [
            capped,
            ...over.map((load) =>
              claim(
                `${load.metric} stands at ${load.current}, above its target of ${load.target}.`,
                citeObject(autoscaler, `status.currentMetrics: ${load.metric} ${load.current}, target ${load.target}`),
              ),
            ),
          ] as const,
          ...(limited?.lastTransitionTime === undefined ? {} : { since: limited.lastTransitionTime }),
          // Load makes replicas slow or unready; those that crash or wait do so for another reason.
          affects: [
            target,
            ...affectedBy(
              replicas.filter((replica) => replica.troubles.every((trouble) => trouble.kind === 'not-ready' || trouble.kind === 'erring')),
            ),
          ],
        },
      ];
    });
  },

  recognises: [
    {
      story: 'Ten of ten replicas at 180 percent of a target of 60.',
      given: { horizontalpodautoscalers: [autoscaler({ current: 180 })] },
      finds: [{ kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'A metric per pod, in quantities.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a' })],
        horizontalpodautoscalers: [
          autoscaler({
            metrics: [
              { type: 'Pods', pods: { metric: { name: 'requests_per_second' }, target: { type: 'AverageValue', averageValue: '100' } } },
            ],
            currentMetrics: [{ type: 'Pods', pods: { metric: { name: 'requests_per_second' }, current: { averageValue: '250' } } }],
          }),
        ],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'At its maximum, and the load is on target.',
      given: { horizontalpodautoscalers: [autoscaler({ current: 61, reason: 'DesiredWithinRange' })] },
    },
    {
      story: 'Limited by its minimum: there is little to do.',
      given: { horizontalpodautoscalers: [autoscaler({ current: 3, replicas: 2, reason: 'TooFewReplicas' })] },
    },
    {
      story: 'Still below its maximum and on the way up.',
      given: { horizontalpodautoscalers: [autoscaler({ current: 180, replicas: 5, reason: 'DesiredWithinRange' })] },
    },
    { story: 'Both limits are the same on purpose.', given: { horizontalpodautoscalers: [autoscaler({ current: 90, minimum: 10 })] } },
  ],
});

/** The controller does nothing within a tenth of the target (--horizontal-pod-autoscaler-tolerance). */
const tolerated = 1.1;
/** A quarter above the target at the maximum is load that the replicas cannot have been sized for. */
const heavy = 1.25;

interface Load {
  readonly metric: string;
  readonly current: string;
  readonly target: string;
  readonly ratio: number;
}

/** Metrics that have both a target and a measured value. */
function loads({ spec, status }: HorizontalPodAutoscaler): readonly Load[] {
  const classic = ratio('cpu', `${status.currentCPUUtilizationPercentage}%`, `${spec.targetCPUUtilizationPercentage}%`, [
    status.currentCPUUtilizationPercentage,
    spec.targetCPUUtilizationPercentage,
  ]);
  const modern = spec.metrics.flatMap((metric) => {
    const name = nameOf(metric);
    const measured = status.currentMetrics.find((each) => each.type === metric.type && nameOf(each) === name);
    const target = partOf(metric)?.target;
    const current = measured === undefined ? undefined : partOf(measured)?.current;
    if (target === undefined || current === undefined) return [];
    if (target.averageUtilization !== undefined)
      return ratio(name, `${current.averageUtilization}%`, `${target.averageUtilization}%`, [
        current.averageUtilization,
        target.averageUtilization,
      ]);
    const wanted = target.averageValue ?? target.value;
    const found = target.averageValue === undefined ? current.value : current.averageValue;
    return ratio(name, found ?? '', wanted ?? '', [parseQuantity(found), parseQuantity(wanted)]);
  });
  return [...classic, ...modern];
}

function ratio(
  metric: string,
  current: string,
  target: string,
  [measured, wanted]: readonly [number | undefined, number | undefined],
): readonly Load[] {
  return measured === undefined || wanted === undefined || wanted <= 0 ? [] : [{ metric, current, target, ratio: measured / wanted }];
}

type Metric = HorizontalPodAutoscaler['spec']['metrics'][number];

function partOf(
  metric: Metric,
):
  | { readonly target: NonNullable<Metric['resource']>['target']; readonly current: NonNullable<Metric['resource']>['current'] }
  | undefined {
  return metric.resource ?? metric.containerResource ?? metric.pods ?? metric.object ?? metric.external;
}

function nameOf(metric: Metric): string {
  return (
    metric.resource?.name ??
    metric.containerResource?.name ??
    metric.pods?.metric.name ??
    metric.object?.metric.name ??
    metric.external?.metric.name ??
    ''
  );
}

function autoscaler(of: {
  readonly current?: number;
  readonly replicas?: number;
  readonly minimum?: number;
  readonly reason?: string;
  readonly metrics?: readonly object[];
  readonly currentMetrics?: readonly object[];
}): { readonly [field: string]: unknown } {
  return {
    metadata: { name: 'cart', namespace: 'shop' },
    spec: {
      minReplicas: of.minimum ?? 2,
      maxReplicas: 10,
      scaleTargetRef: { kind: 'Deployment', name: 'cart' },
      metrics: of.metrics ?? [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
    },
    status: {
      currentReplicas: of.replicas ?? 10,
      desiredReplicas: of.replicas ?? 10,
      conditions: [
        {
          type: 'ScalingLimited',
          status: of.reason === 'DesiredWithinRange' ? 'False' : 'True',
          reason: of.reason ?? 'TooManyReplicas',
          lastTransitionTime: minutesAgo(20),
        },
      ],
      currentMetrics: of.currentMetrics ?? [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: of.current, averageValue: '900m' } } },
      ],
    },
  };
}
