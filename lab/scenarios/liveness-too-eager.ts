import { deployment, type Scenario } from '../framework/scenario.ts';
import { applyShop, shopText, waitForEvent, waitForRestarts } from '../framework/shop.ts';

export const scenario: Scenario = {
  name: 'liveness-too-eager',
  story:
    'A release saves on CPU, and its liveness check looks through a larger table: with a hundredth of a core it answers too late and is killed again and again.',
  break: () =>
    applyShop(
      { from: 'CHECKED_MEBIBYTES, value: "1"', to: 'CHECKED_MEBIBYTES, value: "64"' },
      {
        from: shopText.paymentResources,
        to: 'resources: { requests: { cpu: 10m, memory: 32Mi }, limits: { cpu: 10m, memory: 64Mi } }',
      },
      {
        from: shopText.liveness,
        to: 'livenessProbe: { httpGet: { path: /alive, port: http }, initialDelaySeconds: 10, periodSeconds: 4, timeoutSeconds: 1, failureThreshold: 1 }',
      },
    ),
  symptom: async () => {
    await waitForEvent({ reason: 'Killing', message: /failed liveness probe/, withinSeconds: 180 });
    // With so little of a core each start takes most of a minute; how long it then waits in back-off is chance.
    await waitForRestarts({ label: 'app=payment-service', restarts: 2, withinSeconds: 360 });
  },
  expectation: { outcome: 'explained', failureMode: 'cpu-throttling-fails-probes', subject: deployment('payment-service') },
  heal: () => applyShop(),
};
