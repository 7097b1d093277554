import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';
import { imageRegistry } from '../layout.ts';

const namespace = 'newsletter';

export const scenario = inOwnNamespace({
  name: 'pulls-rate-limited',
  story: 'The registry answers every pull of this office with "too many requests".',
  namespace,
  objects: [workload('mailer', { container: { image: `${imageRegistry}/busy/mailer:1.0.9` } })],
  symptom: () => waitForPodReason({ namespace, label: 'app=mailer', reasons: ['ImagePullBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'image-pull-rate-limited', subject: { kind: 'Deployment', name: 'mailer' } },
});
