import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'reviews';

export const scenario = inOwnNamespace({
  name: 'liveness-port-wrong',
  story: 'The liveness probe asks a port on which the program has never listened, so the kubelet kills a healthy server again and again.',
  namespace,
  objects: [
    workload('ratings', {
      container: {
        ports: [{ name: 'http', containerPort: 8080 }],
        livenessProbe: { httpGet: { path: '/alive', port: 9090 }, periodSeconds: 3, failureThreshold: 2 },
      },
      spec: { replicas: 2 },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=ratings', reasons: ['CrashLoopBackOff'], withinSeconds: 180 }),
  expectation: { outcome: 'explained', failureMode: 'liveness-probe-misconfigured', subject: { kind: 'Deployment', name: 'ratings' } },
});
