import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import { deployment, type Scenario } from '../framework/scenario.ts';
import { waitForEvent } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'quota-exceeded',
  story: 'The namespace has a quota of seven pods, and payment-service is scaled up for a sale.',
  break: async () => {
    await applyObjects([
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'team-budget', namespace: 'payments' }, spec: { hard: { pods: '7' } } },
    ]);
    await kubectl('scale', 'deployment/payment-service', '--namespace=payments', '--replicas=8');
  },
  symptom: () => waitForEvent({ reason: 'FailedCreate', message: /exceeded quota: team-budget/ }),
  isImportant: true,
  expectation: { outcome: 'explained', failureMode: 'quota-exceeded', subject: deployment('payment-service') },
  heal: async () => {
    await kubectl('delete', 'resourcequota', 'team-budget', '--namespace=payments', '--ignore-not-found');
    await kubectl('scale', 'deployment/payment-service', '--namespace=payments', '--replicas=4');
  },
};
