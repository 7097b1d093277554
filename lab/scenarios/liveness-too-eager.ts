import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, shopText, waitForEvent, waitForPodReason } from '../framework/shop.ts';

const work = 'for worker in 1 2 3 4 5 6 7 8; do (while true; do :; done) & done; exec payment-service';

export const scenario: Scenario = {
  name: 'liveness-too-eager',
  story:
    'A release reconciles in the background without a pause, under a twentieth of a core and a liveness probe with one second of patience; throttled pods are killed again and again.',
  break: () =>
    applyShop(
      {
        from: shopText.paymentResources,
        to: `resources: { requests: { cpu: 50m, memory: 32Mi }, limits: { cpu: 50m, memory: 64Mi } }\n          command: [/bin/sh, -c, "${work}"]`,
      },
      {
        from: shopText.liveness,
        to: 'livenessProbe: { httpGet: { path: /alive, port: http }, initialDelaySeconds: 20, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 2 }',
      },
    ),
  symptom: async () => {
    await waitForEvent({ reason: 'Killing', message: /failed liveness probe/, withinSeconds: 180 });
    await waitForPodReason({ label: 'app=payment-service', reasons: ['CrashLoopBackOff'], withinSeconds: 240 });
  },
  expectation: { outcome: 'explained', failureMode: 'cpu-throttling-fails-probes', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
