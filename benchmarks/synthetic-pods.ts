import type { RawObject } from '../src/domain/example.ts';
import { writersOf } from './synthetic-field-managers.ts';
import { labelsOf, longAgo, revisionHash, revisionName, rolledOut, type Workload } from './synthetic-workload.ts';

export interface Place {
  readonly workload: Workload;
  readonly node: string;
}

/** One in fifty restarted once, long ago: the usual noise. */
const restartedShare = 50;

/** About 6 KB, as a pod of a Deployment with a sidecar has, with what the API server, the scheduler and the kubelet add. */
export function podOf(number: number, { workload, node }: Place): RawObject {
  const set = revisionName(workload, 2);
  const suffix = number.toString(36).padStart(5, 'x');
  const started = workload.isBroken ? rolledOut : momentOf(number);
  const address = `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  const token = `kube-api-access-${suffix}`;
  return {
    metadata: {
      name: `${set}-${suffix}`,
      generateName: `${set}-`,
      namespace: workload.namespace,
      uid: `0a1b2c3d-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
      resourceVersion: String(1_000_000 + number),
      creationTimestamp: started,
      labels: { ...labelsOf(workload), 'pod-template-hash': revisionHash(2) },
      annotations: {
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': '9090',
        'cni.projectcalico.org/podIP': `${address}/32`,
        'kubectl.kubernetes.io/restartedAt': longAgo,
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: set,
          uid: `rs-${workload.number}-2`,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: writersOf(workload, started),
    },
    spec: specOf(workload, { node, token }),
    status: statusOf(number, workload, { started, address }),
  };
}

function specOf(workload: Workload, { node, token }: { readonly node: string; readonly token: string }): RawObject {
  return {
    volumes: [
      { name: 'config', configMap: { name: `${workload.name}-config-0`, defaultMode: 420 } },
      {
        name: token,
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
            { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
          ],
          defaultMode: 420,
        },
      },
    ],
    containers: ['main', 'sidecar'].map((name) => containerOf(name, workload, token)),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    nodeName: node,
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: ['not-ready', 'unreachable'].map((name) => ({
      key: `node.kubernetes.io/${name}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

/** Each pod began at its own second. */
function momentOf(number: number): string {
  return new Date(Date.parse(longAgo) + ((number * 7919) % 100_000) * 1000).toISOString().replace('.000Z', 'Z');
}

function containerOf(name: string, workload: Workload, token: string): RawObject {
  return {
    name,
    image: name === 'main' ? `registry.example/team/${workload.name}:v1.2.2` : 'registry.example/mesh/proxy:1.9.3',
    ports: [{ name: name === 'main' ? 'http' : 'metrics', containerPort: name === 'main' ? 8080 : 9090, protocol: 'TCP' }],
    env: [
      { name: 'DB_URL', value: 'postgres://db.data:5432/app' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: `${workload.name}-credentials`, key: 'PASSWORD' } } },
    ],
    resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/config' },
      { name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    livenessProbe: {
      httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
      initialDelaySeconds: 10,
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };
}

function statusOf(
  number: number,
  { isBroken, name }: Workload,
  { started, address }: { readonly started: string; readonly address: string },
): RawObject {
  const hasRestarted = number % restartedShare === 0;
  const crash = {
    exitCode: 1,
    reason: 'Error',
    startedAt: '2026-11-20T11:57:01Z',
    finishedAt: '2026-11-20T11:57:03Z',
    containerID: `containerd://${'ab'.repeat(32)}`,
  };
  const kill = {
    exitCode: 137,
    reason: 'OOMKilled',
    startedAt: longAgo,
    finishedAt: '2026-10-20T08:00:00Z',
    containerID: `containerd://${'ab'.repeat(32)}`,
  };
  const ready = isBroken ? 'False' : 'True';
  return {
    phase: 'Running',
    conditions: (['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const).map((type) => ({
      type,
      status: type === 'Ready' || type === 'ContainersReady' ? ready : 'True',
      lastProbeTime: null,
      lastTransitionTime: started,
    })),
    hostIP: '10.250.0.9',
    hostIPs: [{ ip: '10.250.0.9' }],
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: started,
    containerStatuses: ['main', 'sidecar'].map((container) => {
      const isCrashing = isBroken && container === 'main';
      return {
        name: container,
        image: container === 'main' ? `registry.example/team/${name}:v1.2.2` : 'registry.example/mesh/proxy:1.9.3',
        imageID: `registry.example/team/${name}@sha256:${'ab'.repeat(32)}`,
        containerID: `containerd://${'cd'.repeat(32)}`,
        ready: !isCrashing,
        started: !isCrashing,
        restartCount: isCrashing ? 7 : hasRestarted ? 1 : 0,
        state: isCrashing
          ? { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } }
          : { running: { startedAt: started } },
        lastState: isCrashing ? { terminated: crash } : hasRestarted && container === 'main' ? { terminated: kill } : {},
      };
    }),
    qosClass: 'Burstable',
  };
}

