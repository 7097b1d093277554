import type { Scenario } from '../framework/scenario.ts';
import { applyShop } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'service-selector-typo',
  story: 'The Service payment-service selects "payments-service", which no pod carries; checkout gets no connection.',
  break: () => applyShop({ from: 'selector: { app: payment-service }', to: 'selector: { app: payments-service }' }),
  alert: 'CheckoutErrorRate',
  expectation: {
    outcome: 'explained',
    failureMode: 'service-selects-no-pods',
    subject: { kind: 'Service', namespace: 'payments', name: 'payment-service' },
  },
  heal: () => applyShop(),
};
