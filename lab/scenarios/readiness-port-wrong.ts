import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, shopText, waitForUnreadyPod } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'readiness-port-wrong',
  story: 'A release asks for readiness on a port where nothing listens; the new pods run and never become ready.',
  break: () => applyShop({ from: shopText.readiness, to: shopText.readiness.replace('port: http', 'port: 8081') }),
  symptom: () => waitForUnreadyPod({ label: 'app=payment-service', forSeconds: 60 }),
  isImportant: true,
  expectation: { outcome: 'explained', failureMode: 'readiness-probe-misconfigured', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
