import type { RawObject } from '../src/domain/example.ts';
import type { ResourceName } from '../src/domain/kubernetes/resources.ts';
import { busyNode, eventAbout, podOf } from './synthetic-pods.ts';
import {
  labelsOf,
  longAgo,
  revisionHash,
  revisionName,
  rolledOut,
  type Workload,
  workloadAt,
  workloadsPerNamespace,
} from './synthetic-workload.ts';

/** When the synthetic cluster is looked at. */
export const syntheticNow = '2026-11-20T12:00:00Z';

/** The objects of one kind, made when they are asked for, so that a large cluster fits into a small server. */
export interface ObjectList {
  readonly count: number;
  readonly at: (position: number) => RawObject;
}

export type SyntheticCluster = { readonly [Name in ResourceName]?: ObjectList };

/** Proportions of large clusters as their operators describe them: 50 pods on a node, 25 replicas of a workload, three revisions kept. */
const podsPerNode = 50;
const replicasPerWorkload = 25;
const revisionsKept = 3;

/** Deterministic: the same number of pods gives the same cluster, byte for byte. */
export function syntheticCluster(pods: number): SyntheticCluster {
  const workloads = Math.ceil(pods / replicasPerWorkload);
  const nodes = Math.max(3, Math.round(pods / podsPerNode));
  // An API server lists by namespace and name, so replicas come one after the other; the scheduler spreads them.
  const placeOf = (pod: number) => ({ workload: workloadAt(Math.floor(pod / replicasPerWorkload)), node: `node-${(pod * 7919) % nodes}` });
  const ofWorkload = (make: (workload: Workload) => RawObject): ObjectList => ({
    count: workloads,
    at: (position) => make(workloadAt(position)),
  });
  const some = (share: number, make: (workload: Workload) => RawObject): ObjectList => ({
    count: Math.round(workloads * share),
    at: (position) => make(workloadAt(position)),
  });
  return {
    pods: { count: pods, at: (pod) => podOf(pod, placeOf(pod)) },
    nodes: { count: nodes, at: busyNode },
    events: { count: Math.round(pods / 5), at: (event) => eventAbout(event, placeOf(event * 5)) },
    namespaces: {
      count: Math.ceil(workloads / workloadsPerNamespace),
      at: (position) => object(`team-${position}`, undefined, { status: { phase: 'Active' } }),
    },
    deployments: ofWorkload((workload) => deploymentOf(workload)),
    replicasets: {
      count: workloads * revisionsKept,
      at: (position) => replicaSetOf(workloadAt(Math.floor(position / revisionsKept)), position % revisionsKept),
    },
    services: ofWorkload(serviceOf),
    endpointslices: ofWorkload((workload) => sliceOf(workload, pods)),
    configmaps: { count: workloads * 2, at: (position) => configurationOf(workloadAt(Math.floor(position / 2)), `config-${position % 2}`) },
    secrets: ofWorkload((workload) => configurationOf(workload, 'credentials')),
    horizontalpodautoscalers: some(0.25, scalerOf),
    poddisruptionbudgets: some(0.25, budgetOf),
    leases: {
      count: nodes,
      at: (node) =>
        object(`node-${node}`, 'kube-node-lease', {
          spec: { holderIdentity: `node-${node}`, leaseDurationSeconds: 40, renewTime: '2026-11-20T11:59:55.000000Z' },
        }),
    },
    serviceaccounts: { count: Math.ceil(workloads / workloadsPerNamespace), at: (position) => object('default', `team-${position}`, {}) },
  };
}

function object(name: string, namespace: string | undefined, rest: RawObject, metadata: RawObject = {}): RawObject {
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `5d0c1f9a-0000-4000-8000-${name}-${namespace ?? ''}`,
      resourceVersion: '4711',
      creationTimestamp: longAgo,
      ...metadata,
      managedFields: [
        {
          manager: 'helm',
          operation: 'Update',
          apiVersion: 'v1',
          time: longAgo,
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': {} },
        },
      ],
    },
    ...rest,
  };
}

function templateOf(workload: Workload, revision: number): RawObject {
  return {
    metadata: { labels: labelsOf(workload), annotations: { 'prometheus.io/scrape': 'true' } },
    spec: {
      containers: [
        {
          name: 'main',
          image: `registry.example/team/${workload.name}:v1.2.${revision}`,
          ports: [{ containerPort: 8080, protocol: 'TCP' }],
          env: [
            { name: 'DB_URL', value: 'postgres://db.data:5432/app' },
            { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: `${workload.name}-credentials`, key: 'PASSWORD' } } },
          ],
          resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
          readinessProbe: {
            httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' },
            periodSeconds: 10,
            timeoutSeconds: 1,
            failureThreshold: 3,
            successThreshold: 1,
          },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    },
  };
}

