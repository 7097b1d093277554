import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';

const namespace = 'addresses';

export const scenario = inOwnNamespace({
  name: 'hook-failing',
  story: 'The postStart hook calls a program that the new base image does not have.',
  namespace,
  objects: [
    workload('address-book', { container: { lifecycle: { postStart: { exec: { command: ['/usr/bin/curl', 'localhost:8080/warm'] } } } } }),
  ],
  symptom: () => waitForEvent({ namespace, reason: 'BackOff', message: /restarting failed container/ }),
  expectation: { outcome: 'explained', failureMode: 'lifecycle-hook-failing', subject: { kind: 'Deployment', name: 'address-book' } },
});
