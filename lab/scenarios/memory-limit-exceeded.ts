import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, shopText, waitForPodReason } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'memory-limit-exceeded',
  story: 'A release fills a cache of 200 MiB at start under a limit of 64 MiB, and the kernel kills it.',
  break: () => applyShop({ from: shopText.paymentRelease, to: 'value: "2.47.0" }\n            - { name: CACHE_MEGABYTES, value: "200"' }),
  symptom: () => waitForPodReason({ label: 'app=payment-service', reasons: ['OOMKilled'] }),
  isImportant: true,
  expectation: { outcome: 'explained', failureMode: 'container-exceeds-memory-limit', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
