import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { boundVolume, mountOnNode, unmountOnNode } from '../framework/node-volume.ts';
import { waitForPodReason } from '../framework/shop.ts';
import { runInHost } from '../machine/in-host.ts';

const namespace = 'timesheets';
const volume = { name: 'timesheet-data', node: 'node-worker-2', path: '/srv/timesheet-data' } as const;

export const scenario = inOwnNamespace({
  name: 'volume-turned-read-only',
  story: 'The file system below a volume has turned read-only after an error of its disk; the pod mounts it for writing and cannot write.',
  namespace,
  breakFirst: async () => {
    await mountOnNode({ ...volume, megabytes: 4 });
    await runInHost(volume.node, ['mount', '--options', 'remount,ro', volume.path]);
  },
  objects: [
    ...boundVolume({ ...volume, namespace }),
    workload('timesheet', {
      container: {
        command: ['/bin/sh', '-c', 'echo start > /data/journal && exec sleep 3600'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
      pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: volume.name } }] },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=timesheet', reasons: ['CrashLoopBackOff'] }),
  healFirst: () => unmountOnNode(volume),
  expectation: { outcome: 'explained', failureMode: 'file-system-read-only', subject: { kind: 'Deployment', name: 'timesheet' } },
});