function deploymentOf(workload: Workload): RawObject {
  const ready = workload.isBroken ? 0 : replicasPerWorkload;
  const condition = {
    type: 'Available',
    status: workload.isBroken ? 'False' : 'True',
    reason: 'MinimumReplicasAvailable',
    lastTransitionTime: longAgo,
    lastUpdateTime: longAgo,
  };
  return object(
    workload.name,
    workload.namespace,
    {
      spec: {
        replicas: replicasPerWorkload,
        selector: { matchLabels: { app: workload.name } },
        template: templateOf(workload, revisionsKept - 1),
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
      },
      status: {
        observedGeneration: 3,
        replicas: replicasPerWorkload,
        updatedReplicas: replicasPerWorkload,
        readyReplicas: ready,
        availableReplicas: ready,
        unavailableReplicas: replicasPerWorkload - ready,
        conditions: [condition],
      },
    },
    { labels: labelsOf(workload), generation: 3, annotations: { 'deployment.kubernetes.io/revision': String(revisionsKept) } },
  );
}

function replicaSetOf(workload: Workload, revision: number): RawObject {
  const isNewest = revision === revisionsKept - 1;
  const replicas = isNewest ? replicasPerWorkload : 0;
  return object(
    revisionName(workload, revision),
    workload.namespace,
    {
      spec: { replicas, selector: { matchLabels: { app: workload.name } }, template: templateOf(workload, revision) },
      status: {
        replicas,
        readyReplicas: workload.isBroken ? 0 : replicas,
        availableReplicas: workload.isBroken ? 0 : replicas,
        observedGeneration: 1,
      },
    },
    {
      uid: `rs-${workload.number}-${revision}`,
      labels: { ...labelsOf(workload), 'pod-template-hash': revisionHash(revision) },
      annotations: { 'deployment.kubernetes.io/revision': String(revision + 1) },
      creationTimestamp: isNewest && workload.isBroken ? rolledOut : longAgo,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: workload.name,
          uid: `5d0c1f9a-0000-4000-8000-${workload.name}-${workload.namespace}`,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
  );
}

function serviceOf(workload: Workload): RawObject {
  return object(
    workload.name,
    workload.namespace,
    {
      spec: {
        type: 'ClusterIP',
        clusterIP: `10.96.${workload.number >> 8}.${workload.number & 255}`,
        selector: { app: workload.name },
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
        internalTrafficPolicy: 'Cluster',
      },
      status: { loadBalancer: {} },
    },
    { labels: labelsOf(workload) },
  );
}

function sliceOf(workload: Workload, pods: number): RawObject {
  const first = workload.number * replicasPerWorkload;
  const endpoints = Array.from({ length: Math.min(replicasPerWorkload, pods - first) }, (_member, replica) => {
    const pod = first + replica;
    return {
      addresses: [`10.${pod >> 16}.${(pod >> 8) & 255}.${pod & 255}`],
      conditions: { ready: !workload.isBroken, serving: !workload.isBroken, terminating: false },
      nodeName: 'node-1',
      targetRef: {
        kind: 'Pod',
        name: `${revisionName(workload, revisionsKept - 1)}-${pod.toString(36).padStart(5, 'x')}`,
        namespace: workload.namespace,
      },
    };
  });
  return {
    ...object(`${workload.name}-abcde`, workload.namespace, {}, { labels: { 'kubernetes.io/service-name': workload.name } }),
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints,
  };
}

/** As metadata alone, which is how Secrets and ConfigMaps are asked for. */
function configurationOf(workload: Workload, what: string): RawObject {
  const fieldsV1 = { 'f:data': { '.': {}, 'f:PASSWORD': {}, 'f:settings.yaml': {} } };
  return object(
    `${workload.name}-${what}`,
    workload.namespace,
    {},
    { labels: labelsOf(workload), managedFields: [{ manager: 'helm', operation: 'Update', time: longAgo, fieldsV1 }] },
  );
}

function scalerOf(workload: Workload): RawObject {
  return object(workload.name, workload.namespace, {
    spec: {
      minReplicas: 5,
      maxReplicas: 100,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.name },
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    },
    status: {
      currentReplicas: replicasPerWorkload,
      desiredReplicas: replicasPerWorkload,
      conditions: [
        { type: 'AbleToScale', status: 'True', lastTransitionTime: longAgo },
        { type: 'ScalingActive', status: 'True', lastTransitionTime: longAgo },
      ],
    },
  });
}

function budgetOf(workload: Workload): RawObject {
  return object(workload.name, workload.namespace, {
    spec: { maxUnavailable: '25%', selector: { matchLabels: { app: workload.name } } },
    status: {
      currentHealthy: replicasPerWorkload,
      desiredHealthy: 18,
      expectedPods: replicasPerWorkload,
      disruptionsAllowed: 6,
      conditions: [],
    },
  });
}
