import { describe, expect, test } from 'vitest';
import { exampleProbe, exampleRules, exampleService, exampleSlice } from '../domain/example-network.ts';
import { examplePlan, exampleScaleOut } from '../domain/example-incident.ts';
import { crashLooping, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, exampleNow, minutesAgo, snapshotOf } from '../domain/example.ts';
import type { Proof } from '../domain/proof.ts';
import { type Assessment, assess } from './assess.ts';
import { connectionsToProve, containerOn, destinationsThatFailed, nodesToProve } from './connections-to-prove.ts';
import { proveNode } from './prove-node.ts';
import { proveUndo } from './prove-undo.ts';

const question = {
  alert: undefined,
  alertExpression: undefined,
  namespace: undefined,
  selector: undefined,
  lookBackMilliseconds: 86_400_000,
};
const now = Date.parse(exampleNow);
const destinations = [{ host: 'db', port: 5432, namespace: 'shop' }];
const toProve = { destinations, since: now - 60_000 };

function proxy(node: string, status: object = {}): object {
  return examplePod({
    name: `kube-proxy-${node}`,
    namespace: 'kube-system',
    node,
    owner: { kind: 'DaemonSet', name: 'kube-proxy' },
    container: { name: 'kube-proxy', resources: { limits: { memory: '128Mi' } } },
    spec: { hostNetwork: true, priorityClassName: 'system-node-critical' },
    status: { ...status },
  });
}

const cart = examplePod({ name: 'cart-1-b', node: 'node-2' });
const rules = [exampleRules('node-1', ['shop/db']), exampleRules('node-2', ['shop/db'])];
const reached = [
  exampleProbe({ from: 'probe-1', node: 'node-1', host: '10.96.45.12', port: 5432, outcome: 'connected' }),
  exampleProbe({ from: 'probe-2', node: 'node-2', host: '10.96.45.12', port: 5432, outcome: 'connected' }),
];

function world(given: ExampleEvidence = {}): Assessment {
  return assess(
    question,
    snapshotOf({
      nodes: [exampleNode({ name: 'node-1', spec: { unschedulable: true } }), exampleNode({ name: 'node-2' })],
      pods: [proxy('node-1'), proxy('node-2'), cart] as ExampleEvidence['pods'] & object,
      services: [
        exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] }),
        exampleService({ name: 'kubernetes', namespace: 'default', clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] }),
      ],
      endpointslices: [exampleSlice({ service: 'db', port: { port: 5432 }, ready: ['10.244.9.9'] })],
      'node-commands': rules,
      'connectivity-probes': reached,
      ...given,
    }),
  );
}

function holds(proofs: readonly Proof[]): { readonly [id: string]: Proof['holds'] } {
  return Object.fromEntries(proofs.map((proof) => [proof.id, proof.holds]));
}

function proven(given: ExampleEvidence = {}): { readonly [id: string]: Proof['holds'] } {
  return holds(proveNode('node-1', world(given), toProve));
}

const whole = { 'node-ready': 'yes', 'service-rules': 'yes', 'service-daemon': 'yes', 'daemons-ready': 'yes', 'connection db:5432': 'yes' };
type Pods = NonNullable<ExampleEvidence['pods']>;

test('a node that is whole is proven so, each time with evidence', () => {
  const proofs = proveNode('node-1', world(), toProve);

  expect(holds(proofs)).toEqual(whole);
  expect(proofs.filter(({ because }) => because.length === 0)).toEqual([]);
});

test('where nothing could be read nothing is proven, and each proof says what would tell', () => {
  const proofs = proveNode('node-1', assess(question, snapshotOf({})), toProve);

  expect([...new Set(proofs.map((proof) => proof.holds))]).toEqual(['cannot-tell']);
  expect(proofs.filter(({ wouldSettle }) => wouldSettle === undefined)).toEqual([]);
});

