import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'forecast';

export const scenario = inOwnNamespace({
  name: 'insufficient-cpu',
  story: 'The new forecast asks for more processors than any node has.',
  namespace,
  objects: [workload('demand', { container: { resources: { requests: { cpu: '24' } } } })],
  symptom: () => waitForPending({ namespace, label: 'app=demand', forSeconds: 40 }),
  expectation: { outcome: 'explained', failureMode: 'insufficient-resources', subject: { kind: 'Deployment', name: 'demand' } },
});
