import { describe, expect, test } from 'vitest';
import { exampleService, exampleSlice } from '../domain/example-network.ts';
import { crashLooping, exampleNode, examplePod } from '../domain/example-objects.ts';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import { type Assessment, assess } from './assess.ts';
import { connectionAttempts, connectionsToTry } from './connections-to-try.ts';
import { howToSee } from './how-to-see-it.ts';

const question = {
  alert: undefined,
  alertExpression: undefined,
  namespace: undefined,
  selector: undefined,
  lookBackMilliseconds: 86_400_000,
};
const hash = { 'pod-template-hash': '5d4f8c7b9' };
const looping = { isReady: false, status: crashLooping({ exitCode: 1 }) };

function assessed(given: ExampleEvidence = {}, isLive = false): Assessment {
  const snapshot = snapshotOf({
    nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
    pods: [
      examplePod({ name: 'cart-5d4f8c7b9-a', node: 'node-1', labels: hash, ...looping }),
      examplePod({ name: 'cart-5d4f8c7b9-b', node: 'node-2', labels: hash }),
    ],
    services: [
      exampleService({
        name: 'db',
        clusterIP: '10.96.45.12',
        ports: [
          { name: 'metrics', port: 9187 },
          { name: 'sql', port: 5432, targetPort: 15_432 },
        ],
      }),
    ],
    endpointslices: [
      {
        ...exampleSlice({ service: 'db', ready: ['10.244.9.9'] }),
        ports: [
          { name: 'metrics', port: 9187, protocol: 'TCP' },
          { name: 'sql', port: 15_432, protocol: 'TCP' },
        ],
      },
    ],
    'container-logs': [
      {
        namespace: 'shop',
        pod: 'cart-5d4f8c7b9-a',
        container: 'app',
        isPrevious: true,
        text: '2026-03-01T09:59:00Z FATAL dial tcp 10.96.45.12:5432: connect: connection refused',
      },
    ],
    ...given,
  });
  return assess(question, isLive ? { ...snapshot, cluster: { ...snapshot.cluster, source: 'live' } } : snapshot);
}

function spoken(assessment: Assessment): readonly string[] {
  return connectionsToTry(assessment).map(
    ({ from, host, port }) => `${from.kind} ${from.kind === 'pod-network' ? from.node : from.name} -> ${host}:${port}`,
  );
}

describe('what failing replicas cannot reach is tried again', () => {
  test('from a healthy sibling, the pod network and the nodes, to the Service and to the endpoint with the port behind it', () => {
    expect(spoken(assessed())).toEqual([
      'pod cart-5d4f8c7b9-b -> 10.96.45.12:5432',
      'pod cart-5d4f8c7b9-b -> 10.244.9.9:15432',
      'pod-network node-1 -> 10.96.45.12:5432',
      'pod-network node-1 -> 10.244.9.9:15432',
      'pod-network node-2 -> 10.96.45.12:5432',
      'pod-network node-2 -> 10.244.9.9:15432',
      'node node-1 -> 10.96.45.12:5432',
      'node node-1 -> 10.244.9.9:15432',
      'node node-2 -> 10.96.45.12:5432',
      'node node-2 -> 10.244.9.9:15432',
    ]);
  });

  test('from the failing replica itself where it runs, and then no pod of our own is needed', () => {
    const running = examplePod({ name: 'cart-5d4f8c7b9-a', node: 'node-1', labels: hash, isReady: false, status: { ready: false } });
    const pods = [running, examplePod({ name: 'cart-5d4f8c7b9-b', node: 'node-2', labels: hash })];
    const text = '2026-03-01T09:59:00Z FATAL dial tcp 10.96.45.12:5432: connect: connection refused';
    const tried = spoken(assessed({ pods, 'container-logs': [{ namespace: 'shop', pod: 'cart-5d4f8c7b9-a', container: 'app', text }] }));

    expect([tried.includes('pod cart-5d4f8c7b9-a -> 10.96.45.12:5432'), tried.filter((each) => each.startsWith('pod-network'))]).toEqual([
      true,
      [],
    ]);
  });

  test('by its name only where DNS is the same as for the replica', () => {
    const text = '2026-03-01T09:59:00Z FATAL could not connect to host=db port=5432: dial tcp: connect to db:5432: connection refused';
    const tried = spoken(
      assessed({ 'container-logs': [{ namespace: 'shop', pod: 'cart-5d4f8c7b9-a', container: 'app', isPrevious: true, text }] }),
    );

    expect(tried.filter((each) => each.includes('db:5432'))).toEqual(['pod cart-5d4f8c7b9-b -> db:5432']);
    expect(tried).toContain('node node-1 -> 10.96.45.12:5432');
  });

  test('but not from behind a mesh, which accepts every connection', () => {
    const meshed = examplePod({
      name: 'cart-5d4f8c7b9-b',
      node: 'node-2',
      labels: hash,
      spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] },
    });
    const tried = spoken(assessed({ pods: [examplePod({ name: 'cart-5d4f8c7b9-a', node: 'node-1', labels: hash, ...looping }), meshed] }));

    expect(tried.filter((each) => each.startsWith('pod '))).toEqual([]);
  });

  test('and the machine of a node that has stopped reporting, beside one that is well, for a firewall silences both', () => {
    const address = (last: number): { readonly addresses: readonly object[] } => ({
      addresses: [{ type: 'InternalIP', address: `192.0.2.${last}` }],
    });
    const silent = { ...address(1), conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }] };
    const nodes = [
      exampleNode({ name: 'node-1', status: silent }),
      exampleNode({ name: 'node-2', status: address(2) }),
      exampleNode({ name: 'node-3', status: address(3) }),
    ];
    expect(spoken(assessed({ nodes, 'container-logs': [] }))).toEqual([
      'node node-2 -> 192.0.2.1:10250',
      'pod-network node-2 -> 192.0.2.1:10250',
      'node node-2 -> 192.0.2.3:10250',
      'pod-network node-2 -> 192.0.2.3:10250',
    ]);
  });

  test('and nothing is tried where nobody complains', () => {
    expect(spoken(assessed({ 'container-logs': [] }))).toEqual([]);
  });
});

