import { citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerMinute } from '../../domain/instant.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The autoscaler is blind for a minute after each start of its pods; what lasts longer is a fault. */
const blindMilliseconds = 3 * millisecondsPerMinute;

/** Reasons of the horizontal controller for metrics that it cannot have, or whose pods it cannot tell from those of others. Source: kubernetes/pkg/controller/podautoscaler. */
const blindReasons =
  /^(?:FailedGet\w*Metric|FailedGetScale|FailedComputeMetricsReplicas|InvalidMetricSourceType|InvalidSelector|AmbiguousSelector)$/;

/** The autoscaler cannot read what it scales by, so it leaves the number of replicas as it is. */
export const autoscalerWithoutMetrics = defineFailureMode({
  id: 'autoscaler-without-metrics',
  title: 'The autoscaler cannot read its metrics',
  role: 'cause',
  explanation: {
    whatItIs: 'The HorizontalPodAutoscaler gets no value for its metric, so it neither scales up nor down, whatever the load.',
    howItLooks: 'TARGETS <unknown> in `kubectl get hpa`; condition ScalingActive False with FailedGetResourceMetric or its like.',
    whyItHappens:
      'metrics-server is down or missing, the pods have no cpu requests, a custom metric lost its adapter, the target does not exist, the selector of the target also finds pods of another autoscaler.',
    whatStopsTheBleeding: 'Scale by hand to what the load needs.',
    whatFixesIt: 'Bring the metrics API back, give all containers requests, correct the name of metric or target.',
    howToPreventIt: 'Alert on ScalingActive False.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
    'https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/',
  ],
  needs: ['horizontalpodautoscalers'],
  helpedBy: ['replicas'],
  explains: ['cpu-overload'],
  mitigations: ['scale-out'],

  recognise(facts) {
    return facts.horizontalpodautoscalers.all.flatMap((autoscaler) => {
      const { namespace, name } = autoscaler.metadata;
      const blind = autoscaler.status.conditions.find(
        (condition) =>
          condition.status === 'False' &&
          (condition.type === 'ScalingActive' || condition.type === 'AbleToScale') &&
          blindReasons.test(condition.reason ?? ''),
      );
      const since = blind?.lastTransitionTime;
      if (blind === undefined || (since !== undefined && facts.now - since < blindMilliseconds)) return [];
      const target = subject(autoscaler.spec.scaleTargetRef.kind ?? 'Deployment', namespace, autoscaler.spec.scaleTargetRef.name ?? name);
      const replicas = facts.replicas?.ofWorkload(target) ?? [];
      // Without pods there is nothing to measure: then that is the trouble.
      const isMeasurable = facts.replicas === undefined || replicas.some((replica) => replica.health === 'healthy');
      const isMissing = blind.reason === 'FailedGetScale';
      const weight: Weight = isMissing || isMeasurable ? 'strong' : 'weak';
      return [
        {
          subject: subject('HorizontalPodAutoscaler', namespace, name),
          weight,
          because: [
            claim(
              `The autoscaler of ${target.name} cannot scale: ${blind.reason}.`,
              citeObject(autoscaler, `status.conditions[${blind.type}]: ${blind.reason}: ${blind.message ?? ''}`, since),
            ),
          ] as const,
          ...(since === undefined ? {} : { since }),
          affects: [target],
          blames: [subject('APIService', undefined, 'v1beta1.metrics.k8s.io')],
          wouldSettle: ['kubectl get apiservice v1beta1.metrics.k8s.io', shellCommand`kubectl -n ${namespace} describe hpa ${name}`],
        },
      ];
    });
  },

  recognises: [
    {
      story: 'The metrics API does not answer.',
      given: { horizontalpodautoscalers: [autoscaler('FailedGetResourceMetric', 15)] },
      finds: [{ kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'Two autoscalers find the same pods, and the controller lets neither of them scale.',
      given: { horizontalpodautoscalers: [autoscaler('AmbiguousSelector', 15)] },
    },
  ],
  isNotFooledBy: [
    { story: 'It was made a minute ago.', given: { horizontalpodautoscalers: [autoscaler('FailedGetResourceMetric', 1)] } },
    { story: 'Scaling is off because the target is at zero.', given: { horizontalpodautoscalers: [autoscaler('ScalingDisabled', 60)] } },
  ],
});

function autoscaler(reason: string, sinceMinutesAgo: number): RawObject {
  return {
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { maxReplicas: 10, scaleTargetRef: { kind: 'Deployment', name: 'cart' } },
    status: {
      currentReplicas: 2,
      conditions: [
        {
          type: 'ScalingActive',
          status: 'False',
          reason,
          message: 'the HPA was unable to compute the replica count',
          lastTransitionTime: minutesAgo(sinceMinutesAgo),
        },
      ],
    },
  };
}
