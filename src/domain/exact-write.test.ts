import { array, assert, constantFrom, dictionary, property, record, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterChange } from './cluster-change.ts';
import { exactWrite, type WorkedOut } from './exact-write.ts';
import { editOf, edits } from './field-edit.ts';
import { inverseOf, type JsonValue, patchSteps, type PreparedChange, standingOf } from './prepared-change.ts';
import { patched } from './testing-json-patch.ts';
import { otherObjectsPath } from './template-edits.ts';
import { isWriteOf } from './write-of-change.ts';

const at = Date.parse('2026-03-01T10:00:00.250Z');
const identity = { uid: 'u-1', resourceVersion: '41' };
type JsonObject = { readonly [key: string]: JsonValue };

function object(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { metadata: { name: 'cart', namespace: 'shop', ...identity, ...metadata }, spec };
}

const template: JsonObject = {
  metadata: { labels: { app: 'cart' } },
  spec: {
    containers: [
      { name: 'proxy', image: 'proxy:1' },
      { name: 'main', image: 'cart:2', resources: { limits: { memory: '128Mi' }, requests: { memory: '64Mi' } } },
    ],
  },
};
const earlier: JsonObject = { metadata: { labels: { app: 'cart' } }, spec: { containers: [{ name: 'main', image: 'cart:1' }] } };
const workload = object({ replicas: 3, selector: { matchLabels: { app: 'cart' } }, template });

const owned = { ownerReferences: [{ controller: true, uid: 'u-1', kind: 'Deployment', name: 'cart' }] };
function replicaSet(revision: string, of: JsonObject, owner: JsonObject = owned): JsonValue {
  const labels = { app: 'cart', 'pod-template-hash': 'abc' };
  const kept = { ...of, metadata: { ...(of['metadata'] as JsonObject), labels } };
  return { metadata: { ...owner, annotations: { 'deployment.kubernetes.io/revision': revision } }, spec: { template: kept } };
}
function controllerRevision(revision: number, of: JsonObject): JsonValue {
  return { metadata: owned, revision, data: { spec: { template: { ...of, $patch: 'replace' } } } };
}

const cart = (kind: string) => ({ kind, namespace: 'shop', name: 'cart' });
const rollBack = (kind: string, toRevision = 1): ClusterChange => ({ kind: 'roll-back', workload: cart(kind), toRevision });
const memory = (more: { readonly container?: string; readonly from?: string; readonly to?: string } = {}): ClusterChange => ({
  kind: 'set-memory-limit',
  workload: cart('Deployment'),
  container: 'main',
  from: '128Mi',
  to: '256Mi',
  ...more,
});

interface Case {
  readonly change: ClusterChange;
  readonly object: JsonObject;
  readonly others?: readonly JsonValue[];
  /** Pointer and value of what is written. */
  readonly writes: readonly (readonly [pointer: string, value?: JsonValue])[];
}

