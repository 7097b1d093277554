import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';
import { imageRegistry } from '../layout.ts';

const namespace = 'pricing';

export const scenario = inOwnNamespace({
  name: 'pull-credentials-missing',
  story: 'The image lies in a private repository, and the namespace got no pull secret when it was made.',
  namespace,
  objects: [workload('price-engine', { container: { image: `${imageRegistry}/private/price-engine:7.2.0` } })],
  symptom: () => waitForPodReason({ namespace, label: 'app=price-engine', reasons: ['ImagePullBackOff'] }),
  expectation: {
    outcome: 'explained',
    failureMode: 'image-pull-credentials-refused',
    subject: { kind: 'Deployment', name: 'price-engine' },
  },
});
