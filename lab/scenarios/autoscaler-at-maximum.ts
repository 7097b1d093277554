import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { type Autoscaler, queueAutoscaler, registerMetrics, unregisterMetrics } from '../framework/queue-metrics.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'orders';

export const scenario = inOwnNamespace({
  name: 'autoscaler-at-maximum',
  story: 'The queue has ninety messages for each of three workers, and the autoscaler may not make a fourth.',
  namespace,
  objects: [
    workload('worker', { spec: { replicas: 2 } }),
    ...queueAutoscaler({ target: 'worker', queueLength: 270, minReplicas: 2, maxReplicas: 3 }),
  ],
  breakThen: () => registerMetrics(namespace),
  symptom: () =>
    waitForObject<Autoscaler>({
      what: 'the autoscaler to be limited by its maximum',
      of: ['horizontalpodautoscaler', 'worker', `--namespace=${namespace}`],
      withinSeconds: 240,
      holds: ({ status }) => status?.currentReplicas === 3 && (status.conditions ?? []).some(({ reason }) => reason === 'TooManyReplicas'),
    }),
  healFirst: unregisterMetrics,
  expectation: { outcome: 'explained', failureMode: 'autoscaler-at-maximum', subject: { kind: 'HorizontalPodAutoscaler', name: 'worker' } },
});
