import { expect, test } from 'vitest';
import { kubernetesActuator } from '../../actuators/kubernetes-api/kubernetes-actuator.ts';
import { crashLoop } from '../../catalogue/workload/crash-loop.ts';
import { citeObject, claim } from '../../domain/citation.ts';
import { seen } from '../../domain/cluster-change.ts';
import { nightOfTheNode } from '../../domain/example-nights.ts';
import { incidentOf } from '../../domain/incident.ts';
import { defineMitigation } from '../../domain/mitigation.ts';
import { subject } from '../../domain/subject.ts';
import { cordonNode } from '../../mitigations/cordon-node.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import type { Acting } from './acting.ts';
import { TestCluster } from './testing-cluster.ts';
import { Moments, type Night, processOf } from './testing-night.ts';
import { workIncident } from './work-incident.ts';

const cart = subject('Deployment', 'shop', 'cart');

/** For what crashes, as it was diagnosed; not while anybody else has cordoned node-1. */
const pauseForGood = defineMitigation({
  id: 'pause-for-good',
  title: '',
  explanation: '',
  reversibility: 'undoable',
  needs: ['nodes', 'deployments'],
  helpedBy: [],
  makes: ['pause-rollout'],
  plan({ hypotheses: [cause] }, { nodes, deployments }) {
    const [deployment, node] = [deployments.named('shop', 'cart'), nodes.named(undefined, 'node-1')];
    if (cause === undefined || deployment === undefined || node === undefined) return [];
    const isOpen = node.spec.unschedulable !== true;
    return [
      {
        id: 'pause-for-good',
        subject: cart,
        why: claim('It is there.', citeObject(deployment, '')),
        preconditions: [{ id: 'spare-capacity', claim: 'node-1 takes pods', holds: isOpen ? 'yes' : 'no', because: [] }],
        saveFirst: [],
        changes: [{ kind: 'pause-rollout', workload: cart, ...seen(deployment) }],
        undo: [],
        expectation: '',
        undoWhen: undefined,
      },
    ];
  },
  fits: [{ story: '', given: nightOfTheNode }],
  blocks: [{ story: '', given: nightOfTheNode, by: 'spare-capacity', holds: 'no' }],
  doesNotFit: [{ story: '', given: nightOfTheNode }],
});

const pause = 'PATCH /apis/apps/v1/namespaces/shop/deployments/cart /spec/paused=true';

interface Followed {
  /** What was written after the mitigation. */
  readonly repairs: readonly string[];
  readonly withoutPlan: readonly string[];
  readonly superseded: number;
}

/** Both replicas on node-3 crash; the node is cordoned, and then the cause is repaired. */
async function followed(of: {
  readonly afterMitigation?: (night: Night) => void;
  readonly ask?: Acting['approver']['ask'];
}): Promise<Followed> {
  const replicas = ['node-1', 'node-2', 'node-3', 'node-3'].map((node) => [node, 'old'] as const);
  const night: Night = {
    cluster: new TestCluster({ replicas, badNode: 'node-3' }),
    store: serverStoreInMemory().open().incidents,
    mitigations: [cordonNode, pauseForGood],
    actuator: kubernetesActuator,
    log: [],
    agreed: ['cordon-node', 'pause-for-good'],
  };
  const created = await night.store.create({ kind: 'opened', at: night.cluster.now, by: 'ada', cluster: 'test', source: {} });
  if (created.state === 'failed') throw new Error(created.happened);
  const acting = processOf(night, { goal: 'follow-through', moments: new Moments(Infinity) });
  let before = 0;
  const happened: Acting['follower']['happened'] = ({ kind }) => {
    if (kind !== 'judged' || before > 0) return;
    before = night.cluster.writes.length;
    of.afterMitigation?.(night);
  };
  await workIncident(
    created.id,
    {
      ...acting,
      investigation: { ...acting.investigation, catalogue: [crashLoop] },
      follower: { ...acting.follower, happened },
      ...(of.ask === undefined ? {} : { approver: { ask: of.ask } }),
    },
    new AbortController().signal,
  );
  const read = await night.store.read(created.id);
  const incident = read.state === 'read' ? incidentOf(read.events) : undefined;
  if (incident === undefined) throw new Error('It was not kept.');
  return {
    repairs: night.cluster.writes.slice(before),
    withoutPlan: incident.withoutPlan.map(({ because }) => because),
    superseded: incident.attempts.filter(({ declined }) => declined?.isSuperseded === true).length,
  };
}

test('a cause that is not to be seen any more after the mitigation is repaired all the same', async () => {
  expect(await followed({})).toEqual({ repairs: [pause], withoutPlan: [], superseded: 0 });
});

test('also where a human reads longer than a look holds', async () => {
  const clusters: TestCluster[] = [];
  const ask: Acting['approver']['ask'] = ({ purpose }) => {
    if (purpose === 'repair') clusters.forEach((cluster) => cluster.advance(40_000));
    return Promise.resolve({ answer: 'yes', by: 'ada' });
  };

  expect(await followed({ ask, afterMitigation: ({ cluster }) => clusters.push(cluster) })).toEqual({
    repairs: [pause],
    withoutPlan: [],
    superseded: 0,
  });
});

test('whether the repair may be done is asked of the cluster as it is after the mitigation, and not as it was before', async () => {
  const cordonByHand = ({ cluster }: Night): void => {
    const path = '/api/v1/nodes/node-1';
    const version = cluster.list('nodes').map(({ metadata }) => metadata as { readonly name: string; readonly resourceVersion: string });
    const resourceVersion = version.find(({ name }) => name === 'node-1')?.resourceVersion;
    cluster.answer({
      method: 'PATCH',
      path,
      body: [
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
        { op: 'add', path: '/spec/unschedulable', value: true },
      ],
    });
  };

  expect(await followed({ afterMitigation: cordonByHand })).toEqual({
    repairs: ['PATCH /api/v1/nodes/node-1 /spec/unschedulable=true'],
    withoutPlan: ['pause-for-good is blocked: node-1 takes pods: no.'],
    superseded: 0,
  });
});
