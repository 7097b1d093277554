import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';

const namespace = 'loyalty';

export const scenario = inOwnNamespace({
  name: 'service-account-missing',
  story: 'The chart names a ServiceAccount that its new version does not create any more.',
  namespace,
  objects: [workload('points', { pod: { serviceAccountName: 'points-runner' }, spec: { replicas: 2 } })],
  symptom: () => waitForEvent({ namespace, reason: 'FailedCreate', message: /serviceaccount "points-runner" not found/ }),
  expectation: { outcome: 'explained', failureMode: 'service-account-missing', subject: { kind: 'Deployment', name: 'points' } },
});
