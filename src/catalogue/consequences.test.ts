import { describe, expect, it } from 'vitest';
import { type ExampleEvidence, minutesAgo, snapshotOf } from '../domain/example.ts';
import { exampleEvent, exampleJudgedAlert } from '../domain/example-happenings.ts';
import { exampleCall, exampleService, exampleSlice } from '../domain/example-network.ts';
import { crashLooping, exampleContainerMetric, exampleNode, examplePod } from '../domain/example-objects.ts';
import { assess } from '../reasoning/assess.ts';
import { diagnose, isAnswer } from '../reasoning/diagnose.ts';
import { catalogue } from './index.generated.ts';

function answersTo(given: ExampleEvidence): { readonly outcome: string; readonly answers: readonly string[] } {
  const question = {
    alert: given['judged-alert']?.alert,
    alertExpression: undefined,
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 3_600_000,
  };
  const { outcome, hypotheses } = diagnose(assess(question, snapshotOf(given)), catalogue);
  return { outcome, answers: hypotheses.filter(isAnswer).map((each) => `${each.failureMode} ${each.subject.name}`) };
}

describe('what another finding brings about', () => {
  it('is no answer beside it: cpu at its limit under retries', () => {
    const stock = ['a', 'b'].map((name) =>
      examplePod({
        name: `stock-7f9-${name}`,
        labels: { app: 'stock', 'pod-template-hash': '7f9' },
        container: { resources: { limits: { cpu: '500m' } } },
      }),
    );
    const calls = [
      exampleCall('gateway', 'web', { requests: [1000, 1000], errors: [0.5, 0.001] }),
      exampleCall('web', 'stock', { requests: [4000, 1000], errors: [0.8, 0.001] }),
      exampleCall('reports', 'stock', { requests: [400, 100], errors: [0.8, 0.001] }),
    ];
    const full = ['a', 'b'].map((name) =>
      exampleContainerMetric('rate(container_cpu_usage_seconds_total[5m])', `stock-7f9-${name}`, [0.5, 0.5, 0.5, 0.5, 0.5]),
    );
    const page = exampleJudgedAlert('real', { namespace: 'shop', service: 'stock', deployment: 'stock' });
    const { answers } = answersTo({ pods: stock, 'service-calls': calls, metrics: full, 'judged-alert': page });
    expect(answers).toEqual(['retry-storm web']);
  });
});

describe('a page', () => {
  const calls = [exampleCall('gateway', 'ranker', { requests: [90, 88], errors: [0.4, 0.001] })];
  const pods = [examplePod({ name: 'ranker-7f9-a', labels: { app: 'ranker', 'pod-template-hash': '7f9' } })];

  it('is not explained by the errors that it is about', () => {
    const page = exampleJudgedAlert('real', { namespace: 'shop', deployment: 'ranker' });
    expect(answersTo({ pods, 'service-calls': calls, 'judged-alert': page })).toEqual({ outcome: 'cannot-tell', answers: [] });
  });

  it('about a caller is explained by the callee where the errors begin', () => {
    const page = exampleJudgedAlert('real', { namespace: 'shop', deployment: 'gateway' });
    expect(answersTo({ pods, 'service-calls': calls, 'judged-alert': page }).answers).toEqual(['upstream-service-failing ranker']);
  });
});

describe('a database that is killed again and again, and Ready in between', () => {
  const notReady = (minutes: number): { readonly [key: string]: unknown } => ({
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(minutes) }],
  });
  const given = (restarts: number): ExampleEvidence => ({
    pods: [
      examplePod({
        name: 'db-0',
        owner: { kind: 'StatefulSet', name: 'db' },
        startedMinutesAgo: 3000,
        isReady: false,
        container: { resources: { limits: { memory: '512Mi' } } },
        status: crashLooping({ exitCode: 137, reason: 'OOMKilled', restarts }),
        podStatus: notReady(2),
      }),
      ...['a', 'b'].map((name) =>
        examplePod({ name: `pay-7f9-${name}`, startedMinutesAgo: 300, isReady: false, status: { ready: false }, podStatus: notReady(20) }),
      ),
    ],
    services: [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })],
    endpointslices: [exampleSlice({ service: 'db', port: { port: 5432 }, notReady: ['10.244.1.10'] })],
    'container-logs': ['a', 'b'].map((name) => ({
      namespace: 'shop',
      pod: `pay-7f9-${name}`,
      container: 'app',
      text: 'dial tcp 10.96.45.12:5432: connect: connection refused\n'.repeat(5),
    })),
  });

  it('is why its clients are refused, although its last round is younger than their trouble', () => {
    expect(answersTo(given(9)).answers).toEqual(['container-exceeds-memory-limit db']);
  });

  it('is not where all its rounds together are younger than their trouble', () => {
    expect(answersTo(given(2)).answers).toContain('dependency-refuses-connections db');
  });
});

