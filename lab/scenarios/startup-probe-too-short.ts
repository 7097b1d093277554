import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';

const namespace = 'search';

export const scenario = inOwnNamespace({
  name: 'startup-probe-too-short',
  story: 'The catalogue has grown; loading it takes longer than the startup probe waits.',
  namespace,
  objects: [
    workload('index', {
      container: {
        command: ['/bin/sh', '-c', 'echo loading the catalogue; sleep 45; echo loaded; exec checkout'],
        startupProbe: { httpGet: { path: '/alive', port: 8080 }, periodSeconds: 3, failureThreshold: 4 },
      },
    }),
  ],
  symptom: () => waitForEvent({ namespace, reason: 'BackOff', message: /restarting failed container/, withinSeconds: 180 }),
  expectation: { outcome: 'explained', failureMode: 'startup-probe-too-short', subject: { kind: 'Deployment', name: 'index' } },
});
