import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { waitForHealth } from '../framework/shop.ts';

const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'close-the-books', namespace: 'payments' },
  spec: {
    template: {
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'books',
            image: 'registry.shop.internal:5000/shop/checkout:1.18.2',
            command: ['/bin/sh', '-c', 'echo the books are closed'],
          },
        ],
      },
    },
  },
};

export const scenario: Scenario = {
  name: 'nothing-wrong',
  story: 'Nothing is broken: a Job has completed, a spare node is cordoned, checkout was just rolled out again.',
  break: async () => {
    await applyObjects([job]);
    await kubectl('cordon', 'node-worker-2');
    await kubectl('rollout', 'restart', 'deployment/checkout', '--namespace=payments');
    await kubectl('rollout', 'status', 'deployment/checkout', '--namespace=payments', '--timeout=120s');
    await kubectl('wait', '--for=condition=Complete', 'job/close-the-books', '--namespace=payments', '--timeout=60s');
  },
  symptom: () => waitForHealth(),
  isImportant: true,
  expectation: { outcome: 'healthy' },
  heal: async () => {
    await kubectl('uncordon', 'node-worker-2');
    await kubectl('delete', 'job', 'close-the-books', '--namespace=payments', '--ignore-not-found');
  },
};
