import { describe, expect, it } from 'vitest';
import { type ExampleEvidence, minutesAgo, type RawObject, snapshotOf } from '../domain/example.ts';
import { exampleEvent, exampleJudgedAlert } from '../domain/example-happenings.ts';
import { exampleService } from '../domain/example-network.ts';
import { crashLooping, exampleDeployment, exampleNode, examplePod, imagePulling, waitingFor } from '../domain/example-objects.ts';
import { exampleRollout } from '../domain/example-rollout.ts';
import { assess } from '../reasoning/assess.ts';
import { type Diagnosis, diagnose, isAnswer } from '../reasoning/diagnose.ts';
import { catalogue } from './index.generated.ts';
import { nobodyAsked } from '../domain/example-question.ts';

const day = 60 * 24;

function diagnosed(given: ExampleEvidence, namespace?: string): Diagnosis {
  return diagnose(assess({ ...nobodyAsked, namespace }, snapshotOf(given)), catalogue);
}

describe('a workload that has fewer pods than it asks for, and nothing says why', () => {
  const { deployment, replicaSet } = exampleDeployment({ name: 'cart', replicas: 3, ready: 0, status: { replicas: 0 } });
  const scaled = (minutes: number): RawObject => ({
    ...deployment,
    metadata: {
      ...(deployment['metadata'] as object),
      managedFields: [
        {
          manager: 'kubectl',
          operation: 'Update',
          subresource: 'scale',
          time: minutesAgo(minutes),
          fieldsV1: { 'f:spec': { 'f:replicas': {} } },
        },
      ],
    },
  });
  const given = (wanting: RawObject, pods: readonly RawObject[] = []): ExampleEvidence => ({
    nodes: [exampleNode({ name: 'node-1' })],
    deployments: [wanting],
    replicasets: [replicaSet],
    pods: [examplePod({ name: 'other-7f9-a', namespace: 'blog' }), ...pods],
  });

  it('is not called healthy', () => {
    expect(diagnosed(given(scaled(20))).outcome).toBe('cannot-tell');
    expect(diagnosed({ ...given(scaled(20)), statefulsets: [] }, 'blog').outcome).toBe('healthy');
  });

  it('may be a task that was started and has never had a pod', () => {
    const task = (minutes: number): RawObject => ({
      metadata: { name: 'report', namespace: 'shop', uid: 'uid-report', creationTimestamp: minutesAgo(minutes) },
      spec: { parallelism: 1 },
      status: { startTime: minutesAgo(minutes) },
    });
    const other = { nodes: [exampleNode({ name: 'node-1' })], pods: [examplePod({ name: 'other-7f9-a', namespace: 'blog' })] };
    expect(diagnosed({ ...other, jobs: [task(20)] }).outcome).toBe('cannot-tell');
    expect(diagnosed({ ...other, jobs: [task(1)] }).outcome).toBe('healthy');
  });

  it('may be refused them in words that nobody knows, while older pods serve', () => {
    const words = 'pods "cart-77c-x" is forbidden: the moon is full';
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: words, lastTransitionTime: minutesAgo(8) },
    ];
    const serving = exampleDeployment({ name: 'cart', replicas: 1 });
    const fresh = exampleDeployment({ name: 'cart', hash: '77c', replicas: 1, ready: 0 }).replicaSet;
    const old = examplePod({ name: 'cart-5d4f8c7b9-a', labels: { 'pod-template-hash': '5d4f8c7b9' } });
    const { outcome } = diagnosed({
      nodes: [exampleNode({ name: 'node-1' })],
      deployments: [serving.deployment],
      replicasets: [serving.replicaSet, { ...fresh, status: { replicas: 0, conditions } }],
      pods: [old],
    });
    expect(outcome).toBe('cannot-tell');
  });

  it('may have been scaled a minute ago, or have pods on their way', () => {
    expect(diagnosed(given(scaled(1))).outcome).toBe('healthy');
    const starting = examplePod({
      name: 'cart-5d4f8c7b9-a',
      isReady: false,
      startedMinutesAgo: 0,
      status: { ready: false, started: false, state: { running: { startedAt: minutesAgo(0) } } },
    });
    expect(diagnosed(given(scaled(20), [starting])).outcome).toBe('healthy');
  });
});

describe('a warning about an object of a kind that could not be read', () => {
  const warned = (areJobsRead: boolean): ExampleEvidence => ({
    nodes: [exampleNode({ name: 'node-1' })],
    pods: [examplePod({ name: 'cart-7f9-a' })],
    ...(areJobsRead ? { jobs: [] } : {}),
    events: [
      exampleEvent({
        about: { kind: 'Job', name: 'report' },
        reason: 'DeadlineExceeded',
        message: 'Job was active longer than specified deadline',
        minutesAgo: 20,
      }),
    ],
  });

  it('keeps everybody from being called healthy', () => {
    expect(diagnosed(warned(false)).outcome).toBe('cannot-tell');
  });

  it('is past where the kind was read and there is no such object any more', () => {
    expect(diagnosed(warned(true)).outcome).toBe('healthy');
  });
});

