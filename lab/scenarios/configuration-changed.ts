import { kubectl } from '../cluster/kubectl.ts';
import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, podsOf, waitForPodReason } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'configuration-changed',
  story: 'Somebody edits a ConfigMap and nothing happens, until two pods are replaced for another reason and read the new value.',
  break: async () => {
    await applyShop({ from: 'database-name: payments', to: 'database-name: payments_v2' });
    const pods = await podsOf({ namespace: 'payments', label: 'app=payment-service' });
    await kubectl('delete', 'pods', '--namespace=payments', ...pods.slice(0, 2).map(({ metadata }) => metadata.name));
  },
  symptom: () => waitForPodReason({ label: 'app=payment-service', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'configuration-changed-under-running-pods', subject: deployment('payment-service') },
  heal: async () => {
    await applyShop();
    await kubectl('rollout', 'restart', 'deployment/payment-service', '--namespace=payments');
    await kubectl('rollout', 'status', 'deployment/payment-service', '--namespace=payments', '--timeout=180s');
  },
};
