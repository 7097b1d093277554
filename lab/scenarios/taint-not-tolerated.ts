import { kubectl, tryKubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'local-cache';

export const scenario = inOwnNamespace({
  name: 'taint-not-tolerated',
  story: 'The only node of zone north-1a was dedicated to batch work, and the cache that must be in that zone does not tolerate it.',
  namespace,
  breakFirst: async () => {
    await kubectl('taint', 'node', 'node-worker-1', 'dedicated=batch:NoSchedule', '--overwrite');
  },
  objects: [workload('near-cache', { pod: { nodeSelector: { 'topology.kubernetes.io/zone': 'north-1a' } } })],
  symptom: () => waitForPending({ namespace, label: 'app=near-cache', forSeconds: 40 }),
  healFirst: async () => {
    // Its answer is a failure where the taint is gone already.
    await tryKubectl('taint', 'node', 'node-worker-1', 'dedicated-');
  },
  expectation: { outcome: 'explained', failureMode: 'taint-not-tolerated', subject: { kind: 'Deployment', name: 'near-cache' } },
});