const cases: { readonly [name: string]: Case } = {
  'a node is cordoned': {
    change: { kind: 'cordon', node: 'cart' },
    object: object({ podCIDR: '10.0.0.0/24' }),
    writes: [['/spec/unschedulable', true]],
  },
  'a node is uncordoned': {
    change: { kind: 'uncordon', node: 'cart' },
    object: object({ unschedulable: true }),
    writes: [['/spec/unschedulable']],
  },
  'replicas are raised': {
    change: { kind: 'scale', workload: cart('StatefulSet'), from: 3, to: 5 },
    object: workload,
    writes: [['/spec/replicas', 5]],
  },
  'the maximum of an autoscaler is raised': {
    change: { kind: 'set-autoscaler-maximum', autoscaler: cart('HorizontalPodAutoscaler'), from: 4, to: 8 },
    object: object({ minReplicas: 1, maxReplicas: 4 }),
    writes: [['/spec/maxReplicas', 8]],
  },
  'a rollout is paused': {
    change: { kind: 'pause-rollout', workload: cart('Deployment') },
    object: workload,
    writes: [['/spec/paused', true]],
  },
  'a rollout is resumed': {
    change: { kind: 'resume-rollout', workload: cart('Deployment') },
    object: object({ paused: true, template }),
    writes: [['/spec/paused']],
  },
  'a restart of a template without annotations adds the whole map, so that undoing leaves none': {
    change: { kind: 'restart-rollout', workload: cart('DaemonSet') },
    object: workload,
    writes: [['/spec/template/metadata/annotations', { 'kubectl.kubernetes.io/restartedAt': '2026-03-01T10:00:00Z' }]],
  },
  'a restart of a template with annotations adds one': {
    change: { kind: 'restart-rollout', workload: cart('DaemonSet') },
    object: object({ template: { ...template, metadata: { annotations: { team: 'a' } } } }),
    writes: [['/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt', '2026-03-01T10:00:00Z']],
  },
  'a Deployment goes back to the template of a ReplicaSet, without the hash': {
    change: rollBack('Deployment'),
    object: workload,
    others: [replicaSet('2', template), replicaSet('1', earlier)],
    writes: [['/spec/template', earlier]],
  },
  'a StatefulSet goes back to the template of a ControllerRevision': {
    change: rollBack('StatefulSet'),
    object: workload,
    others: [controllerRevision(1, earlier), controllerRevision(2, template)],
    writes: [['/spec/template', earlier]],
  },
  'a pod is relabelled': {
    change: { kind: 'relabel-pod', namespace: 'shop', pod: 'cart', labels: { app: 'cart-studied', tier: 'none' }, uid: 'u-1' },
    object: object({}, { labels: { app: 'cart' } }),
    writes: [
      ['/metadata/labels/app', 'cart-studied'],
      ['/metadata/labels/tier', 'none'],
    ],
  },
  'a pod without labels gets some': {
    change: { kind: 'relabel-pod', namespace: 'shop', pod: 'cart', labels: { studied: 'yes' }, uid: 'u-1' },
    object: object({}),
    writes: [['/metadata/labels', { studied: 'yes' }]],
  },
  'a memory limit is raised in the container of this name': {
    change: memory(),
    object: workload,
    writes: [
      ['/spec/template/spec/containers/1/name', 'main'],
      ['/spec/template/spec/containers/1/resources/limits/memory', '256Mi'],
    ],
  },
  'a memory limit is the expected one in other units': {
    change: memory({ from: '0.125Gi' }),
    object: workload,
    writes: [
      ['/spec/template/spec/containers/1/name', 'main'],
      ['/spec/template/spec/containers/1/resources/limits/memory', '256Mi'],
    ],
  },
};

describe.each(Object.entries(cases))('%s', (_name, { change, object: before, others = [], writes }) => {
  const prepared = preparedFrom(exactWrite(change, { object: before, others }, at));

  test('and that is all that is written', () => {
    expect(prepared).toMatchObject({ change, isAlreadySo: false, object: { uid: 'u-1' } });
    expect(prepared.write.kind === 'set-fields' && prepared.write.after).toEqual(
      writes.map(([pointer, value]) => (value === undefined ? { pointer } : { pointer, value })),
    );
    expect(isWriteOf(change, prepared.write)).toBe(true);
  });

  test('and back, to the same object', () => {
    const after = carriedOut(prepared, before);
    const inverse = inverseOf(prepared);
    if (inverse?.write.kind !== 'set-fields') throw new Error('There is nothing to put back.');

    expect(after).not.toEqual(before);
    expect(isWriteOf(change, inverse.write)).toBe(true);
    expect([standingOf(inverse.write, before), standingOf(inverse.write, after)]).toEqual(['after', 'before']);
    expect(carriedOut(inverse, after)).toEqual(before);
  });

  test('and once it is so, nothing is left to write', () => {
    const again = preparedFrom(exactWrite(change, { object: carriedOut(prepared, before), others }, at));

    expect([again.isAlreadySo, inverseOf(again)]).toEqual([true, undefined]);
  });
});

function preparedFrom(worked: WorkedOut): PreparedChange {
  if (worked.state === 'refused') throw new Error(worked.because);
  return worked.prepared;
}

function carriedOut({ write }: PreparedChange, to: JsonValue): JsonValue {
  const after = write.kind === 'set-fields' ? patched(to, patchSteps(write, identity)) : undefined;
  if (after === undefined) throw new Error('The patch does not fit.');
  return after;
}

