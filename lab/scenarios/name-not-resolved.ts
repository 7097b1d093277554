import { errandImage, inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'wishlists';

export const scenario = inOwnNamespace({
  name: 'name-not-resolved',
  story: 'The program calls a Service by a name that does not exist in the cluster.',
  namespace,
  objects: [workload('wishlist', { container: { image: errandImage, args: ['call', 'http://stok.inventory.svc.cluster.local/'] } })],
  symptom: () => waitForPodReason({ namespace, label: 'app=wishlist', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'dns-name-wrong', subject: { kind: 'Deployment', name: 'wishlist' } },
});
