import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'label-printing';

/** The head of an ELF file for 64-bit ARM, which is all that the kernel reads before it refuses. */
const armProgram = Buffer.concat([
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0xb7, 0, 1, 0, 0, 0]),
  Buffer.alloc(104),
]).toString('base64');

export const scenario = inOwnNamespace({
  name: 'program-for-another-architecture',
  story: 'The printer driver was built on an ARM laptop; no node of the cluster can run it.',
  namespace,
  objects: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'driver' }, binaryData: { 'print-labels': armProgram } },
    workload('label-printer', {
      container: { command: ['/driver/print-labels'], volumeMounts: [{ name: 'driver', mountPath: '/driver' }] },
      pod: { volumes: [{ name: 'driver', configMap: { name: 'driver', defaultMode: 0o755 } }] },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=label-printer', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'wrong-architecture', subject: { kind: 'Deployment', name: 'label-printer' } },
});
