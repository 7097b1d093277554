import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'gift-cards';

export const scenario = inOwnNamespace({
  name: 'root-file-system-read-only',
  story: 'A hardening makes the root file system of the container read-only; the program keeps its cache there.',
  namespace,
  objects: [
    workload('vouchers', {
      container: {
        command: ['/bin/sh', '-c', 'mkdir /run/vouchers && exec checkout'],
        securityContext: { readOnlyRootFilesystem: true },
      },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=vouchers', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'volume-not-writable', subject: { kind: 'Deployment', name: 'vouchers' } },
});
