import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { type Autoscaler, queueAutoscaler, registerMetrics, unregisterMetrics } from '../framework/queue-metrics.ts';
import { waitForHealth } from '../framework/shop.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'orders';

export const scenario = inOwnNamespace({
  name: 'autoscaler-at-rest',
  story: 'Nothing is broken: the queue is empty, and the autoscaler stands at its minimum, which it calls "limited".',
  namespace,
  objects: [
    workload('worker', { spec: { replicas: 2 } }),
    ...queueAutoscaler({ target: 'worker', queueLength: 0, minReplicas: 2, maxReplicas: 6 }),
  ],
  breakThen: () => registerMetrics(namespace),
  symptom: async () => {
    await waitForObject<Autoscaler>({
      what: 'the autoscaler to be limited by its minimum',
      of: ['horizontalpodautoscaler', 'worker', `--namespace=${namespace}`],
      withinSeconds: 240,
      holds: ({ status }) => (status?.conditions ?? []).some(({ reason }) => reason === 'TooFewReplicas'),
    });
    await waitForHealth();
  },
  healFirst: unregisterMetrics,
  expectation: { outcome: 'healthy' },
});
