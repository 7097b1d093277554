import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'recommendations';

interface Autoscaler {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime: string }[];
  };
}

export const scenario = inOwnNamespace({
  name: 'autoscaler-without-metrics',
  story: 'The cluster has no metrics API, so the autoscaler knows nothing of the load and does nothing.',
  namespace,
  objects: [
    workload('recommender', { spec: { replicas: 2 } }),
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'recommender' },
      spec: {
        minReplicas: 2,
        maxReplicas: 6,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'recommender' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
      },
    },
  ],
  symptom: () =>
    waitForObject<Autoscaler>({
      what: 'the autoscaler to be without metrics for three minutes',
      of: ['horizontalpodautoscaler', 'recommender', `--namespace=${namespace}`],
      withinSeconds: 300,
      holds: ({ status }) =>
        (status?.conditions ?? []).some(
          (condition) =>
            condition.type === 'ScalingActive' &&
            condition.status === 'False' &&
            Date.parse(condition.lastTransitionTime) < Date.now() - 185_000,
        ),
    }),
  expectation: {
    outcome: 'explained',
    failureMode: 'autoscaler-without-metrics',
    subject: { kind: 'HorizontalPodAutoscaler', name: 'recommender' },
  },
});
