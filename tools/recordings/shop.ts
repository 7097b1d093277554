import { at, endpointSlice, longAgo, metadata, pod, type PodOptions, type Raw, service, writtenBy } from './objects.ts';

export const namespace = 'payments';
export const app = 'payment-service';
/** The address that the seed's crashing pods cannot reach. */
export const databaseAddress = '10.96.45.12';
export const databaseEndpoint = '10.244.2.17';
export const oldHash = '6c9d7b8f4';
export const newHash = '7f8b9c4d5';

export interface PaymentReplica {
  readonly suffix: string;
  readonly node: string;
  readonly address: string;
  readonly hash: string;
  readonly created: string;
  readonly crash?: PodOptions['crash'];
}

const images: { readonly [hash: string]: string } = {
  [oldHash]: 'registry.example/payments/payment-service:2.31.4',
  [newHash]: 'registry.example/payments/payment-service:2.32.0',
};
const revisions: { readonly [hash: string]: string } = { [oldHash]: '46', [newHash]: '47' };

export function container(hash: string): Raw & { readonly name: string; readonly image: string } {
  return {
    name: app,
    image: images[hash] ?? '',
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [
      { name: 'DATABASE_HOST', value: 'postgres.payments.svc.cluster.local' },
      { name: 'DATABASE_PORT', value: '5432' },
      { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'payment-database', key: 'password' } } },
    ],
    envFrom: [{ configMapRef: { name: 'payment-service' } }],
    resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5, failureThreshold: 3 },
    livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, failureThreshold: 3 },
  };
}

export function paymentPod(replica: PaymentReplica): Raw {
  return pod({
    name: podName(replica),
    namespace,
    node: replica.node,
    address: replica.address,
    created: replica.created,
    owner: { kind: 'ReplicaSet', name: `${app}-${replica.hash}` },
    labels: { app, 'pod-template-hash': replica.hash },
    container: container(replica.hash),
    imageId: `registry.example/payments/payment-service@sha256:${(replica.hash === newHash ? 'b7' : 'a3').repeat(32)}`,
    ...(replica.crash === undefined ? {} : { crash: replica.crash }),
  });
}

export function podName(replica: PaymentReplica): string {
  return `${app}-${replica.hash}-${replica.suffix}`;
}

