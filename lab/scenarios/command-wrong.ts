import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'warehouse';

export const scenario = inOwnNamespace({
  name: 'command-wrong',
  story: 'The command in the template of picking has a slip: the image has no such program.',
  namespace,
  objects: [workload('picking', { container: { command: ['/usr/local/bin/chekout'] } })],
  symptom: () => waitForPodReason({ namespace, label: 'app=picking', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'command-not-found', subject: { kind: 'Deployment', name: 'picking' } },
});