export function busyNode(number: number): RawObject {
  const room = { cpu: '32', memory: '131072000Ki', pods: '110', 'ephemeral-storage': '203056560Ki' };
  const conditions = (['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'] as const).map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    reason: `Kubelet${type}`,
    message: 'as it should be',
    lastHeartbeatTime: '2026-11-20T11:57:00Z',
    lastTransitionTime: longAgo,
  }));
  return {
    metadata: {
      name: `node-${number}`,
      uid: `node-uid-${number}`,
      creationTimestamp: longAgo,
      labels: {
        'kubernetes.io/hostname': `node-${number}`,
        'topology.kubernetes.io/zone': `zone-${'abc'[number % 3] ?? 'a'}`,
        'node.kubernetes.io/instance-type': 'large',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
      },
      annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    },
    spec: { podCIDR: `10.${number >> 8}.${number & 255}.0/24`, providerID: `cloud:///zone/i-${number}` },
    status: {
      capacity: room,
      allocatable: room,
      conditions,
      addresses: [
        { type: 'InternalIP', address: `10.250.${number >> 8}.${number & 255}` },
        { type: 'Hostname', address: `node-${number}` },
      ],
      nodeInfo: {
        kernelVersion: '6.1.0-28-amd64',
        osImage: 'Debian GNU/Linux 12',
        containerRuntimeVersion: 'containerd://1.7.20',
        kubeletVersion: 'v1.34.1',
        kubeProxyVersion: 'v1.34.1',
        architecture: 'amd64',
        operatingSystem: 'linux',
        bootID: `boot-${number}`,
      },
      images: Array.from({ length: 50 }, (_image, position) => ({
        names: [`registry.example/team/app-${position}@sha256:${'ab'.repeat(32)}`, `registry.example/team/app-${position}:v1.2.2`],
        sizeBytes: 100_000_000 + position,
      })),
    },
  };
}

/** Mostly the chatter of rollouts; of the broken workload also its back-off. */
export function eventAbout(number: number, { workload, node }: Place): RawObject {
  const pod = `${revisionName(workload, 2)}-${(number * 5).toString(36).padStart(5, 'x')}`;
  const about = {
    kind: 'Pod',
    namespace: workload.namespace,
    name: pod,
    uid: `0a1b2c3d-0000-4000-8000-${(number * 5).toString(16).padStart(12, '0')}`,
    apiVersion: 'v1',
    fieldPath: 'spec.containers{main}',
  };
  const what = workload.isBroken
    ? { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container main in pod', count: 30 }
    : {
        type: 'Normal',
        reason: 'Pulled',
        message: `Container image "registry.example/team/${workload.name}:v1.2.2" already present on machine`,
        count: 1,
      };
  return {
    metadata: {
      name: `${pod}.17f${number.toString(16)}`,
      namespace: workload.namespace,
      uid: `event-${number}`,
      creationTimestamp: rolledOut,
      managedFields: [
        {
          manager: 'kubelet',
          operation: 'Update',
          apiVersion: 'v1',
          time: rolledOut,
          fieldsType: 'FieldsV1',
          fieldsV1: {
            'f:count': {},
            'f:firstTimestamp': {},
            'f:involvedObject': {},
            'f:lastTimestamp': {},
            'f:message': {},
            'f:reason': {},
            'f:source': { 'f:component': {}, 'f:host': {} },
            'f:type': {},
          },
        },
      ],
    },
    involvedObject: about,
    ...what,
    source: { component: 'kubelet', host: node },
    firstTimestamp: rolledOut,
    lastTimestamp: '2026-11-20T11:58:30Z',
    eventTime: null,
    reportingComponent: 'kubelet',
    reportingInstance: node,
  };
}
