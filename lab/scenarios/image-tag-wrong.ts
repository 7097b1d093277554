import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, shopText, waitForPodReason } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'image-tag-wrong',
  story: 'A release names a tag that was never pushed; the registry answers "manifest unknown".',
  break: () => applyShop({ from: shopText.paymentImage, to: '/shop/payment-service:2.47.0-rc1' }),
  symptom: () => waitForPodReason({ label: 'app=payment-service', reasons: ['ImagePullBackOff'] }),
  isImportant: true,
  expectation: { outcome: 'explained', failureMode: 'image-reference-wrong', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