describe('a dependency that nobody names', () => {
  const refusedBy = (peer: string): readonly (readonly [string, boolean])[] => {
    const pods = ['a', 'b'].map((name, index) =>
      examplePod({ name: `pay-7f9-${name}`, node: `node-${index + 1}`, isReady: false, status: crashLooping({ exitCode: 1 }) }),
    );
    const logs = ['a', 'b'].map((name) => ({
      namespace: 'shop',
      pod: `pay-7f9-${name}`,
      container: 'app',
      isPrevious: true,
      text: `cannot start${peer}: connection refused`,
    }));
    const nodes = [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })];
    return diagnosed({ nodes, pods, services: [], endpointslices: [], 'container-logs': logs })
      .hypotheses.filter(isAnswer)
      .map(({ failureMode, confidence }) => [failureMode, confidence >= 0.8] as const);
  };

  it('is likely and not surely what refuses, for whose trouble it is stays open', () => {
    expect(refusedBy('')).toEqual([['dependency-refuses-connections', false]]);
    expect(refusedBy(', dial tcp 192.0.2.7:5432')).toEqual([['dependency-refuses-connections', true]]);
  });
});

describe('a step that waits for a Service with no pod behind it', () => {
  const pod = examplePod({
    name: 'chat-7f9-a',
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    spec: { initContainers: [{ name: 'wait', image: 'busybox', command: ['sh', '-c', 'until nc -z redis 6379; do sleep 2; done'] }] },
    status: waitingFor('PodInitializing'),
    podStatus: {
      initContainerStatuses: [{ name: 'wait', ready: false, state: { running: { startedAt: minutesAgo(20) } }, lastState: {} }],
    },
  });
  const given: ExampleEvidence = {
    nodes: [exampleNode({ name: 'node-1' })],
    pods: [pod],
    services: [exampleService({ name: 'redis', clusterIP: '10.96.45.13', ports: [{ port: 6379 }] })],
    'container-logs': [{ namespace: 'shop', pod: 'chat-7f9-a', container: 'wait', text: 'waiting for redis\nwaiting for redis' }],
  };
  const isSure = (more: ExampleEvidence): boolean =>
    diagnosed({ ...given, ...more }).recognitions.some(
      (each) =>
        each.mode.id === 'init-container-blocked' && each.verdict === 'present' && each.findings.some(({ weight }) => weight === 'strong'),
    );

  it('is surely what is wrong only where those that may have made its pods could be read', () => {
    expect(isSure({ deployments: [] })).toBe(false);
    expect(isSure({ deployments: [], statefulsets: [] })).toBe(true);
  });
});

describe('a new revision that the runtime cannot start, for a reason that nobody knows', () => {
  it('is likely at fault although there is no log, for it never came to call anybody', () => {
    const { pods, replicasets } = exampleRollout({ fresh: ['node-1', 'node-2'], old: [] });
    const unstarted = pods.map((pod): RawObject => {
      const status = pod['status'] as { readonly containerStatuses: readonly [RawObject] };
      const end = { exitCode: 128, reason: 'StartError', message: 'the moon is full', finishedAt: minutesAgo(1) };
      return { ...pod, status: { ...status, containerStatuses: [{ ...status.containerStatuses[0], lastState: { terminated: end } }] } };
    });
    const nodes = [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })];
    const onOneNode = unstarted.map((pod) => ({ ...pod, spec: { ...(pod['spec'] as RawObject), nodeName: 'node-1' } }));
    const answersTo = (given: readonly RawObject[]): readonly string[] =>
      diagnosed({ nodes, pods: given, replicasets })
        .hypotheses.filter(isAnswer)
        .map(({ failureMode }) => failureMode);
    expect(answersTo(unstarted)).toEqual(['bad-revision']);
    expect(answersTo(onOneNode)).toEqual([]);
    expect(answersTo(pods)).toEqual([]);
  });
});

describe('a new revision whose image does not come, and nobody kept the words of the registry', () => {
  it('is likely at fault and not surely: older replicas have their image, and a registry that is down would look the same', () => {
    const { pods, replicasets } = exampleRollout({ fresh: ['node-1', 'node-2'], old: ['node-1', 'node-2'] });
    const pulling = pods.map((pod) => {
      const status = pod['status'] as { readonly containerStatuses: readonly [RawObject] };
      const isFresh = (pod['metadata'] as { readonly name: string }).name.includes('-new-');
      const [own] = status.containerStatuses;
      return isFresh
        ? { ...pod, status: { ...status, phase: 'Pending', containerStatuses: [{ ...own, ...imagePulling('Back-off pulling image') }] } }
        : pod;
    });
    const { outcome, hypotheses } = diagnosed({
      nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
      pods: pulling,
      replicasets,
    });
    expect(outcome).toBe('explained');
    expect(hypotheses.filter(isAnswer).map(({ failureMode, confidence }) => [failureMode, confidence < 0.8])).toEqual([
      ['bad-revision', true],
    ]);
  });
});

