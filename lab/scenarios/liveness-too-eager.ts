import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, shopText, waitForEvent, waitForPodReason } from '../framework/shop.ts';

const worker = '(while true; do :; done) & (while true; do :; done) & (while true; do :; done) & exec payment-service';

export const scenario: Scenario = {
  name: 'liveness-too-eager',
  story:
    'A release reconciles in the background without a pause, under a fiftieth of a core and a liveness probe with one second of patience; throttled pods are killed again and again.',
  break: () =>
    applyShop(
      {
        from: shopText.paymentResources,
        to: `resources: { requests: { cpu: 20m, memory: 32Mi }, limits: { cpu: 20m, memory: 64Mi } }\n          command: [/bin/sh, -c, "${worker}"]`,
      },
      {
        from: shopText.liveness,
        to: 'livenessProbe: { httpGet: { path: /alive, port: http }, initialDelaySeconds: 1, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 1 }',
      },
    ),
  symptom: async () => {
    await waitForEvent({ reason: 'Killing', message: /failed liveness probe/, withinSeconds: 180 });
    await waitForPodReason({ label: 'app=payment-service', reasons: ['CrashLoopBackOff'], withinSeconds: 240 });
  },
  expectation: { outcome: 'explained', failureMode: 'cpu-throttling-fails-probes', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
