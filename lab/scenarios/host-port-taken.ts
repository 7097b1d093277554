import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'edge';

export const scenario = inOwnNamespace({
  name: 'host-port-taken',
  story: 'Four replicas use the network of their node, all on port 8080, and the cluster has three nodes.',
  namespace,
  objects: [workload('gateway', { container: { ports: [{ containerPort: 8080 }] }, pod: { hostNetwork: true }, spec: { replicas: 4 } })],
  symptom: () => waitForPending({ namespace, label: 'app=gateway', forSeconds: 40 }),
  expectation: { outcome: 'explained', failureMode: 'host-port-taken', subject: { kind: 'Deployment', name: 'gateway' } },
});
