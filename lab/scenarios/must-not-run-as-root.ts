import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'statements';

export const scenario = inOwnNamespace({
  name: 'must-not-run-as-root',
  story: 'The template says runAsNonRoot, and the image says no user, which is root.',
  namespace,
  objects: [workload('ledger', { pod: { securityContext: { runAsNonRoot: true } } })],
  symptom: () => waitForPodReason({ namespace, label: 'app=ledger', reasons: ['CreateContainerConfigError'] }),
  expectation: { outcome: 'explained', failureMode: 'security-context-refused', subject: { kind: 'Deployment', name: 'ledger' } },
});