const refusals: { readonly [because: string]: Pick<Case, 'change' | 'others'> & { readonly object: JsonObject | undefined } } = {
  'There is no Deployment shop/cart any more.': { change: rollBack('Deployment'), object: undefined },
  'Node cart is another object than the plan saw: it was deleted and made again.': {
    change: { kind: 'cordon', node: 'cart', uid: 'u-0' },
    object: object({}),
  },
  'Node cart is being deleted.': {
    change: { kind: 'cordon', node: 'cart' },
    object: object({}, { deletionTimestamp: '2026-03-01T09:00:00Z' }),
  },
  'The plan does not say which Pod shop/cart it saw, and names of pods come again.': {
    change: { kind: 'relabel-pod', namespace: 'shop', pod: 'cart', labels: { a: 'b' } },
    object: object({}),
  },
  'replicas of Deployment shop/cart is 3; the plan expected 2.': {
    change: { kind: 'scale', workload: cart('Deployment'), from: 2, to: 4 },
    object: workload,
  },
  'maxReplicas of HorizontalPodAutoscaler shop/cart is not set; the plan expected 2.': {
    change: { kind: 'set-autoscaler-maximum', autoscaler: cart('HorizontalPodAutoscaler'), from: 2, to: 4 },
    object: workload,
  },
  'Deployment shop/cart is paused, and a paused rollout cannot be rolled back. Resume it first.': {
    change: rollBack('Deployment'),
    object: object({ paused: true, template }),
    others: [replicaSet('1', earlier)],
  },
  'Deployment shop/cart is paused, so that nothing would be restarted. Resume it first.': {
    change: { kind: 'restart-rollout', workload: cart('Deployment') },
    object: object({ paused: true, template }),
  },
  'Deployment shop/cart has no revision 1 any more; the cluster still has: 2, 12.': {
    change: rollBack('Deployment'),
    object: workload,
    others: [
      replicaSet('12', template),
      replicaSet('2', earlier),
      replicaSet('1', earlier, { ownerReferences: [{ controller: true, uid: 'u-9' }] }),
    ],
  },
  'Deployment shop/cart has no revision 1 any more; the cluster still has: none.': { change: rollBack('Deployment'), object: workload },
  'Deployment shop/cart has no container sidecar.': { change: memory({ container: 'sidecar' }), object: workload },
  'The memory limit of container main of Deployment shop/cart is 128Mi; the plan expected 64Mi.': {
    change: memory({ from: '64Mi' }),
    object: workload,
  },
  'The memory limit of container proxy of Deployment shop/cart is not set; the plan expected 128Mi.': {
    change: memory({ container: 'proxy' }),
    object: workload,
  },
  'The memory limit of container main of Deployment shop/cart cannot be 32Mi: the container requests 64Mi.': {
    change: memory({ to: '32Mi' }),
    object: workload,
  },
  'The memory limit of container main of Deployment shop/cart: plenty is no quantity.': {
    change: memory({ to: 'plenty' }),
    object: workload,
  },
  'scale cannot be done to DaemonSet shop/cart, only to: Deployment, StatefulSet.': {
    change: { kind: 'scale', workload: cart('DaemonSet'), from: 1, to: 2 },
    object: workload,
  },
  'pause-rollout cannot be done to StatefulSet shop/cart, only to: Deployment.': {
    change: { kind: 'pause-rollout', workload: cart('StatefulSet') },
    object: workload,
  },
  'Pod shop/.. is no name that an object can have.': {
    change: { kind: 'evict', namespace: 'shop', pod: '..', uid: 'u-1' },
    object: undefined,
  },
  'Pod shop/ is no name that an object can have.': {
    change: { kind: 'delete-pod', namespace: 'shop', pod: '', uid: 'u-1' },
    object: undefined,
  },
  'Pod a/b/cart has no namespace that there can be.': {
    change: { kind: 'evict', namespace: 'a/b', pod: 'cart', uid: 'u-1' },
    object: undefined,
  },
};

test.each(Object.entries(refusals))('refused: %s', (because, { change, object: found, others = [] }) => {
  expect(exactWrite(change, { object: found, others }, at)).toEqual({ state: 'refused', because });
});

