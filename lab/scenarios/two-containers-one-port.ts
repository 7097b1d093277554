import { inOwnNamespace, serverImage, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'tracking';

export const scenario = inOwnNamespace({
  name: 'two-containers-one-port',
  story: 'A second container joins the pod and listens on the port that the first one already has.',
  namespace,
  objects: [
    workload('parcels', {
      container: { ports: [{ containerPort: 8080 }] },
      pod: { containers: [{ name: 'audit', image: serverImage }] },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=parcels', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'container-port-conflict', subject: { kind: 'Deployment', name: 'parcels' } },
});