describe('the node itself', () => {
  const node = (conditions: readonly object[]): ExampleEvidence => ({
    nodes: [exampleNode({ name: 'node-1', status: { conditions } }), exampleNode({ name: 'node-2' })],
  });
  const ready = (status: string, since: string): object => ({ type: 'Ready', status, lastTransitionTime: since });

  test.each([
    ['is not Ready', [ready('False', minutesAgo(10))], 'no'],
    ['does not report', [ready('Unknown', minutesAgo(10))], 'no'],
    ['has only just become Ready', [ready('True', minutesAgo(0.5))], 'no'],
    [
      'is short of memory',
      [ready('True', minutesAgo(10)), { type: 'MemoryPressure', status: 'True', lastTransitionTime: minutesAgo(10) }],
      'no',
    ],
    [
      'was short of memory a moment ago',
      [ready('True', minutesAgo(10)), { type: 'MemoryPressure', status: 'False', lastTransitionTime: minutesAgo(0.5) }],
      'no',
    ],
    ['does not tell of its memory', [ready('True', minutesAgo(10)), { type: 'MemoryPressure', status: 'Unknown' }], 'cannot-tell'],
    ['says nothing at all', [], 'cannot-tell'],
  ])('is not proven while it %s', (_what, conditions, expected) => {
    expect(proven(node(conditions))).toMatchObject({ 'node-ready': expected });
  });
});

describe('the service rules', () => {
  test('are short where another node serves more, be it by one', () => {
    const names = ['db', 'a', 'b'];
    const given: ExampleEvidence = {
      services: names.map((name, index) => exampleService({ name, clusterIP: `10.96.45.${index + 12}`, ports: [{ port: 5432 }] })),
      endpointslices: names.map((service, index) => exampleSlice({ service, ready: [`10.244.9.${index + 9}`] })),
    };
    const all = names.map((name) => `shop/${name}`);

    expect(
      proven({ ...given, 'node-commands': [exampleRules('node-1', ['shop/db', 'shop/a']), exampleRules('node-2', all)] }),
    ).toMatchObject({ 'service-rules': 'no' });
    expect(proven({ ...given, 'node-commands': [exampleRules('node-1', all), exampleRules('node-2', all)] })).toMatchObject({
      'service-rules': 'yes',
    });
  });

  test('cannot be told where no node command was run', () => {
    const unread = world();
    const { 'node-commands': _left, ...readings } = unread.snapshot.readings;
    const proof = proveNode('node-1', assess(question, { ...unread.snapshot, readings }), toProve).find(({ id }) => id === 'service-rules');

    expect([proof?.holds, proof?.wouldSettle?.includes('--node-access')]).toEqual(['cannot-tell', true]);
  });

  test('are not needed where it is seen that something else routes Services', () => {
    const listing = (node: string): object => ({ node, command: 'iptables-save-nat', output: '*nat\n:CILIUM_POST_nat - [0:0]\nCOMMIT' });
    const given = { pods: [cart], 'node-commands': [listing('node-1'), listing('node-2')] } as ExampleEvidence;

    expect(proven(given)).toMatchObject({ 'service-rules': 'yes', 'service-daemon': 'yes' });
    expect(proven({ ...given, 'node-commands': [listing('node-1')] } as ExampleEvidence)).toMatchObject({
      'service-rules': 'cannot-tell',
      'service-daemon': 'cannot-tell',
    });
  });
});

