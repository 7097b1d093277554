import { kubectl } from '../cluster/kubectl.ts';
import { deployment, type Scenario } from '../framework/scenario.ts';
import { waitForEvent, waitForPending } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'matching-nodes-cordoned',
  story: 'storefront may only run in zone north-1a, whose single node was cordoned and forgotten; its pod is deleted and cannot come back.',
  break: async () => {
    await kubectl('cordon', 'node-worker-1');
    await kubectl('delete', 'pods', '--namespace=payments', '--selector=app=storefront');
  },
  symptom: async () => {
    await waitForPending({ label: 'app=storefront', forSeconds: 40 });
    await waitForEvent({ reason: 'FailedScheduling', message: /were unschedulable/ });
  },
  expectation: { outcome: 'explained', failureMode: 'matching-nodes-cordoned', subject: deployment('storefront') },
  heal: async () => {
    await kubectl('uncordon', 'node-worker-1');
  },
};
