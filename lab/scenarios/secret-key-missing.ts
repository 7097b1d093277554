import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, waitForPodReason } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'secret-key-missing',
  story: 'A release reads the key "passphrase" of a Secret that has only "password".',
  break: () => applyShop({ from: 'name: payment-database, key: password', to: 'name: payment-database, key: passphrase' }),
  symptom: () => waitForPodReason({ label: 'app=payment-service', reasons: ['CreateContainerConfigError'] }),
  expectation: { outcome: 'explained', failureMode: 'missing-configmap-or-secret', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
