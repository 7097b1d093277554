import type { Scenario } from '../framework/scenario.ts';
import { applyShop } from '../framework/shop.ts';

const service = 'selector: { app: payment-service }\n  ports: [{ name: http, port: 8080, targetPort: http }]';

export const scenario: Scenario = {
  name: 'target-port-mismatch',
  story: 'The Service payment-service sends traffic to port 8181, where the pods do not listen.',
  break: () => applyShop({ from: service, to: service.replace('targetPort: http', 'targetPort: 8181') }),
  alert: 'CheckoutErrorRate',
  isImportant: true,
  expectation: {
    outcome: 'explained',
    failureMode: 'service-port-mismatch',
    subject: { kind: 'Service', namespace: 'payments', name: 'payment-service' },
  },
  heal: () => applyShop(),
};
