import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'thumbnails';

export const scenario = inOwnNamespace({
  name: 'node-selector-matches-nothing',
  story: 'The template wants nodes with the label disk=nvme, and the pool that had it is gone.',
  namespace,
  objects: [workload('resizer', { pod: { nodeSelector: { disk: 'nvme' } }, spec: { replicas: 2 } })],
  symptom: () => waitForPending({ namespace, label: 'app=resizer', forSeconds: 40 }),
  expectation: {
    outcome: 'explained',
    failureMode: 'node-selector-or-affinity-matches-nothing',
    subject: { kind: 'Deployment', name: 'resizer' },
  },
});
