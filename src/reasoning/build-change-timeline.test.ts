import { expect, test } from 'vitest';
import { citeObject, claim } from '../domain/citation.ts';
import { crashLooping, exampleDeployment, exampleNode, examplePod } from '../domain/example-objects.ts';
import { exampleEvent } from '../domain/example-happenings.ts';
import { exampleService } from '../domain/example-network.ts';
import { type ExampleEvidence, minutesAgo, type RawObject, snapshotOf } from '../domain/example.ts';
import { buildChangeTimeline } from './build-change-timeline.ts';
import { spokenDistance } from './changes/seen-change.ts';
import { factsOf } from './facts-of.ts';
import { findScope } from './find-scope.ts';
import { mapBlastRadius } from './map-blast-radius.ts';
import { nobodyAsked } from '../domain/example-question.ts';

const old = exampleDeployment({ name: 'cart', hash: 'old' });
const fresh = exampleDeployment({ name: 'cart', hash: 'new', container: { image: 'registry.example/app:2' } });

function replicaSet(of: RawObject, revision: string, minutes: number): RawObject {
  const metadata = of['metadata'] as RawObject;
  return {
    ...of,
    metadata: { ...metadata, creationTimestamp: minutesAgo(minutes), annotations: { 'deployment.kubernetes.io/revision': revision } },
  };
}

