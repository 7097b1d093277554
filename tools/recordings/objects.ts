/** Raw API objects of the seed's cluster, as `kubectl get -o json` prints them. */
export interface Raw {
  readonly [field: string]: unknown;
}

/** The night of the incident. Times of day are UTC. */
export const night = '2026-11-14';

export function at(time: string, day: string = night): string {
  return `${day}T${time}Z`;
}

export const longAgo = '2026-06-02T09:14:00Z';
/** Last week: the platform team brought forty new microservices. */
export const lastWeek = '2026-11-07';

export function metadata(of: {
  readonly name: string;
  readonly namespace?: string;
  readonly created: string;
  readonly labels?: Raw;
  readonly annotations?: Raw;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly managedFields?: readonly Raw[];
}): Raw {
  const { name, namespace, created, labels, annotations, owner, managedFields } = of;
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: uidOf(name, namespace),
    creationTimestamp: created,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(owner === undefined
      ? {}
      : {
          ownerReferences: [
            { apiVersion: 'apps/v1', ...owner, uid: uidOf(owner.name, namespace), controller: true, blockOwnerDeletion: true },
          ],
        }),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
}

export function uidOf(name: string, namespace = ''): string {
  return `uid-${namespace}-${name}`;
}

/** Who wrote which top-level parts, and when. */
export function writtenBy(manager: string, time: string, fields: Raw): Raw {
  return { manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1: fields };
}

export function node(
  name: string,
  zone: string,
  internal: { readonly address: string; readonly podCidr: string; readonly role?: string },
): Raw {
  const condition = (type: string, status: string, reason: string): Raw => ({
    type,
    status,
    reason,
    lastTransitionTime: longAgo,
    lastHeartbeatTime: at('02:47:20'),
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadata({
      name,
      created: longAgo,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': zone,
        'node.kubernetes.io/instance-type': 'm6.xlarge',
      },
    }),
    spec: {
      podCIDR: internal.podCidr,
      podCIDRs: [internal.podCidr],
      ...(internal.role === undefined ? {} : { taints: [{ key: internal.role, effect: 'NoSchedule' }] }),
    },
    status: {
      capacity: { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' },
      allocatable: { cpu: '3920m', memory: '15Gi', pods: '110', 'ephemeral-storage': '90Gi' },
      addresses: [
        { type: 'InternalIP', address: internal.address },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      nodeInfo: {
        kernelVersion: '6.1.0-26-amd64',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        containerRuntimeVersion: 'containerd://1.7.22',
        kubeletVersion: 'v1.34.1',
        kubeProxyVersion: '',
        architecture: 'amd64',
        operatingSystem: 'linux',
        bootID: `boot-${name}`,
      },
    },
  };
}

export interface PodOptions {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly address: string;
  readonly created: string;
  readonly owner: { readonly kind: string; readonly name: string };
  readonly labels: Raw;
  readonly container: Raw & { readonly name: string; readonly image: string };
  readonly imageId: string;
  /** Default: Ready since creation. */
  readonly crash?: { readonly restarts: number; readonly lastEnd: string; readonly exitCode: number; readonly reason?: string };
  /** An end that the container has recovered from. */
  readonly recovered?: { readonly restarts: number; readonly endedAt: string; readonly exitCode: number; readonly reason: string };
  readonly spec?: Raw;
}

export function pod(of: PodOptions): Raw {
  const isReady = of.crash === undefined;
  const condition = (type: string, status: boolean, since: string): Raw => ({
    type,
    status: status ? 'True' : 'False',
    lastTransitionTime: since,
    ...(status ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${of.container.name}]` }),
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata({ name: of.name, namespace: of.namespace, created: of.created, labels: of.labels, owner: of.owner }),
    spec: {
      nodeName: of.node,
      serviceAccountName: 'default',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      containers: [of.container],
      ...of.spec,
    },
    status: {
      phase: 'Running',
      podIP: of.address,
      startTime: of.created,
      qosClass: 'Burstable',
      conditions: [
        condition('PodScheduled', true, of.created),
        condition('Initialized', true, of.created),
        condition('ContainersReady', isReady, of.created),
        condition('Ready', isReady, of.created),
      ],
      containerStatuses: [containerStatus(of, isReady)],
    },
  };
}

function containerStatus(of: PodOptions, isReady: boolean): Raw {
  const { crash, recovered } = of;
  const shared = { name: of.container.name, image: of.container.image, imageID: of.imageId, ready: isReady };
  const ended = (end: string, exitCode: number, reason: string): Raw => ({
    terminated: { exitCode, reason, startedAt: end, finishedAt: end, containerID: `containerd://${of.name}` },
  });
  if (crash !== undefined) {
    return {
      ...shared,
      started: false,
      restartCount: crash.restarts,
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 1m20s restarting failed container=${of.container.name} pod=${of.name}_${of.namespace}`,
        },
      },
      lastState: ended(crash.lastEnd, crash.exitCode, crash.reason ?? 'Error'),
    };
  }
  if (recovered !== undefined) {
    return {
      ...shared,
      started: true,
      restartCount: recovered.restarts,
      state: { running: { startedAt: recovered.endedAt } },
      lastState: ended(recovered.endedAt, recovered.exitCode, recovered.reason),
    };
  }
  return { ...shared, started: true, restartCount: 0, state: { running: { startedAt: of.created } }, lastState: {} };
}

export function service(
  name: string,
  namespace: string,
  of: {
    readonly clusterIp: string;
    readonly port: number;
    readonly targetPort?: number | string;
    readonly selector?: Raw;
    readonly created: string;
  },
): Raw {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata({ name, namespace, created: of.created }),
    spec: {
      type: 'ClusterIP',
      clusterIP: of.clusterIp,
      clusterIPs: [of.clusterIp],
      ...(of.selector === undefined ? {} : { selector: of.selector }),
      ports: [{ port: of.port, targetPort: of.targetPort ?? of.port, protocol: 'TCP' }],
    },
  };
}

export function endpointSlice(
  name: string,
  namespace: string,
  of: {
    readonly addresses: readonly { readonly ip: string; readonly node?: string; readonly pod?: string; readonly isReady?: boolean }[];
    readonly port: number;
    readonly created: string;
  },
): Raw {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metadata({ name: `${name}-x1`, namespace, created: of.created, labels: { 'kubernetes.io/service-name': name } }),
    addressType: 'IPv4',
    ports: [{ port: of.port, protocol: 'TCP' }],
    endpoints: of.addresses.map((address) => ({
      addresses: [address.ip],
      conditions: { ready: address.isReady ?? true, serving: address.isReady ?? true, terminating: false },
      ...(address.node === undefined ? {} : { nodeName: address.node }),
      ...(address.pod === undefined
        ? {}
        : { targetRef: { kind: 'Pod', name: address.pod, namespace, uid: uidOf(address.pod, namespace) } }),
    })),
  };
}

export function event(of: {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly reason: string;
  readonly message: string;
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly type?: string;
}): Raw {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: metadata({ name: `${of.name}.${of.reason.toLowerCase()}`, namespace: of.namespace, created: of.first }),
    type: of.type ?? 'Warning',
    reason: of.reason,
    message: of.message,
    count: of.count,
    firstTimestamp: of.first,
    lastTimestamp: of.last,
    involvedObject: { kind: of.kind, name: of.name, namespace: of.namespace, uid: uidOf(of.name, of.namespace) },
    source: { component: 'kubelet' },
  };
}
