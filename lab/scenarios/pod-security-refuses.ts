import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';

const namespace = 'vault';

export const scenario = inOwnNamespace({
  name: 'pod-security-refuses',
  story: 'The namespace now enforces the restricted Pod Security Standard, and the workload asks for the network of its node.',
  namespace,
  labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  objects: [workload('key-keeper', { pod: { hostNetwork: true }, spec: { replicas: 2 } })],
  symptom: () => waitForEvent({ namespace, reason: 'FailedCreate', message: /violates PodSecurity/ }),
  expectation: { outcome: 'explained', failureMode: 'security-context-refused', subject: { kind: 'Deployment', name: 'key-keeper' } },
});
