import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForUnreadyPod } from '../framework/shop.ts';

const namespace = 'loyalty';

export const scenario = inOwnNamespace({
  name: 'all-endpoints-unready',
  story: 'Both pods behind the Service run and say of themselves that they cannot serve; nothing else is to be seen of them.',
  namespace,
  objects: [
    workload('points', {
      spec: { replicas: 2 },
      container: {
        readinessProbe: { exec: { command: ['/bin/sh', '-c', 'echo the points ledger is not loaded; exit 1'] }, periodSeconds: 3 },
      },
    }),
    service('points'),
  ],
  symptom: () => waitForUnreadyPod({ namespace, label: 'app=points', forSeconds: 60 }),
  expectation: { outcome: 'explained', failureMode: 'all-endpoints-unready', subject: { kind: 'Service', name: 'points' } },
});
