import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'sessions';

export const scenario = inOwnNamespace({
  name: 'spread-needs-a-third-zone',
  story: 'The replicas must be spread over three zones, and the cluster has two.',
  namespace,
  objects: [
    workload('session-store', {
      pod: {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            minDomains: 3,
            topologyKey: 'topology.kubernetes.io/zone',
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: 'session-store' } },
          },
        ],
      },
      spec: { replicas: 3 },
    }),
  ],
  symptom: () => waitForPending({ namespace, label: 'app=session-store', forSeconds: 40 }),
  expectation: {
    outcome: 'explained',
    failureMode: 'topology-spread-cannot-be-met',
    subject: { kind: 'Deployment', name: 'session-store' },
  },
});