describe('a page about cart, while an Ingress of another namespace leads to a Service that does not exist', () => {
  const answered = (given: ExampleEvidence): Diagnosis => diagnose(assess(paged, snapshotOf(given)), catalogue);
  const paged = {
    alert: { ...exampleJudgedAlert('real', { namespace: 'shop', deployment: 'cart' }).alert, startedAt: Date.parse(minutesAgo(20)) },
    alertExpression: undefined,
    namespace: undefined,
    selector: undefined,
    lookBackMilliseconds: 3_600_000,
  };
  const ingress = (namespace: string, writtenMinutesAgo: number): RawObject => ({
    kind: 'Ingress',
    metadata: {
      name: 'demo',
      namespace,
      managedFields: [
        { manager: 'kubectl', operation: 'Update', time: minutesAgo(writtenMinutesAgo), fieldsV1: { 'f:spec': { 'f:rules': {} } } },
      ],
    },
    spec: {
      rules: [{ host: 'demo.example', http: { paths: [{ path: '/', backend: { service: { name: 'demo', port: { number: 80 } } } }] } }],
    },
  });
  const given = (made: RawObject): ExampleEvidence => ({
    nodes: [exampleNode({ name: 'node-1' })],
    pods: [examplePod({ name: 'cart-5d4f8c7b9-a', startedMinutesAgo: 9 * day })],
    services: [exampleService({ name: 'cart' })],
    ingresses: [made],
  });

  it('is not answered by what has stood so for weeks', () => {
    const { outcome, hypotheses } = answered(given(ingress('sandbox', 60 * day)));
    expect(outcome).toBe('cannot-tell');
    expect(hypotheses.map((each) => each.failureMode)).toContain('ingress-backend-missing');
  });

  it('may be answered by it where the page names no namespace', () => {
    const { namespace: _namespace, ...labels } = paged.alert.labels;
    const unplaced = { ...paged, alert: { ...paged.alert, labels } };
    expect(diagnose(assess(unplaced, snapshotOf(given(ingress('sandbox', 60 * day)))), catalogue).outcome).toBe('explained');
  });

  it('is answered by it where it was written within the day, or stands beside cart', () => {
    expect(answered(given(ingress('sandbox', 25))).outcome).toBe('explained');
    expect(answered(given(ingress('shop', 60 * day))).outcome).toBe('explained');
  });
});

describe('a page about cart, minutes after a Secret that it has mounted was written', () => {
  const paged = {
    ...nobodyAsked,
    alert: { ...exampleJudgedAlert('real', { namespace: 'shop', deployment: 'cart' }).alert, startedAt: Date.parse(minutesAgo(5)) },
  };
  const outcomeWith = (type: string): string => {
    const given: ExampleEvidence = {
      nodes: [exampleNode({ name: 'node-1' })],
      pods: [
        examplePod({
          name: 'cart-7f9-a',
          startedMinutesAgo: 9 * day,
          spec: { volumes: [{ name: 'own', secret: { secretName: 'cart' } }] },
        }),
      ],
      secrets: [
        {
          type,
          metadata: {
            name: 'cart',
            namespace: 'shop',
            creationTimestamp: minutesAgo(90 * day),
            managedFields: [{ manager: 'writer', operation: 'Update', time: minutesAgo(9), fieldsV1: { 'f:data': { 'f:tls.crt': {} } } }],
          },
          data: { 'tls.crt': '' },
        },
      ],
    };
    return diagnose(assess(paged, snapshotOf(given)), catalogue).outcome;
  };

  it('is not answered by a certificate that was due for renewal, and is by anything else', () => {
    expect(outcomeWith('kubernetes.io/tls')).toBe('cannot-tell');
    expect(outcomeWith('Opaque')).toBe('explained');
  });
});

describe('one of three replicas that were made one after the other ends at its start, and names the setting', () => {
  const outcomeWith = (siblingsStartedMinutesAgo: number): string => {
    const replica = (index: number, startedMinutesAgo: number): RawObject => ({
      name: `search-${index}`,
      node: `node-${index}`,
      startedMinutesAgo,
      owner: { kind: 'StatefulSet', name: 'search' },
      labels: { 'controller-revision-hash': 'search-1' },
    });
    const given: ExampleEvidence = {
      nodes: [0, 1, 2].map((index) => exampleNode({ name: `node-${index}` })),
      pods: [
        examplePod({ ...replica(0, siblingsStartedMinutesAgo), name: 'search-0' }),
        examplePod({ ...replica(1, siblingsStartedMinutesAgo), name: 'search-1' }),
        examplePod({ ...replica(2, 30), name: 'search-2', isReady: false, status: crashLooping({ exitCode: 78 }) }),
      ],
      'container-logs': [
        {
          namespace: 'shop',
          pod: 'search-2',
          container: 'app',
          isPrevious: true,
          text: 'bootstrap check failure [1] of [1]: max virtual memory areas vm.max_map_count [65530] is too low',
        },
      ],
    };
    return diagnosed(given)
      .hypotheses.filter((each) => isAnswer(each))
      .map((each) => each.failureMode)
      .join();
  };

  it('is believed where the others run since long before, and not where they have started since', () => {
    expect(outcomeWith(9 * day)).toBe('crash-on-start-from-configuration');
    expect(outcomeWith(5)).toBe('');
  });
});