describe('calls that go wrong', () => {
  const limited = '{"level":"error","msg":"charge failed","err":"429 Too Many Requests"}';
  const heard = { namespace: 'shop', pod: 'pay-7f9-a', container: 'app', text: [limited, limited, limited, limited].join('\n') };
  const pay = examplePod({ name: 'pay-7f9-a', labels: { app: 'pay', 'pod-template-hash': '7f9' } });

  it('to somebody outside are what the caller says that they are answered', () => {
    const calls = [
      exampleCall('till', 'pay', { errors: [0.5, 0.001] }),
      { ...exampleCall('pay', 'bank', { errors: [0.6, 0.001] }), callee: { namespace: undefined, name: 'bank.example' } },
    ];
    expect(answersTo({ pods: [pay], services: [], 'service-calls': calls, 'container-logs': [heard] }).answers).toEqual([
      'dependency-rate-limits pay',
    ]);
  });

  it('to the only replica of a node that has gone are what became of the node', () => {
    const database = examplePod({ name: 'db-0', node: 'node-2', isReady: false, owner: { kind: 'StatefulSet', name: 'db' } });
    const gone = [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: minutesAgo(9) }];
    const nodes = [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2', status: { conditions: gone } })];
    const calls = [exampleCall('pay', 'db', { errors: [1, 0] })];
    const { answers } = answersTo({ nodes, pods: [pay, database], services: [], 'service-calls': calls });
    expect(answers).toEqual(['kubelet-stopped node-2']);
  });
});

describe('errors that begin in a callee', () => {
  it('are what becomes of its own readiness probe that asks for a path which is not there', () => {
    const readinessProbe = { httpGet: { path: '/redy', port: 8080 } };
    const names = ['cart-7f9-a', 'cart-7f9-b'];
    const labels = { app: 'cart', 'pod-template-hash': '7f9' };
    const pods = names.map((name) => examplePod({ name, isReady: false, labels, container: { readinessProbe } }));
    const events = names.map((name) =>
      exampleEvent({
        about: { kind: 'Pod', name },
        reason: 'Unhealthy',
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
        count: 90,
      }),
    );
    const calls = [exampleCall('web', 'cart', { errors: [1, 0.001] })];
    expect(answersTo({ pods, events, services: [], 'service-calls': calls }).answers).toEqual(['readiness-probe-misconfigured cart']);
  });
});

describe('a step that waits for a Service', () => {
  it('waits for what became of the workload behind it', () => {
    const labels = { app: 'schema', 'pod-template-hash': '7f9' };
    const ended = crashLooping({ exitCode: 137, reason: 'OOMKilled' });
    const limited = { resources: { limits: { memory: '64Mi' } } };
    const behind = examplePod({ name: 'schema-7f9-a', isReady: false, labels, status: ended, container: limited });
    const step = { name: 'wait', image: 'busybox:1', command: ['sh', '-c', 'until nc -z schema 80; do sleep 2; done'] };
    const waiting = examplePod({
      name: 'api-5c8-a',
      isReady: false,
      phase: 'Pending',
      startedMinutesAgo: 28,
      labels: { app: 'api', 'pod-template-hash': '5c8' },
      spec: { initContainers: [step] },
      status: { state: { waiting: { reason: 'PodInitializing' } } },
      podStatus: {
        initContainerStatuses: [{ name: 'wait', ready: false, state: { running: { startedAt: minutesAgo(28) } }, lastState: {} }],
      },
    });
    const heard = { namespace: 'shop', pod: 'api-5c8-a', container: 'wait', text: 'waiting for schema\nwaiting for schema' };
    const services = [exampleService({ name: 'schema', selector: { app: 'schema' } })];
    const { answers } = answersTo({ pods: [behind, waiting], services, endpointslices: [], 'container-logs': [heard] });
    expect(answers).toEqual(['container-exceeds-memory-limit schema']);
  });
});

describe('an image under a moved tag', () => {
  it('is the cause also where all who pulled it share a node', () => {
    const replica = (name: string, node: string, digest: string, isReady: boolean): ReturnType<typeof examplePod> => {
      const imageID = `docker.io/acme/cart@sha256:${digest.repeat(64)}`;
      const status = isReady ? { imageID } : { ...crashLooping({ exitCode: 2 }), imageID };
      return examplePod({ name: `cart-7f9-${name}`, node, isReady, labels: { app: 'cart', 'pod-template-hash': '7f9' }, status });
    };
    const old = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => replica(name, `node-${index % 3}`, 'a', true));
    const young = ['g', 'h', 'i', 'j'].map((name) => replica(name, 'node-9', 'b', false));
    const nodes = ['node-0', 'node-1', 'node-2', 'node-9'].map((name) => exampleNode({ name }));
    expect(answersTo({ nodes, pods: [...old, ...young] }).answers).toEqual(['image-digest-moved cart']);
  });
});

describe('what only one node has', () => {
  it('is the cause of what four workloads have on it alone, and not a link beside it', () => {
    const pods = ['cart', 'mail', 'pay', 'web'].flatMap((workload) =>
      ['node-1', 'node-2', 'node-3'].map((node) =>
        examplePod({
          name: `${workload}-7f9-${node}`,
          node,
          labels: { app: workload, 'pod-template-hash': '7f9' },
          isReady: node !== 'node-3',
        }),
      ),
    );
    const nodes = ['node-1', 'node-2', 'node-3'].map((name) => exampleNode({ name }));
    expect(answersTo({ nodes, pods }).answers).toEqual(['degraded-node-link node-3']);
    const deadlocked = [
      { type: 'Ready', status: 'True' },
      { type: 'KernelDeadlock', status: 'True', reason: 'DockerHung' },
    ];
    const sick = [...nodes.slice(0, 2), exampleNode({ name: 'node-3', status: { conditions: deadlocked } })];
    expect(answersTo({ nodes: sick, pods }).answers).toEqual(['kernel-deadlock node-3']);
  });
});
