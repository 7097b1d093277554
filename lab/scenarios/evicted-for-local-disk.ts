import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'transcoding';

interface Pods {
  readonly items: readonly { readonly status: { readonly reason?: string } }[];
}

export const scenario = inOwnNamespace({
  name: 'evicted-for-local-disk',
  story: 'The transcoder may keep 8 MiB in its scratch directory and writes 24; the kubelet evicts it, and its successor does the same.',
  namespace,
  objects: [
    workload('transcoder', {
      container: {
        command: ['/bin/sh', '-c', 'dd if=/dev/zero of=/scratch/frames bs=1M count=24; exec sleep 3600'],
        volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
      },
      pod: { volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '8Mi' } }] },
    }),
  ],
  symptom: () =>
    waitForObject<Pods>({
      what: 'two pods to be evicted one after the other',
      of: ['pods', `--namespace=${namespace}`],
      withinSeconds: 300,
      holds: ({ items }) => items.filter(({ status }) => status.reason === 'Evicted').length >= 2,
    }),
  expectation: { outcome: 'explained', failureMode: 'evicted-for-ephemeral-storage', subject: { kind: 'Deployment', name: 'transcoder' } },
});