describe('what would show what was not seen', () => {
  test.each([
    [
      'the flag, on a live cluster',
      'node-commands',
      'not-asked',
      true,
      'stanch investigate --node-access ssh  # or: --node-access debug-pod',
    ],
    [
      'both flags, where a pod can be asked',
      'connectivity-probes',
      'not-asked',
      true,
      'stanch investigate --allow-exec --node-access ssh  # or: --node-access debug-pod',
    ],
    [
      'what a person would run where the flag was given',
      'node-commands',
      'forbidden',
      true,
      "ssh node-1 'systemctl status kubelet containerd; sudo iptables-save -t nat | grep -c KUBE-SVC'",
    ],
    [
      'what a person would run beside a recording',
      'connectivity-probes',
      'not-recorded',
      false,
      'kubectl exec -n shop cart-5d4f8c7b9-b -c app -- nc -z -v -w 3 10.96.45.12 5432',
    ],
    ['the log of a failing replica', 'container-logs', 'forbidden', true, 'kubectl logs -n shop cart-5d4f8c7b9-a -c app --previous'],
    ['the list', 'leases', 'forbidden', true, 'kubectl get leases --all-namespaces'],
    ['the list of what belongs to no namespace', 'persistentvolumes', 'forbidden', true, 'kubectl get persistentvolumes'],
  ] as const)('%s', (_what, kind, because, isLive, command) => {
    expect(howToSee(kind, because, assessed({}, isLive))).toBe(command);
  });
});

describe('a connection that well replicas complain about', () => {
  const line = '2026-03-01T09:59:00Z ERROR dial tcp 10.96.45.12:5432: i/o timeout';
  const given = {
    pods: ['a', 'b'].map((name, index) => examplePod({ name: `cart-5d4f8c7b9-${name}`, node: `node-${index + 1}`, labels: hash })),
    'container-logs': [{ namespace: 'shop', pod: 'cart-5d4f8c7b9-b', container: 'app', text: Array(4).fill(line).join('\n') }],
  };

  test('is tried from the one that complains and from a quiet one elsewhere', () => {
    const pods = connectionsToTry(assessed(given)).flatMap(({ from }) => (from.kind === 'pod' ? [from.name] : []));
    expect([...new Set(pods)].toSorted()).toEqual(['cart-5d4f8c7b9-a', 'cart-5d4f8c7b9-b']);
  });

  test('is tried again and again, because now and then it works', () => {
    const assessment = assessed(given);
    expect(connectionAttempts(assessment)).toHaveLength(12 * connectionsToTry(assessment).length);
    expect(connectionAttempts(assessed())).toEqual(connectionsToTry(assessed()));
  });
});

describe('replicas that look well, of which one logs nothing but errors', () => {
  const names = ['a', 'b'] as const;
  const page = {
    source: 'alertmanager',
    name: 'ErrorRateHigh',
    summary: '',
    labels: { namespace: 'shop', deployment: 'cart' },
    startedAt: undefined,
    state: 'firing',
    severity: undefined,
    expression: undefined,
  } as const;

  function tried(errorsOfB: number): readonly string[] {
    const snapshot = snapshotOf({
      nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
      pods: names.map((name, index) => examplePod({ name: `cart-5d4f8c7b9-${name}`, node: `node-${index + 1}`, labels: hash })),
      services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })],
      endpointslices: [exampleSlice({ service: 'db', port: { port: 5432 }, ready: ['10.244.9.9'] })],
      'container-logs': names.map((name) => ({
        namespace: 'shop',
        pod: `cart-5d4f8c7b9-${name}`,
        container: 'app',
        text: [
          'level=info msg="connected to 10.96.45.12:5432"',
          ...Array(name === 'b' ? errorsOfB : 0).fill('level=error msg="no answer in time"'),
        ].join('\n'),
      })),
    });
    return connectionsToTry(assess({ ...question, alert: page }, snapshot)).map(
      ({ from, host, port }) => `${'name' in from ? from.name : from.node} ${host}:${port}`,
    );
  }

  test('try what they and their siblings speak of, from that one and from a quiet one, and from their nodes', () => {
    const places = ['cart-5d4f8c7b9-a', 'cart-5d4f8c7b9-b', 'node-2', 'node-1'];
    expect(tried(20)).toEqual(places.flatMap((place) => [`${place} 10.96.45.12:5432`, `${place} 10.244.9.9:5432`]));
  });

  test('try nothing where none is full of errors', () => {
    expect(tried(2)).toEqual([]);
  });
});
