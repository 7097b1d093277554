import { debugPodLabel } from '../../domain/debug-pod.ts';
import type { PodManifest } from '../../ports/pod-access.ts';

/** The cluster itself ends a debug pod after this, whatever became of us. */
export const debugPodSeconds = 120;

export const containerName = 'debug';

/** The node's file system inside the pod. */
const mountPath = '/host';

export interface DebugPod {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly image: string;
  /** host: sees the node as a process on it does. pod: an ordinary pod on the node's pod network. */
  readonly network: 'host' | 'pod';
}

/** A pod that does nothing by itself and is gone after two minutes. Its node is set by hand: no scheduler is asked, no cordon is in the way. */
export function debugPodManifest({ name, namespace, node, image, network }: DebugPod): PodManifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { [debugPodLabel]: 'true', 'app.kubernetes.io/managed-by': 'stanch' } },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      activeDeadlineSeconds: debugPodSeconds,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      ...(network === 'host' ? onTheHost : asOrdinaryPod),
      containers: [
        {
          name: containerName,
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', String(debugPodSeconds)],
          // Enough to page through a large rule set; named, because some quotas refuse pods that name nothing.
          resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
          ...(network === 'host' ? containerOnTheHost : containerOfOrdinaryPod),
        },
      ],
    },
  } as PodManifest;
}

const onTheHost = {
  hostPID: true,
  hostNetwork: true,
  volumes: [{ name: 'host', hostPath: { path: '/', type: 'Directory' } }],
};

/** Not privileged: these rights let root list packet filter rules, read the kernel's log and enter the node's file system. */
const containerOnTheHost = {
  securityContext: { runAsUser: 0, capabilities: { add: ['NET_ADMIN', 'NET_RAW', 'SYS_CHROOT', 'SYSLOG'] } },
  volumeMounts: [{ name: 'host', mountPath, readOnly: true }],
};

/** As the strictest Pod Security level wants it, so that it may run wherever the application may. */
const asOrdinaryPod = { securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: 'RuntimeDefault' } } };
const containerOfOrdinaryPod = { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } };

/** Reads its script from standard input, in the node's own file system with the node's own programs. */
export const shellOnTheHost = [
  'sh',
  '-c',
  `enter=chroot; command -v chroot >/dev/null 2>&1 || enter="busybox chroot"; exec $enter ${mountPath} /bin/sh -s`,
] as const;
export const shellInThePod = ['sh', '-s'] as const;
