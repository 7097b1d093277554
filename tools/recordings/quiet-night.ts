import { eventsOf, logsOf, type Night, seedReplicas } from './nights.ts';
import { at, type Raw } from './objects.ts';
import { climbing, errorRate, firing, page, scrapeTargets } from './page.ts';
import { kubeProxy, namespaces, neighbourhood, nodes } from './platform.ts';
import { paymentConfiguration, paymentNetwork, type PaymentReplica, paymentPod, paymentWorkload } from './shop.ts';

export const origin = (difference: string): string =>
  `A sibling of the seed's recording, written by hand. The one difference: ${difference}.`;

/** The seed's page over other replicas, without anything wrong on a node. */
export function nightOf(
  replicas: readonly PaymentReplica[],
  difference: string,
  options: { readonly isDatabaseInCluster: boolean; readonly moreNodes?: readonly Raw[] } = { isDatabaseInCluster: true },
): Night {
  return {
    origin: origin(difference),
    collectedAt: at('02:47:30'),
    objects: [
      ...nodes(),
      ...(options.moreNodes ?? []),
      ...kubeProxy({}),
      ...neighbourhood(),
      ...paymentWorkload(replicas, at('02:41:02')),
      ...replicas.map(paymentPod),
      ...paymentNetwork(replicas, options),
      ...paymentConfiguration(),
      ...eventsOf(replicas),
      ...namespaces(['payments', 'shop', 'kube-system', 'default']),
    ],
    logs: logsOf(replicas),
    metrics: [errorRate(climbing)],
    alert: page({ startsAt: at('02:47:00') }),
    history: [firing(at('02:47:00'))],
    targets: scrapeTargets('up'),
  };
}

export const healthyReplicas: readonly PaymentReplica[] = seedReplicas.map(({ crash: _crash, ...rest }) => rest);
