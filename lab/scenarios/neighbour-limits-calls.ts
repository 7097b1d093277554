import { errandImage, inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'currency';

export const scenario = inOwnNamespace({
  name: 'neighbour-limits-calls',
  story: 'The rates service answers every call of the converter with 429, and the converter gives up.',
  namespace,
  objects: [
    workload('rates', { container: { image: errandImage, args: ['limit', 'rate limit exceeded: 100 requests per minute'] } }),
    service('rates'),
    workload('converter', { container: { image: errandImage, args: ['call', `http://rates.${namespace}.svc.cluster.local/`] } }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=converter', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'dependency-rate-limits', subject: { kind: 'Deployment', name: 'rates' } },
});
