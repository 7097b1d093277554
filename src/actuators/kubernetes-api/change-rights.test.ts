import { afterEach, expect, test } from 'vitest';
import { rightsFor } from '../../domain/change-rights.ts';
import type { ChangeOf, ClusterChange, ClusterChangeKind } from '../../domain/cluster-change.ts';
import { Permit } from '../../domain/permit.ts';
import { openCluster } from '../../evidence-sources/kubernetes-api/open-cluster.ts';
import { kubeconfigFor, testNow } from '../../evidence-sources/kubernetes-api/testing.ts';
import { accessRequestOf } from '../../writing/testing-access.ts';
import { kubernetesActuator } from './kubernetes-actuator.ts';
import { type StoredObject, startWritingServer, type WritingServer } from './testing-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const patience = AbortSignal.timeout(10_000);
const seen = { uid: 'u' } as const;
const pod = { namespace: 'shop', pod: 'cart-1', ...seen } as const;
const cart = { kind: 'Deployment', namespace: 'shop', name: 'cart' } as const;
const database = { ...cart, kind: 'StatefulSet' } as const;
const autoscaler = { ...cart, kind: 'HorizontalPodAutoscaler' } as const;
const agent = { ...cart, kind: 'DaemonSet' } as const;

/** Of each kind one for each kind of object that it may be made to. */
const changes: { readonly [Kind in ClusterChangeKind]: readonly ChangeOf<Kind>[] } = {
  cordon: [{ kind: 'cordon', node: 'node-3', ...seen }],
  uncordon: [{ kind: 'uncordon', node: 'closed', ...seen }],
  evict: [{ kind: 'evict', ...pod }],
  'delete-pod': [{ kind: 'delete-pod', ...pod }],
  'relabel-pod': [{ kind: 'relabel-pod', labels: { app: 'away' }, ...pod }],
  'roll-back': [cart, database, agent].map((workload) => ({ kind: 'roll-back', workload, toRevision: 1, ...seen })),
  'restart-rollout': [cart, database, agent].map((workload) => ({ kind: 'restart-rollout', workload, ...seen })),
  'set-memory-limit': [cart, database, agent].map((workload) => ({
    kind: 'set-memory-limit',
    workload,
    container: 'app',
    from: '1Gi',
    to: '2Gi',
    ...seen,
  })),
  scale: [cart, database].map((workload) => ({ kind: 'scale', workload, from: 3, to: 5, ...seen })),
  'pause-rollout': [{ kind: 'pause-rollout', workload: cart, ...seen }],
  'resume-rollout': [{ kind: 'resume-rollout', workload: { ...cart, name: 'paused' }, ...seen }],
  'set-autoscaler-maximum': [{ kind: 'set-autoscaler-maximum', autoscaler, from: 3, to: 5, ...seen }],
};
const kinds = Object.keys(changes) as readonly ClusterChangeKind[];

function workload(name: string, more: { readonly [field: string]: boolean } = {}): StoredObject {
  return {
    metadata: { name, namespace: 'shop', uid: 'u' },
    spec: {
      replicas: 3,
      ...more,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', resources: { limits: { memory: '1Gi' } } }] },
      },
    },
  };
}

const pastTemplate = { metadata: { labels: { app: 'old' } }, spec: { containers: [] } };
const ofCart = { namespace: 'shop', ownerReferences: [{ uid: 'u', controller: true }] };

async function clusterOfAll(): Promise<WritingServer> {
  const server = await startWritingServer();
  closing.push(server.close);
  const apps = '/apis/apps/v1/namespaces/shop';
  server.put('/api/v1/nodes/node-3', { metadata: { name: 'node-3', uid: 'u' }, spec: { podCIDR: '10.0.3.0/24' } });
  server.put('/api/v1/nodes/closed', { metadata: { name: 'closed', uid: 'u' }, spec: { unschedulable: true } });
  server.put('/api/v1/namespaces/shop/pods/cart-1', {
    metadata: { name: 'cart-1', namespace: 'shop', uid: 'u', labels: { app: 'cart' } },
    spec: {},
  });
  for (const plural of ['deployments', 'statefulsets', 'daemonsets']) server.put(`${apps}/${plural}/cart`, workload('cart'));
  server.put(`${apps}/deployments/paused`, workload('paused', { paused: true }));
  server.put('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/cart', {
    metadata: { name: 'cart', namespace: 'shop', uid: 'u' },
    spec: { maxReplicas: 3 },
  });
  server.put(`${apps}/replicasets/cart-old`, {
    metadata: { ...ofCart, name: 'cart-old', uid: 'u-old', annotations: { 'deployment.kubernetes.io/revision': '1' } },
    spec: { template: pastTemplate },
  });
  server.put(`${apps}/controllerrevisions/cart-old`, {
    metadata: { ...ofCart, name: 'cart-old', uid: 'u-old' },
    revision: 1,
    data: { spec: { template: pastTemplate } },
  });
  return server;
}

function permitFor(change: ClusterChange): Permit {
  const citation = { of: { kind: 'object', resource: 'nodes', namespace: undefined, name: 'node-3' }, shows: '' } as const;
  const why = { says: 'It is sick.', citing: [citation] } as const;
  const plan = { id: 'test', subject: { kind: 'Node', name: 'node-3' }, changes: [change], why, preconditions: [] } as const;
  const permit = Permit.forPlan(
    { ...plan, saveFirst: [], undo: [], expectation: '', undoWhen: undefined },
    { by: 'ada', how: 'human', at: testNow },
  );
  if (permit === undefined) throw new Error('The plan is blocked.');
  return permit;
}

test.each(kinds)('%s asks for what its rights grant, and its rights grant nothing else', async (kind) => {
  const server = await clusterOfAll();
  const opened = openCluster({
    clock: { now: () => testNow },
    environment: {},
    kubeconfigPath: kubeconfigFor(server.url),
    wait: () => Promise.resolve(),
  });
  if (opened.state === 'failed') throw new Error(opened.happened);
  closing.push(() => opened.source.close());
  const actuator = kubernetesActuator(await opened.openRequests());
  for (const change of changes[kind]) {
    const preparation = await actuator.prepare(change, testNow, patience);
    if (preparation.state !== 'prepared') throw new Error(preparation.because);
    const { prepared } = preparation;
    const states = [
      (await actuator.rehearse(prepared, patience)).state,
      (await actuator.apply(permitFor(change), prepared, patience)).state,
      (await actuator.look(prepared, patience)).state,
    ];
    expect(states).toEqual(['accepted', 'accepted', 'done']);
  }

  const asked = server.log.map((line) => accessRequestOf({ method: line.split(' ')[0] ?? '', path: line.split(' ')[1] ?? '' }));
  const used = asked.map(({ verb, group, resource }) => `${verb} ${group === '' ? '' : `${group}/`}${resource}`);
  expect([...new Set(used)].toSorted()).toEqual(
    rightsFor(kind)
      .map(({ verb, resource }) => `${verb} ${resource}`)
      .toSorted(),
  );
});
