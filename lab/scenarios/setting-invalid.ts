import { errandImage, inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'cache-warming';

export const scenario = inOwnNamespace({
  name: 'setting-invalid',
  story: 'Somebody writes a size with its unit where the program wants a bare number, and it ends at its start.',
  namespace,
  objects: [workload('warmer', { container: { image: errandImage, args: ['hoard', '512KiB'] } })],
  symptom: () => waitForPodReason({ namespace, label: 'app=warmer', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'crash-on-start-from-configuration', subject: { kind: 'Deployment', name: 'warmer' } },
});
