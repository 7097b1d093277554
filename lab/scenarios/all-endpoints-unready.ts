import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForUnreadyPod } from '../framework/shop.ts';

const namespace = 'loyalty';

export const scenario = inOwnNamespace({
  name: 'all-endpoints-unready',
  story: 'A release asks both pods for readiness on a port where nothing listens, so that the Service has endpoints and none is ready.',
  namespace,
  objects: [
    workload('points', {
      spec: { replicas: 2 },
      container: { readinessProbe: { httpGet: { path: '/alive', port: 8081 }, periodSeconds: 3 } },
    }),
    service('points'),
  ],
  symptom: () => waitForUnreadyPod({ namespace, label: 'app=points', forSeconds: 60 }),
  expectation: { outcome: 'explained', failureMode: 'readiness-probe-misconfigured', subject: { kind: 'Deployment', name: 'points' } },
});
