import { kubectl } from '../cluster/kubectl.ts';
import { deployment, type Scenario } from '../framework/scenario.ts';

export const scenario: Scenario = {
  name: 'scaled-to-zero',
  story: 'payment-service is scaled to zero in the wrong cluster; checkout has nobody to ask.',
  break: async () => {
    await kubectl('scale', 'deployment/payment-service', '--namespace=payments', '--replicas=0');
  },
  alert: 'CheckoutErrorRate',
  expectation: { outcome: 'explained', failureMode: 'scaled-to-zero', subject: deployment('payment-service') },
  heal: async () => {
    await kubectl('scale', 'deployment/payment-service', '--namespace=payments', '--replicas=4');
  },
};
