import { errandImage, inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'ledger-store';

export const scenario = inOwnNamespace({
  name: 'governing-service-missing',
  story:
    'A tidy-up deleted a headless Service that nobody seemed to use; the members of the StatefulSet find their first member no longer.',
  namespace,
  objects: [
    workload('ledger', {
      kind: 'StatefulSet',
      container: { image: errandImage, args: ['call', `http://ledger-0.ledger-members.${namespace}.svc.cluster.local:8080/alive`] },
      spec: { serviceName: 'ledger-members', replicas: 2, podManagementPolicy: 'Parallel' },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=ledger', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'governing-service-missing', subject: { kind: 'StatefulSet', name: 'ledger' } },
});
