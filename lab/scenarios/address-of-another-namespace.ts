import { errandImage, inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'baskets';

export const scenario = inOwnNamespace({
  name: 'address-of-another-namespace',
  story: 'The stock Service has moved into the namespace of the baskets, and the environment of basket still names the old one.',
  namespace,
  objects: [
    workload('stock'),
    service('stock'),
    workload('basket', {
      container: {
        image: errandImage,
        args: ['call', '$(STOCK_URL)'],
        env: [{ name: 'STOCK_URL', value: 'http://stock.warehouse.svc.cluster.local/alive' }],
      },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=basket', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'service-address-wrong-in-client', subject: { kind: 'Deployment', name: 'basket' } },
});
