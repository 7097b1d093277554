import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, waitForPending } from '../framework/shop.ts';

const initContainer = `      initContainers:
        - name: wait-for-ledger
          image: "registry.shop.internal:5000/shop/checkout:1.18.2"
          command: [/bin/sh, -c, "until nc -z -w 2 ledger 9000; do echo waiting for ledger:9000; sleep 2; done"]
      containers:
        - name: checkout
`;

export const scenario: Scenario = {
  name: 'init-container-waits',
  story: 'A release of checkout waits in an init container for a service "ledger" that nobody has deployed.',
  break: () => applyShop({ from: '      containers:\n        - name: checkout\n', to: initContainer }),
  symptom: () => waitForPending({ label: 'app=checkout', forSeconds: 190 }),
  expectation: { outcome: 'explained', failureMode: 'init-container-blocked', subject: deployment('checkout') },
  heal: () => applyShop(),
};
