import { frontGateway, frontRoute, installGatewayKinds, removeGatewayKinds } from '../framework/gateway-definitions.ts';
import { inOwnNamespace, service, workload } from '../framework/own-namespace.ts';
import { waitForAge } from '../framework/symptoms.ts';

const namespace = 'gift-cards';

export const scenario = inOwnNamespace({
  name: 'route-backend-missing',
  story: 'The Service was renamed from vouchers to gift-vouchers, and the HTTPRoute still sends to the old name.',
  namespace,
  breakFirst: installGatewayKinds,
  objects: [
    workload('gift-vouchers'),
    service('gift-vouchers'),
    ...frontGateway({ className: 'shared', named: 'shared' }),
    frontRoute('gift-cards', 'vouchers'),
  ],
  symptom: () => waitForAge({ of: ['httproutes', 'gift-cards', `--namespace=${namespace}`], seconds: 70 }),
  healFirst: removeGatewayKinds,
  expectation: { outcome: 'explained', failureMode: 'gateway-route-not-accepted', subject: { kind: 'HTTPRoute', name: 'gift-cards' } },
});
