import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'returns';

export const scenario = inOwnNamespace({
  name: 'registry-name-wrong',
  story: 'The image comes from a registry whose name nobody can resolve any more.',
  namespace,
  objects: [workload('returns-desk', { container: { image: 'images.old-office.internal/returns/desk:4.0.1' } })],
  symptom: () => waitForPodReason({ namespace, label: 'app=returns-desk', reasons: ['ImagePullBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'registry-unreachable', subject: { kind: 'Deployment', name: 'returns-desk' } },
});
