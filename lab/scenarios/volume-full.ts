import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { boundVolume, mountOnNode, unmountOnNode } from '../framework/node-volume.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'audit';
const volume = { name: 'audit-trail', node: 'node-worker-2', path: '/srv/audit-trail' } as const;

export const scenario = inOwnNamespace({
  name: 'volume-full',
  story: 'The audit trail has filled its volume, and its writer ends whenever it cannot write on.',
  namespace,
  breakFirst: () => mountOnNode({ ...volume, megabytes: 4 }),
  objects: [
    ...boundVolume({ ...volume, namespace }),
    workload('audit-writer', {
      container: {
        command: ['/bin/sh', '-c', 'dd if=/dev/zero of=/trail/events bs=1M count=8 && exec sleep 3600'],
        volumeMounts: [{ name: 'trail', mountPath: '/trail' }],
      },
      pod: { volumes: [{ name: 'trail', persistentVolumeClaim: { claimName: volume.name } }] },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=audit-writer', reasons: ['CrashLoopBackOff'] }),
  healFirst: () => unmountOnNode(volume),
  expectation: { outcome: 'explained', failureMode: 'volume-full', subject: { kind: 'PersistentVolumeClaim', name: volume.name } },
});
