import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import type { Autoscaler } from '../framework/queue-metrics.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'catalogue-next';

export const scenario = inOwnNamespace({
  name: 'autoscaler-target-missing',
  story: 'The Deployment was renamed, and its autoscaler still names the old one.',
  namespace,
  objects: [
    workload('product-pages'),
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'products' },
      spec: {
        minReplicas: 1,
        maxReplicas: 4,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'products' },
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } }],
      },
    },
  ],
  symptom: () =>
    waitForObject<Autoscaler>({
      what: 'the autoscaler to be without target for three minutes',
      of: ['horizontalpodautoscaler', 'products', `--namespace=${namespace}`],
      withinSeconds: 300,
      holds: ({ status }) =>
        (status?.conditions ?? []).some(
          ({ reason, lastTransitionTime }) => reason === 'FailedGetScale' && Date.parse(lastTransitionTime) < Date.now() - 185_000,
        ),
    }),
  expectation: {
    outcome: 'explained',
    failureMode: 'autoscaler-without-metrics',
    subject: { kind: 'HorizontalPodAutoscaler', name: 'products' },
  },
});