describe('kube-proxy', () => {
  const running = (startedMinutesAgo: number, livedMinutes?: number): object => ({
    state: { running: { startedAt: minutesAgo(startedMinutesAgo) } },
    ...(livedMinutes === undefined
      ? {}
      : {
          restartCount: 1,
          lastState: {
            terminated: {
              reason: 'OOMKilled',
              exitCode: 137,
              startedAt: minutesAgo(startedMinutesAgo + livedMinutes),
              finishedAt: minutesAgo(startedMinutesAgo),
            },
          },
        }),
  });

  test.each([
    ['was started within the last minute', running(0.5), 'no'],
    ['has run for two minutes', running(2), 'yes'],
    ['has outlived the one that was killed', running(4, 3), 'yes'],
    ['has not outlived the one that was killed', running(2, 3), 'no'],
    ['runs for five minutes after one that had lived for days', running(6, 4000), 'yes'],
    ['is crash-looping', { ...crashLooping({ exitCode: 137, reason: 'OOMKilled' }) }, 'no'],
  ])('that %s', (_what, status, expected) => {
    const isLooping = 'ready' in status;
    const pod = proxy('node-1', status) as { readonly status: object };
    const conditions = [{ type: 'Ready', status: isLooping ? 'False' : 'True', lastTransitionTime: minutesAgo(10) }];
    const pods = [{ ...pod, status: { ...pod.status, conditions } }, proxy('node-2'), cart] as Pods;

    expect(proven({ pods })).toMatchObject({ 'service-daemon': expected });
  });

  test('that runs on other nodes and not on this one proves the contrary', () => {
    expect(proven({ pods: [proxy('node-2'), cart] as Pods })).toMatchObject({ 'service-daemon': 'no' });
  });

  test.each([
    ['active for long', 'active', 10, 'yes'],
    ['active since a moment ago', 'active', 0.5, 'no'],
    ['failed', 'failed', 10, 'no'],
  ])('as a unit that is %s', (_what, state, since, expected) => {
    const stamp = new Date(now - since * 60_000).toISOString().slice(0, 19).replace('T', ' ');
    const unit = {
      node: 'node-1',
      command: 'systemctl-show-kube-proxy',
      output: `Id=kube-proxy.service\nActiveState=${state}\nActiveEnterTimestamp=Sun ${stamp} UTC`,
    };

    expect(proven({ pods: [cart], 'node-commands': [...rules, unit] })).toMatchObject({ 'service-daemon': expected });
  });
});

test('units of the node that were restarted a moment ago keep the gate closed', () => {
  const unit = (name: string, state: string): object => ({
    node: 'node-1',
    command: `systemctl-show-${name}`,
    output: `Id=${name}.service\nActiveState=${state}`,
  });

  expect(proven({ 'node-commands': [...rules, unit('kubelet', 'active')] } as ExampleEvidence)).toMatchObject({ 'units-active': 'yes' });
  expect(proven({ 'node-commands': [...rules, unit('kubelet', 'active'), unit('containerd', 'failed')] } as ExampleEvidence)).toMatchObject(
    { 'units-active': 'no' },
  );
});