describe('the end of a pod', () => {
  const evict: ClusterChange = { kind: 'evict', namespace: 'shop', pod: 'cart', uid: 'u-1' };
  const place = { path: '/api/v1/namespaces/shop/pods/cart', uid: 'u-1' };
  const isGone = (found: JsonValue | undefined) => preparedFrom(exactWrite(evict, { object: found, others: [] }, at)).isAlreadySo;

  test('is meant for the very pod that the plan saw', () => {
    expect(exactWrite(evict, { object: object({}), others: [] }, at)).toEqual({
      state: 'prepared',
      prepared: { change: evict, object: place, write: { kind: 'evict' }, isAlreadySo: false },
    });
    expect(exactWrite({ ...evict, kind: 'delete-pod' }, { object: object({}), others: [] }, at)).toMatchObject({
      prepared: { write: { kind: 'delete' } },
    });
    const { uid: _uid, ...unidentified } = evict;
    expect(exactWrite(unidentified, { object: object({}), others: [] }, at)).toMatchObject({ state: 'refused' });
  });

  test('has come already where it is gone, another has its name, or it is on its way', () => {
    expect([isGone(undefined), isGone(object({}, { uid: 'u-2' })), isGone(object({}, { deletionTimestamp: 'now' }))]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('cannot be put back', () => {
    expect(inverseOf(preparedFrom(exactWrite(evict, { object: object({}), others: [] }, at)))).toBeUndefined();
  });
});

test('a template that the workload has already is not written, whatever controllers keep beside it', () => {
  const withTime = { ...template, metadata: { creationTimestamp: null, labels: { app: 'cart' } } };
  const isSo = [replicaSet('1', template), replicaSet('1', withTime)].map(
    (each) => preparedFrom(exactWrite(rollBack('Deployment'), { object: workload, others: [each] }, at)).isAlreadySo,
  );

  expect(isSo).toEqual([true, true]);
});

test('past templates are looked for as the controller selects them', () => {
  const expressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'old', operator: 'DoesNotExist' },
    { key: 'app', operator: 'Exists' },
  ];
  const selecting = object({ selector: { matchLabels: { app: 'cart' }, matchExpressions: expressions } });
  const selector = (path: string | undefined) => new URL(path ?? '', 'http://server').searchParams.get('labelSelector');

  expect(otherObjectsPath(rollBack('DaemonSet'), workload)).toBe(
    '/apis/apps/v1/namespaces/shop/controllerrevisions?labelSelector=app%3Dcart',
  );
  expect(selector(otherObjectsPath(rollBack('Deployment'), selecting))).toBe('app=cart,tier in (a, b),!old,app');
  expect(otherObjectsPath({ kind: 'cordon', node: 'cart' }, workload)).toBeUndefined();
});

describe('a patch', () => {
  const cordon = preparedFrom(exactWrite({ kind: 'cordon', node: 'cart' }, { object: object({}), others: [] }, at));

  test('fits only this object in this version', () => {
    expect(cordon.write.kind === 'set-fields' && patchSteps(cordon.write, identity)).toEqual([
      { op: 'test', path: '/metadata/uid', value: 'u-1' },
      { op: 'replace', path: '/metadata/resourceVersion', value: '41' },
      { op: 'add', path: '/spec/unschedulable', value: true },
    ]);
    expect(() => carriedOut(cordon, object({}, { uid: 'u-2' }))).toThrow('does not fit');
  });

  test('of a memory limit does not fit where another container stands in that place by now', () => {
    const prepared = preparedFrom(exactWrite(memory(), { object: workload, others: [] }, at));
    const containers = (workload['spec'] as { readonly template: { readonly spec: { readonly containers: readonly JsonObject[] } } })
      .template.spec.containers;
    const sidecar = { name: 'sidecar', resources: { limits: { memory: '128Mi' } } };
    const moved = object({ template: { ...template, spec: { containers: [containers[0] ?? {}, sidecar, containers[1] ?? {}] } } });

    expect(prepared.write.kind === 'set-fields' && standingOf(prepared.write, moved)).toBe('neither');
    expect(() => carriedOut(prepared, moved)).toThrow('does not fit');
  });
});

test('any fields can be set and put back to the same object', () => {
  const name = constantFrom('a', 'b', 'with/slash', 'with~tilde', '', '0');
  const leaf = constantFrom<JsonValue>(null, true, 0, 'text', {});
  const tree = dictionary(name, dictionary(name, dictionary(name, leaf)));
  const set = record({
    names: array(name, { minLength: 1, maxLength: 4 }),
    value: constantFrom<JsonValue | undefined>(undefined, 'set', 7, { x: 1 }),
  });
  assert(
    property(tree, set, string(), (fields, { names, value }, extra) => {
      const before: JsonObject = { metadata: { ...identity, extra }, fields };
      const edited = edits(editOf(before, ['fields', ...names], value));
      if (edited.state === 'refused') return;
      const write = { kind: 'set-fields', before: edited.before, after: edited.after } as const;
      const after = patched(before, patchSteps(write, identity));
      const back = { kind: 'set-fields', before: edited.after, after: edited.before } as const;

      expect(after).toBeDefined();
      expect(standingOf(write, after ?? null)).toBe('after');
      expect(patched(after ?? null, patchSteps(back, identity))).toEqual(before);
    }),
  );
});
