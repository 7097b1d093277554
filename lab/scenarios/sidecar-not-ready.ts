import { inOwnNamespace, serverImage, workload } from '../framework/own-namespace.ts';
import { waitForUnreadyPod } from '../framework/shop.ts';

const namespace = 'mesh-pilot';

export const scenario = inOwnNamespace({
  name: 'sidecar-not-ready',
  story: "The mesh's proxy was injected and never hears from its control plane; the application beside it is well.",
  namespace,
  objects: [
    workload('quotes', {
      pod: {
        containers: [
          {
            name: 'istio-proxy',
            image: serverImage,
            command: ['/bin/sh', '-c', 'echo waiting for the control plane; exec sleep 3600'],
            readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021 }, periodSeconds: 3 },
          },
        ],
      },
    }),
  ],
  symptom: () => waitForUnreadyPod({ namespace, label: 'app=quotes', forSeconds: 60 }),
  expectation: { outcome: 'explained', failureMode: 'sidecar-not-ready', subject: { kind: 'Deployment', name: 'quotes' } },
});