function pod(name: string, node: string, hash: string, isFailing: boolean): RawObject {
  const owner = { kind: 'ReplicaSet', name: `cart-${hash}` };
  return examplePod({
    name: `cart-${hash}-${name}`,
    node,
    owner,
    labels: { app: 'cart', 'pod-template-hash': hash },
    isReady: !isFailing,
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

function standings(given: ExampleEvidence, onsetMinutesAgo = 4): readonly string[] {
  const facts = factsOf(
    snapshotOf({
      nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
      replicasets: [replicaSet(old.replicaSet, '1', 9000), replicaSet(fresh.replicaSet, '2', 6)],
      ...given,
    }),
  );
  const scope = findScope(nobodyAsked, facts);
  const [first] = facts.get('pods')?.all ?? [];
  if (first === undefined) return [];
  const onset = { at: facts.now - onsetMinutesAgo * 60_000, because: [claim('First failure.', citeObject(first, 'crash'))] as const };
  return buildChangeTimeline(nobodyAsked, facts, { scope, radius: mapBlastRadius(scope, facts), onset }).map(
    (change) => `${change.standing}: ${change.summary}`,
  );
}

test('a rollout whose revision healthy replicas run as well is acquitted', () => {
  expect(standings({ pods: [pod('a', 'node-1', 'new', true), pod('b', 'node-1', 'new', true), pod('c', 'node-2', 'new', false)] })).toEqual(
    ['acquitted: Rolled out revision 2: app: image registry.example/app:1 → registry.example/app:2'],
  );
});

test('a rollout that all failing and no healthy replicas run is a suspect', () => {
  expect(standings({ pods: [pod('a', 'node-1', 'new', true), pod('b', 'node-2', 'new', true), pod('c', 'node-2', 'old', false)] })).toEqual(
    ['suspect: Rolled out revision 2: app: image registry.example/app:1 → registry.example/app:2'],
  );
});

test('a rollout is acquitted where replicas of the revision before fail alike', () => {
  expect(standings({ pods: [pod('a', 'node-1', 'new', true), pod('b', 'node-2', 'old', true)] })).toEqual([
    'acquitted: Rolled out revision 2: app: image registry.example/app:1 → registry.example/app:2',
  ]);
});

test('a rollout after the first failure is unrelated', () => {
  expect(standings({ pods: [pod('a', 'node-1', 'new', true), pod('b', 'node-2', 'old', false)] }, 20)).toEqual([
    'unrelated: Rolled out revision 2: app: image registry.example/app:1 → registry.example/app:2',
  ]);
});

test('a ConfigMap is dated by its writer, and suspected only by pods that refer to it', () => {
  const configMap = (name: string): RawObject => ({
    kind: 'ConfigMap',
    data: { LEVEL: 'info' },
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: minutesAgo(9000),
      managedFields: [{ manager: 'kubectl-edit', operation: 'Update', time: minutesAgo(5), fieldsV1: { 'f:data': { 'f:LEVEL': {} } } }],
    },
  });
  const failing = (name: string): RawObject =>
    examplePod({
      name: `mail-77-${name}`,
      labels: { app: 'mail' },
      isReady: false,
      status: crashLooping({ exitCode: 1 }),
      container: { envFrom: [{ configMapRef: { name: 'mail' } }] },
    });
  expect(standings({ pods: [failing('a'), failing('b')], replicasets: [], configmaps: [configMap('mail'), configMap('other')] })).toEqual([
    'suspect: ConfigMap mail written by kubectl-edit (data.LEVEL)',
    'unrelated: ConfigMap other written by kubectl-edit (data.LEVEL)',
  ]);
});

test.each([
  ['has it in its environment since before it was written', { envFrom: [{ configMapRef: { name: 'mail' } }] }, {}, 'suspect'],
  ['has it as files', {}, { volumes: [{ name: 'config', configMap: { name: 'mail' } }] }, 'acquitted'],
])('a ConfigMap is judged by a healthy replica that %s', (_what, container, spec, standing) => {
  const mail = (name: string, isFailing: boolean): RawObject =>
    examplePod({
      name: `mail-77-${name}`,
      labels: { app: 'mail', 'pod-template-hash': '77' },
      isReady: !isFailing,
      startedMinutesAgo: isFailing ? 4 : 600,
      ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
      container,
      spec,
    });
  const written = [{ manager: 'kubectl-edit', operation: 'Update', time: minutesAgo(5), fieldsV1: { 'f:data': { 'f:LEVEL': {} } } }];
  const metadata = { name: 'mail', namespace: 'shop', creationTimestamp: minutesAgo(9000), managedFields: written };

  expect(
    standings({ pods: [mail('a', true), mail('b', false)], replicasets: [], configmaps: [{ metadata, data: { LEVEL: '' } }] }),
  ).toEqual([`${standing}: ConfigMap mail written by kubectl-edit (data.LEVEL)`]);
});

test('a template that is rolled out again is dated by what the controller did, not by its first ReplicaSet', () => {
  const reused = replicaSet(fresh.replicaSet, '4', 9000);
  const metadata = reused['metadata'] as RawObject;
  const again = {
    ...reused,
    metadata: { ...metadata, annotations: { ...(metadata['annotations'] as RawObject), 'deployment.kubernetes.io/revision-history': '2' } },
  };
  const failing = { ...pod('a', 'node-1', 'new', true) };
  const recent = { ...failing, metadata: { ...(failing['metadata'] as RawObject), creationTimestamp: minutesAgo(6) } };
  expect(
    standings({ pods: [recent, pod('c', 'node-2', 'old', false)], replicasets: [replicaSet(old.replicaSet, '3', 9500), again] }),
  ).toEqual(['suspect: Rolled out an earlier template again as revision 4: app: image registry.example/app:1 → registry.example/app:2']);
});

test('in a cluster that is a day old, the batch is what came onto more Services than there were before', () => {
  const services = [...servicesNamed('base', 30, 50), ...servicesNamed('onboarded', 12, 8)];
  expect(standings({ pods: [pod('a', 'node-1', 'new', true), pod('c', 'node-2', 'new', false)], services })).toContain(
    'unrelated: 12 Services created within 60 s (42 in all)',
  );
});

test('what a component says of a node without a message bears its name, and is one change when it is said again', () => {
  const started = [5, 4, 3].map((minutes) => {
    const {
      message: _none,
      metadata,
      ...rest
    } = exampleEvent({
      about: { kind: 'Node', name: 'node-1' },
      reason: 'Starting',
      message: '',
      minutesAgo: minutes,
    });
    return { ...rest, metadata: { ...(metadata as object), name: `node-1.${minutes}` }, reportingComponent: 'kube-proxy' };
  });
  expect(standings({ pods: [pod('a', 'node-1', 'new', true), pod('c', 'node-2', 'new', false)], events: started })).toContain(
    'suspect: Starting: kube-proxy, 3 times until 09:57:00',
  );
});

test('what came a little after the first failure was noticed is said to have come after it', () => {
  const onset = Date.parse('2026-03-01T10:00:00Z');
  expect([spokenDistance(onset - 120_000, onset), spokenDistance(onset + 10_000, onset)]).toEqual([
    '2 min before the first failure',
    '10 s after the first failure was noticed',
  ]);
});

test('what was made together with its namespace changed nothing that ran', () => {
  const quota = (name: string, minutes: number): RawObject => ({
    metadata: { name, namespace: 'shop', creationTimestamp: minutesAgo(minutes) },
  });
  const given = {
    pods: [pod('a', 'node-1', 'new', true), pod('b', 'node-1', 'new', true)],
    resourcequotas: [quota('from-the-start', 30), quota('later', 10)],
  };
  const namespaces = [{ metadata: { name: 'shop', creationTimestamp: minutesAgo(30) } }];
  const quotasIn = (all: readonly string[]): readonly string[] => all.filter((each) => each.includes('ResourceQuota'));
  expect([quotasIn(standings(given)).length, quotasIn(standings({ ...given, namespaces }))]).toEqual([
    2,
    ['suspect: ResourceQuota later created by an unnamed client'],
  ]);
});

test('the first nodes of a cluster did not join it as a change', () => {
  const joined = (name: string, minutes: number): RawObject => ({
    ...exampleNode({ name }),
    metadata: { name, creationTimestamp: minutesAgo(minutes) },
  });
  const given = {
    pods: [pod('a', 'node-1', 'new', true), pod('c', 'node-2', 'new', false)],
    nodes: [joined('node-1', 49), joined('node-2', 20)],
  };
  const namespaces = [{ metadata: { name: 'kube-system', creationTimestamp: minutesAgo(50) } }];
  const joins = (all: readonly string[]): number => all.filter((each) => each.includes('node joined the cluster')).length;
  expect([joins(standings(given)), joins(standings({ ...given, namespaces }))]).toEqual([2, 1]);
});

function servicesNamed(name: string, count: number, minutes: number): readonly RawObject[] {
  return Array.from({ length: count }, (_, index) =>
    exampleService({ name: `${name}-${index}`, metadata: { creationTimestamp: minutesAgo(minutes) } }),
  );
}