export function paymentWorkload(replicas: readonly PaymentReplica[], rolledOutAt: string): readonly Raw[] {
  const ready = replicas.filter((replica) => replica.crash === undefined).length;
  const template = (hash: string): Raw => ({
    metadata: { labels: { app } },
    spec: {
      serviceAccountName: 'default',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      containers: [container(hash)],
    },
  });
  const replicaSet = (hash: string, created: string): Raw => {
    const own = replicas.filter((replica) => replica.hash === hash);
    return {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: metadata({
        name: `${app}-${hash}`,
        namespace,
        created,
        labels: { app, 'pod-template-hash': hash },
        annotations: { 'deployment.kubernetes.io/revision': revisions[hash] },
        owner: { kind: 'Deployment', name: app },
      }),
      spec: {
        replicas: own.length,
        selector: { matchLabels: { app, 'pod-template-hash': hash } },
        template: { ...template(hash), metadata: { labels: { app, 'pod-template-hash': hash } } },
      },
      status: { replicas: own.length, readyReplicas: own.filter((replica) => replica.crash === undefined).length },
    };
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata({
      name: app,
      namespace,
      created: longAgo,
      labels: { app },
      annotations: { 'deployment.kubernetes.io/revision': '47' },
      managedFields: [writtenBy('deploy-pipeline', rolledOutAt, { 'f:spec': { 'f:template': { 'f:spec': {} } } })],
    }),
    spec: {
      replicas: replicas.length,
      selector: { matchLabels: { app } },
      template: template(newHash),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
    },
    status: {
      observedGeneration: 47,
      replicas: replicas.length,
      updatedReplicas: replicas.filter((replica) => replica.hash === newHash).length,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: replicas.length - ready,
      conditions: [
        { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', lastTransitionTime: longAgo, lastUpdateTime: rolledOutAt },
        {
          type: 'Available',
          status: ready * 4 >= replicas.length * 3 ? 'True' : 'False',
          reason: 'MinimumReplicasAvailable',
          lastTransitionTime: at('02:43:20'),
        },
      ],
    },
  };
  return [deployment, replicaSet(oldHash, '2026-11-05T10:02:11Z'), replicaSet(newHash, rolledOutAt)];
}

/** The payment Service and the database behind its ClusterIP. */
export function paymentNetwork(replicas: readonly PaymentReplica[], options: { readonly isDatabaseInCluster: boolean }): readonly Raw[] {
  const addresses = replicas.map((replica) => ({
    ip: replica.address,
    node: replica.node,
    pod: podName(replica),
    isReady: replica.crash === undefined,
  }));
  const front = [
    service(app, namespace, { clusterIp: '10.96.12.80', port: 80, targetPort: 'http', selector: { app }, created: longAgo }),
    endpointSlice(app, namespace, { addresses, port: 8080, created: longAgo }),
  ];
  if (!options.isDatabaseInCluster) {
    return [
      ...front,
      service('postgres', namespace, { clusterIp: databaseAddress, port: 5432, created: longAgo }),
      endpointSlice('postgres', namespace, { addresses: [{ ip: '10.50.0.7' }], port: 5432, created: longAgo }),
    ];
  }
  return [
    ...front,
    service('postgres', namespace, { clusterIp: databaseAddress, port: 5432, selector: { app: 'postgres' }, created: longAgo }),
    endpointSlice('postgres', namespace, {
      addresses: [{ ip: databaseEndpoint, node: 'node-worker-2', pod: 'postgres-0' }],
      port: 5432,
      created: longAgo,
    }),
    ...databaseWorkload(),
  ];
}

function databaseWorkload(): readonly Raw[] {
  const spec = {
    name: 'postgres',
    image: 'registry.example/library/postgres:15.8',
    ports: [{ name: 'sql', containerPort: 5432, protocol: 'TCP' }],
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } },
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata({ name: 'postgres', namespace, created: longAgo }),
      spec: {
        replicas: 1,
        serviceName: 'postgres',
        selector: { matchLabels: { app: 'postgres' } },
        template: { metadata: { labels: { app: 'postgres' } }, spec: { containers: [spec] } },
      },
      status: {
        replicas: 1,
        readyReplicas: 1,
        currentReplicas: 1,
        updatedReplicas: 1,
        currentRevision: 'postgres-5c8',
        updateRevision: 'postgres-5c8',
      },
    },
    pod({
      name: 'postgres-0',
      namespace,
      node: 'node-worker-2',
      address: databaseEndpoint,
      created: '2026-09-30T08:00:00Z',
      owner: { kind: 'StatefulSet', name: 'postgres' },
      labels: { app: 'postgres', 'controller-revision-hash': 'postgres-5c8' },
      container: spec,
      imageId: `registry.example/library/postgres@sha256:${'c1'.repeat(32)}`,
    }),
  ];
}

export function paymentConfiguration(): readonly Raw[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata({
        name: 'payment-service',
        namespace,
        created: longAgo,
        managedFields: [writtenBy('deploy-pipeline', '2026-10-19T13:05:00Z', { 'f:data': { 'f:LOG_LEVEL': {} } })],
      }),
      data: { LOG_LEVEL: 'info', CURRENCY: 'EUR' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: metadata({
        name: 'payment-database',
        namespace,
        created: longAgo,
        managedFields: [writtenBy('kubectl-create', longAgo, { 'f:data': { 'f:password': {} } })],
      }),
      data: { password: '' },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata({ name: app, namespace, created: longAgo }),
      spec: { minAvailable: 1, selector: { matchLabels: { app } } },
      status: {
        currentHealthy: 2,
        desiredHealthy: 1,
        expectedPods: 4,
        disruptionsAllowed: 1,
        conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
      },
    },
  ];
}
