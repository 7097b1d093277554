import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, shopText } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'bad-revision',
  story: 'Release 2.47.0 sends a statement that the database refuses; its pods are Ready and answer 500.',
  break: () =>
    applyShop(
      { from: shopText.paymentImage, to: '/shop/payment-service:2.47.0' },
      { from: shopText.paymentRelease, to: 'value: "2.47.0"' },
      { from: 'valueFrom: { configMapKeyRef: { name: payment-settings, key: authorisation-seconds } }', to: 'value: "fast"' },
    ),
  alert: 'PaymentServiceErrorRate',
  expectation: { outcome: 'explained', failureMode: 'bad-revision', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
