import { frontGateway, frontRoute, installGatewayKinds, removeGatewayKinds } from '../framework/gateway-definitions.ts';
import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'landing-pages';

export const scenario = inOwnNamespace({
  name: 'gateway-class-missing',
  story: 'The Gateway names a class that this cluster does not have, so nobody takes it or its route.',
  namespace,
  breakFirst: installGatewayKinds,
  objects: [
    workload('landing'),
    service('landing'),
    ...frontGateway({ className: 'shared', named: 'sharde' }),
    frontRoute('landing', 'landing'),
  ],
  symptom: () => waitForAge({ of: ['gateways', 'front', `--namespace=${namespace}`], seconds: 70 }),
  healFirst: removeGatewayKinds,
  expectation: { outcome: 'explained', failureMode: 'gateway-route-not-accepted', subject: { kind: 'Gateway', name: 'front' } },
});