describe('the connection', () => {
  const fails = exampleProbe({ from: 'probe-1', node: 'node-1', host: '10.96.45.12', port: 5432, outcome: 'timed-out' });
  const failsElsewhere = exampleProbe({ from: 'probe-2', node: 'node-2', host: '10.96.45.12', port: 5432, outcome: 'timed-out' });

  test.each([
    ['fails from there alone', [fails, reached[1]], 'no'],
    ['fails from everywhere', [fails, failsElsewhere], 'cannot-tell'],
    [
      'was tried from the node itself only',
      [exampleProbe({ node: 'node-1', host: '10.96.45.12', port: 5432, outcome: 'connected' })],
      'cannot-tell',
    ],
    [
      'was tried from a pod on the host network only',
      [{ ...fails, outcome: 'connected', from: { kind: 'pod', namespace: 'kube-system', name: 'kube-proxy-node-1', node: 'node-1' } }],
      'cannot-tell',
    ],
    ['was tried before', [{ ...reached[0], at: now - 120_000 }], 'cannot-tell'],
    ['was not tried', [], 'cannot-tell'],
  ])('is not proven where it %s', (_what, probes, expected) => {
    expect(proven({ 'connectivity-probes': probes as ExampleEvidence['connectivity-probes'] & object })).toMatchObject({
      'connection db:5432': expected,
    });
  });

  test('is one to the API where nobody complained of any', () => {
    const proofs = proveNode('node-1', world(), { ...toProve, destinations: [] });

    expect(holds(proofs)).toMatchObject({ 'connection 10.96.0.1:443': 'cannot-tell' });
    expect(proofs.at(-1)?.wouldSettle).toContain('nc -zvw3 10.96.0.1 443');
  });

  test('is tried from the pod network of the node and of a good one, to the address of the Service', () => {
    expect(connectionsToProve(['node-1'], destinations, world())).toEqual([
      // Only the kube-proxy runs there, on the network of the node.
      { from: { kind: 'pod-network', node: 'node-1' }, host: '10.96.45.12', port: 5432 },
      {
        from: { kind: 'pod-network', node: 'node-2', through: { namespace: 'shop', name: 'cart-1-b', container: 'app' } },
        host: '10.96.45.12',
        port: 5432,
      },
    ]);
    expect(nodesToProve(['node-2'], world())).toEqual(['node-2']);
  });

  test('is tried from a container there where no pod can be placed: of a namespace that complained, and of one that is well', () => {
    const agent = examplePod({ name: 'agent-x', namespace: 'logging', node: 'node-1', owner: { kind: 'DaemonSet', name: 'agent' } });
    const crashing = examplePod({ name: 'cart-1-a', node: 'node-1', isReady: false, status: crashLooping({ exitCode: 1 }) });
    const well = examplePod({ name: 'cart-1-z', node: 'node-1' });
    const through = (...more: readonly object[]): string | undefined =>
      containerOn('node-1', destinations, world({ pods: [proxy('node-1'), ...more] as Pods }))?.name;

    expect([through(), through(crashing), through(agent), through(agent, crashing), through(agent, crashing, well)]).toEqual([
      undefined,
      undefined,
      'agent-x',
      'agent-x',
      'cart-1-z',
    ]);
    const [proof] = proveNode('node-1', world({ pods: [proxy('node-1'), agent] as Pods, 'connectivity-probes': [] }), toProve).slice(-1);
    expect(proof?.wouldSettle).toMatch(/^--allow-exec tries it from logging\/agent-x, which runs there; --node-access debug-pod tries it/);
  });

  test('is to what failing replicas could not reach, as long as they can still be asked', () => {
    const pods = [examplePod({ name: 'cart-1-a', isReady: false, status: crashLooping({ exitCode: 1 }) }), cart];
    const text = '2026-03-01T09:59:00Z FATAL dial tcp 10.96.45.12:5432: connect: connection refused';

    expect(
      destinationsThatFailed(
        world({
          pods,
          'container-logs': [{ namespace: 'shop', pod: 'cart-1-a', container: 'app', isPrevious: true, text }],
          'connectivity-probes': [fails],
        }),
      ),
    ).toEqual([{ host: '10.96.45.12', port: 5432, namespace: 'shop' }]);
  });
});

describe('what a plan changed', () => {
  test('is proven node by node', () => {
    expect(holds(proveUndo(examplePlan({ changes: [{ kind: 'cordon', node: 'node-1' }] }), world(), toProve))).toEqual(
      Object.fromEntries(Object.entries(whole).map(([id, value]) => [`node-1 ${id}`, value])),
    );
  });

  test('cannot be told to be needless where that is about load', () => {
    expect(proveUndo(exampleScaleOut, world(), toProve).map((proof) => proof.holds)).toEqual(['cannot-tell']);
  });

  test.each([
    ['wants less', { desiredReplicas: 3, lastScaleTime: minutesAgo(10) }, 'yes'],
    ['wants less since a moment ago', { desiredReplicas: 3, lastScaleTime: minutesAgo(2) }, 'no'],
    ['wants more', { desiredReplicas: 6, lastScaleTime: minutesAgo(10) }, 'no'],
    ['says nothing', {}, 'cannot-tell'],
  ])('of an autoscaler that %s', (_what, status, expected) => {
    const autoscaler = { kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'cart' };
    const plan = examplePlan({ changes: [{ kind: 'set-autoscaler-maximum', autoscaler, from: 4, to: 8 }] });
    const given = {
      horizontalpodautoscalers: [{ kind: 'HorizontalPodAutoscaler', metadata: { name: 'cart', namespace: 'shop' }, status }],
    };

    expect(proveUndo(plan, world(given), toProve).map((proof) => proof.holds)).toEqual([expected]);
  });
});
