import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent, waitForPending } from '../framework/shop.ts';

const namespace = 'metering';

export const scenario = inOwnNamespace({
  name: 'mount-path-absent',
  story: 'The workload mounts a directory of its node that the new node image does not have.',
  namespace,
  objects: [
    workload('meter', {
      pod: { volumes: [{ name: 'readings', hostPath: { path: '/opt/meter/readings', type: 'Directory' } }] },
      container: { volumeMounts: [{ name: 'readings', mountPath: '/readings' }] },
    }),
  ],
  symptom: async () => {
    await waitForEvent({ namespace, reason: 'FailedMount', message: /hostPath type check failed/ });
    // Mounting may take its time; after two minutes it is no longer a slow start.
    await waitForPending({ namespace, label: 'app=meter', forSeconds: 125 });
  },
  expectation: { outcome: 'explained', failureMode: 'volume-mount-failing', subject: { kind: 'Deployment', name: 'meter' } },
});
