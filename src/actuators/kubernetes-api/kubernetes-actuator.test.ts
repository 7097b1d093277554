import { afterEach, describe, expect, test } from 'vitest';
import type { ClusterChange } from '../../domain/cluster-change.ts';
import { Permit } from '../../domain/permit.ts';
import { fieldAt, inverseOf, type PreparedChange } from '../../domain/prepared-change.ts';
import { openCluster } from '../../evidence-sources/kubernetes-api/open-cluster.ts';
import { kubeconfigFor, testNow } from '../../evidence-sources/kubernetes-api/testing.ts';
import type { Actuator } from '../../ports/actuator.ts';
import { kubernetesActuator } from './kubernetes-actuator.ts';
import { type Asked, type Interference, no, type Said, startWritingServer, type WritingServer } from './testing-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const nodePath = '/api/v1/nodes/node-3';
const podPath = '/api/v1/namespaces/shop/pods/cart-1';
const cartPath = '/apis/apps/v1/namespaces/shop/deployments/cart';
const cordon: ClusterChange = { kind: 'cordon', node: 'node-3', uid: 'u-node' };
const evict: ClusterChange = { kind: 'evict', namespace: 'shop', pod: 'cart-1', uid: 'u-pod' };
const remove: ClusterChange = { ...evict, kind: 'delete-pod' };
const cart = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
const scale: ClusterChange = { kind: 'scale', workload: cart, from: 3, to: 5 };

const patience = AbortSignal.timeout(10_000);

interface Night {
  readonly server: WritingServer;
  readonly actuator: Actuator;
  /** Milliseconds of each pause; none is spent. */
  readonly pauses: readonly number[];
  readonly prepare: (change: ClusterChange) => Promise<PreparedChange>;
  readonly apply: (change: ClusterChange, prepared: PreparedChange, signal?: AbortSignal) => ReturnType<Actuator['apply']>;
  /** What was asked since it was called last. */
  readonly asked: () => readonly string[];
}

async function night(interfere?: Interference): Promise<Night> {
  const server = await startWritingServer(interfere);
  closing.push(server.close);
  server.put(nodePath, { metadata: { name: 'node-3', uid: 'u-node' }, spec: { podCIDR: '10.0.3.0/24' } });
  server.put(podPath, { metadata: { name: 'cart-1', namespace: 'shop', uid: 'u-pod' }, spec: {} });
  server.put(cartPath, {
    metadata: { name: 'cart', namespace: 'shop', uid: 'u-cart' },
    spec: { replicas: 3, selector: { matchLabels: { app: 'cart' } } },
  });
  const pauses: number[] = [];
  const wait = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  const opened = openCluster({ clock: { now: () => testNow }, environment: {}, kubeconfigPath: kubeconfigFor(server.url), wait });
  if (opened.state === 'failed') throw new Error(opened.happened);
  closing.push(() => opened.source.close());
  const actuator = kubernetesActuator(await opened.openRequests());
  let heard = 0;
  return {
    server,
    actuator,
    pauses,
    async prepare(change) {
      const preparation = await actuator.prepare(change, testNow, patience);
      if (preparation.state !== 'prepared') throw new Error(preparation.because);
      heard = server.log.length;
      return preparation.prepared;
    },
    apply: (change, prepared, signal = patience) => actuator.apply(permitFor(change), prepared, signal),
    asked: () => server.log.slice(heard),
  };
}

function permitFor(change: ClusterChange): Permit {
  const subject = { kind: 'Node', name: 'node-3' };
  const says = {
    says: 'It is sick.',
    citing: [{ of: { kind: 'object', resource: 'nodes', namespace: undefined, name: 'node-3' }, shows: '' }],
  } as const;
  const parts = { why: says, preconditions: [], saveFirst: [], undo: [], expectation: '', undoWhen: undefined };
  const permit = Permit.forPlan({ id: 'test', subject, changes: [change], ...parts }, { by: 'ada', how: 'human', at: testNow });
  if (permit === undefined) throw new Error('The plan is blocked.');
  return permit;
}

/** Interferes with the first so many requests that are really meant to write. */
function withWrites(times: number, happens: (asked: Asked, server: WritingServer) => ReturnType<Interference>): Interference {
  let left = times;
  return (asked, server) => {
    if (asked.method === 'GET' || asked.isDryRun || left === 0) return undefined;
    left -= 1;
    return happens(asked, server);
  };
}

function labelled(server: WritingServer, path: string, value: string): undefined {
  const object = server.objects.get(path);
  if (object !== undefined) server.put(path, { ...object, metadata: { ...object.metadata, labels: { by: value } } });
}

const isCordoned = ({ server }: Night) => fieldAt(server.objects.get(nodePath), '/spec/unschedulable');

describe('a change of fields', () => {
  test('is rehearsed without a trace, carried out, seen, and put back', async () => {
    const work = await night();
    const before = work.server.objects.get(nodePath);
    const prepared = await work.prepare(cordon);
    const rehearsed = await work.actuator.rehearse(prepared, patience);
    const untouched = isCordoned(work);
    const stands = await work.actuator.look(prepared, patience);
    const applied = await work.apply(cordon, prepared);
    const done = [isCordoned(work), (await work.actuator.look(prepared, patience)).state];
    const inverse = inverseOf(prepared);
    const undone = inverse === undefined ? undefined : await work.apply(cordon, inverse);

    expect([rehearsed, untouched, stands.state]).toEqual([
      { state: 'accepted', detail: 'Node node-3: the server would carry it out.' },
      undefined,
      'not-done',
    ]);
    expect([applied, ...done]).toEqual([{ state: 'accepted', detail: 'Node node-3: carried out.' }, true, 'done']);
    expect([undone?.state, work.server.objects.get(nodePath)?.['spec']]).toEqual(['accepted', before?.['spec']]);
  });

  test('is not carried out twice', async () => {
    const work = await night();
    const prepared = await work.prepare(cordon);
    await work.apply(cordon, prepared);

    expect(await work.apply(cordon, prepared)).toEqual({ state: 'already-so', detail: 'Node node-3 is like that already.' });
    expect(work.asked().filter((each) => each.startsWith('PATCH'))).toEqual([`PATCH ${nodePath}`]);
  });

  test('that is so already is left alone', async () => {
    const work = await night();
    work.server.put(nodePath, { metadata: { name: 'node-3', uid: 'u-node' }, spec: { unschedulable: true } });
    const prepared = await work.prepare(cordon);

    expect(prepared.isAlreadySo).toBe(true);
    expect((await work.apply(cordon, prepared)).state).toBe('already-so');
    expect(work.asked()).toEqual([`GET ${nodePath}`]);
  });

  test('without a permit that covers it is not even looked at', async () => {
    const work = await night();
    const prepared = await work.prepare(cordon);

    expect(await work.apply(evict, prepared)).toEqual({
      state: 'refused',
      detail: 'Node node-3: the approved plan does not contain this change.',
    });
    expect(work.asked()).toEqual([]);
  });

  test('is tried again where others changed something else at the same moment', async () => {
    const work = await night(withWrites(2, (_asked, server) => labelled(server, nodePath, String(server.log.length))));
    const prepared = await work.prepare(cordon);

    expect((await work.apply(cordon, prepared)).state).toBe('accepted');
    expect(work.asked()).toEqual([0, 1, 2].flatMap(() => [`GET ${nodePath}`, `PATCH ${nodePath}`]));
    expect([isCordoned(work), work.pauses]).toEqual([true, [200, 300]]);
  });

  test('is given up where others never stop', async () => {
    const work = await night(withWrites(99, (_asked, server) => labelled(server, nodePath, String(server.log.length))));
    const prepared = await work.prepare(cordon);
    const outcome = await work.apply(cordon, prepared);

    expect(outcome.state).toBe('held-back');
    expect(outcome.detail).toContain('the object has been modified');
    expect(work.asked().length).toBe(12);
  });

  test('is overtaken by somebody who sets the same field to something else', async () => {
    const work = await night(
      withWrites(1, (_asked, server) => {
        server.put(cartPath, { metadata: { name: 'cart', uid: 'u-cart' }, spec: { replicas: 9 } });
        return undefined;
      }),
    );
    const prepared = await work.prepare(scale);

    expect(await work.apply(scale, prepared)).toEqual({
      state: 'overtaken',
      detail: 'Deployment shop/cart was changed by somebody else since this was prepared; it was left alone.',
    });
    expect((await work.actuator.look(prepared, patience)).state).toBe('overtaken');
    expect(fieldAt(work.server.objects.get(cartPath), '/spec/replicas')).toBe(9);
  });

  test('was done by somebody else at the same moment: that is not ours to put back', async () => {
    const work = await night(
      withWrites(1, (_asked, server) => {
        server.put(nodePath, { metadata: { name: 'node-3', uid: 'u-node' }, spec: { unschedulable: true, podCIDR: '10.0.3.0/24' } });
        return undefined;
      }),
    );
    const prepared = await work.prepare(cordon);

    expect((await work.apply(cordon, prepared)).state).toBe('already-so');
  });

  test('never reaches another object of the same name', async () => {
    const work = await night();
    const prepared = await work.prepare(cordon);
    work.server.put(nodePath, { metadata: { name: 'node-3', uid: 'u-other' }, spec: {} });
    const [applied, looked] = [await work.apply(cordon, prepared), await work.actuator.look(prepared, patience)];

    expect([applied.state, looked.state, isCordoned(work)]).toEqual(['overtaken', 'overtaken', undefined]);
  });

  test('of an object that is gone, or on its way, is overtaken', async () => {
    const work = await night();
    const prepared = await work.prepare(cordon);
    work.server.put(nodePath, { metadata: { name: 'node-3', uid: 'u-node', deletionTimestamp: '2026-03-01T10:00:00Z' }, spec: {} });
    const leaving = await work.apply(cordon, prepared);
    work.server.objects.delete(nodePath);
    const gone = await work.apply(cordon, prepared);

    expect([leaving, gone].map(({ detail }) => detail)).toEqual([
      'Node node-3 is being deleted; nothing was written.',
      'Node node-3 is gone; nothing was written.',
    ]);
    expect([leaving.state, gone.state]).toEqual(['overtaken', 'overtaken']);
  });
});

const answers: { readonly [name: string]: { readonly said: Said; readonly outcome: { readonly state: string; readonly detail: string } } } =
  {
    'too many requests': {
      said: { ...no(429, 'TooManyRequests', 'too many requests, please try again later'), headers: { 'retry-after': '7' } },
      outcome: {
        state: 'held-back',
        detail: 'Node node-3: the server answered 429: too many requests, please try again later. It asks to wait for 7 s.',
      },
    },
    'a server that fails': {
      said: no(500, 'InternalError', 'etcdserver: request timed out'),
      outcome: {
        state: 'held-back',
        detail:
          'Node node-3: the server answered 500: etcdserver: request timed out. Node node-3 was read again: nothing of it was written.',
      },
    },
    'no permission': {
      said: no(
        403,
        'Forbidden',
        'nodes "node-3" is forbidden: User "jane" cannot patch resource "nodes" in API group "" at the cluster scope',
      ),
      outcome: {
        state: 'refused',
        detail:
          'Node node-3: the server answered 403: nodes "node-3" is forbidden: User "jane" cannot patch resource "nodes" in API group "" at the cluster scope. Grant this permission to the identity that Stanch uses, or let somebody do it who has it.',
      },
    },
    'a rule of the cluster': {
      said: no(403, 'Forbidden', 'admission webhook "freeze.example" denied the request: no changes in December'),
      outcome: {
        state: 'refused',
        detail:
          'Node node-3: the server answered 403: admission webhook "freeze.example" denied the request: no changes in December. A rule of the cluster forbids it; ask whoever owns the rule.',
      },
    },
    'an object that the server finds invalid': {
      said: no(422, 'Invalid', 'Node "node-3" is invalid: spec.unschedulable: Forbidden'),
      outcome: {
        state: 'refused',
        detail: 'Node node-3: the server answered 422: Node "node-3" is invalid: spec.unschedulable: Forbidden.',
      },
    },
  };

test.each(Object.entries(answers))('%s is told in words, and asked for once', async (_name, { said, outcome }) => {
  const work = await night(withWrites(99, () => said));
  const prepared = await work.prepare(cordon);

  expect(await work.apply(cordon, prepared)).toEqual(outcome);
  expect(work.asked().filter((each) => each.startsWith('PATCH')).length).toBe(1);
});

describe('an answer that never came', () => {
  test('leaves open whether it was done; looking tells that it was', async () => {
    const work = await night(withWrites(1, () => 'lost after'));
    const prepared = await work.prepare(cordon);
    const outcome = await work.apply(cordon, prepared);

    expect([outcome.state, (await work.actuator.look(prepared, patience)).state]).toEqual(['unknown', 'done']);
    expect(work.asked()).toEqual([`GET ${nodePath}`, `PATCH ${nodePath}`, `GET ${nodePath}`]);
  });

  test('leaves open whether it was done; looking tells that it was not', async () => {
    const work = await night(withWrites(1, () => 'lost before'));
    const prepared = await work.prepare(cordon);

    expect([(await work.apply(cordon, prepared)).state, (await work.actuator.look(prepared, patience)).state]).toEqual([
      'unknown',
      'not-done',
    ]);
  });

  test('to a dry run leaves nothing open', async () => {
    const work = await night(({ isDryRun }, { log }) => (isDryRun && log.length > 2 ? 'lost before' : undefined));
    const prepared = await work.prepare(cordon);

    expect((await work.actuator.rehearse(prepared, patience)).state).toBe('held-back');
  });
});

test('a server that fails after it wrote has done it: that is ours to put back', async () => {
  const work = await night(
    withWrites(1, (_asked, server) => {
      server.put(nodePath, { metadata: { name: 'node-3', uid: 'u-node' }, spec: { unschedulable: true, podCIDR: '10.0.3.0/24' } });
      return no(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout');
    }),
  );
  const prepared = await work.prepare(cordon);

  expect(await work.apply(cordon, prepared)).toMatchObject({ state: 'accepted' });
});

test('a server that fails at the write and then cannot be read leaves it open', async () => {
  let hasFailed = false;
  const work = await night(({ method, isDryRun }) => {
    if (method === 'GET') return hasFailed ? no(503, 'ServiceUnavailable', 'shutting down') : undefined;
    hasFailed ||= !isDryRun;
    return isDryRun ? undefined : no(500, 'InternalError', 'etcdserver: leader changed');
  });
  const prepared = await work.prepare(cordon);

  expect((await work.apply(cordon, prepared)).state).toBe('unknown');
  expect((await work.actuator.look(prepared, patience)).state).toBe('unreadable');
});

test('what cannot be read is not written to', async () => {
  let status = 503;
  const work = await night(({ method }, { log }) => (method === 'GET' && log.length > 2 ? no(status, '', 'no') : undefined));
  const prepared = await work.prepare(cordon);
  const states = [];
  for (status of [503, 401, 403]) states.push((await work.apply(cordon, prepared)).state);

  expect([states, work.asked().some((each) => each.startsWith('PATCH'))]).toEqual([['held-back', 'refused', 'refused'], false]);
});

test('whoever stops the work before the write stops the write', async () => {
  const stopping = new AbortController();
  const work = await night(({ method }, { log }) => {
    if (method === 'GET' && log.length > 2) stopping.abort();
    return undefined;
  });
  const prepared = await work.prepare(cordon);

  expect((await work.apply(cordon, prepared, stopping.signal)).state).toBe('held-back');
  expect(isCordoned(work)).toBeUndefined();
});

describe('preparing', () => {
  test('learns what the server makes of the values, so that they are known again afterwards', async () => {
    const work = await night(({ isDryRun }) =>
      isDryRun ? { status: 200, body: { metadata: {}, spec: { template: { metadata: {}, spec: { added: 'default' } } } } } : undefined,
    );
    const template = { metadata: {}, spec: {} };
    const owned = { ownerReferences: [{ controller: true, uid: 'u-cart' }], annotations: { 'deployment.kubernetes.io/revision': '1' } };
    work.server.put('/apis/apps/v1/namespaces/shop/replicasets/cart-a', { metadata: owned, spec: { template } });
    const prepared = await work.prepare({ kind: 'roll-back', workload: cart, toRevision: 1 });

    expect(prepared.write).toEqual({
      kind: 'set-fields',
      before: [{ pointer: '/spec/template' }],
      after: [{ pointer: '/spec/template', value: { metadata: {}, spec: { added: 'default' } } }],
    });
  });

  test.each([
    [3, 'The server accepts scale and leaves everything as it is; an admission webhook may be putting it back.'],
    [4, 'The server would make something else of scale: [{"pointer":"/spec/replicas","value":4}].'],
  ])('refuses what the cluster turns into %s', async (replicas, because) => {
    const work = await night(({ isDryRun }) => (isDryRun ? { status: 200, body: { spec: { replicas } } } : undefined));

    expect(await work.actuator.prepare(scale, testNow, patience)).toEqual({ state: 'refused', because });
  });

  test('tells what could not be read apart from what is not there', async () => {
    const work = await night(({ path }) => (path === nodePath ? no(503, 'ServiceUnavailable', 'starting') : undefined));
    const unreadable = await work.actuator.prepare(cordon, testNow, patience);
    work.server.objects.delete(cartPath);

    expect(unreadable).toEqual({
      state: 'unreadable',
      because: `${nodePath} could not be read: the server answered 503: starting.`,
      isForGood: false,
    });
    expect(await work.actuator.prepare(scale, testNow, patience)).toEqual({
      state: 'refused',
      because: 'There is no Deployment shop/cart any more.',
    });
  });

  test('does not take the 404 of something that is no API server for an absence', async () => {
    const work = await night(() => ({ status: 404, body: 'no such page' }));

    expect((await work.actuator.prepare(evict, testNow, patience)).state).toBe('unreadable');
  });
});

describe.each([evict, remove])('the end of a pod: $kind', (change) => {
  test('is rehearsed, done, and seen', async () => {
    const work = await night();
    const prepared = await work.prepare(change);
    const states = [
      (await work.actuator.rehearse(prepared, patience)).state,
      (await work.actuator.look(prepared, patience)).state,
      (await work.apply(change, prepared)).state,
      (await work.actuator.look(prepared, patience)).state,
      (await work.apply(change, prepared)).state,
    ];

    expect(states).toEqual(['accepted', 'not-done', 'accepted', 'done', 'already-so']);
  });

  test('never meets the pod that took its place', async () => {
    const replaced: Interference = withWrites(1, (_asked, server) => {
      server.put(podPath, { metadata: { name: 'cart-1', uid: 'u-next' } });
      return undefined;
    });
    const work = await night(replaced);
    const prepared = await work.prepare(change);

    expect((await work.apply(change, prepared)).state).toBe('already-so');
    expect(work.server.objects.get(podPath)?.metadata['deletionTimestamp']).toBeUndefined();
  });

  test('of a pod that went by itself is nothing to do', async () => {
    const work = await night();
    const prepared = await work.prepare(change);
    work.server.objects.delete(podPath);

    expect((await work.apply(change, prepared)).state).toBe('already-so');
    expect((await work.actuator.look(prepared, patience)).state).toBe('done');
  });

  test('whose answer is lost is looked up', async () => {
    const work = await night(withWrites(1, () => 'lost after'));
    const prepared = await work.prepare(change);

    expect([(await work.apply(change, prepared)).state, (await work.actuator.look(prepared, patience)).state]).toEqual(['unknown', 'done']);
  });

  test('at which the server fails after it began has been done', async () => {
    const fails: Interference = withWrites(1, (_asked, server) => {
      server.objects.delete(podPath);
      return no(504, 'Timeout', 'the pod went');
    });
    const work = await night(fails);
    const prepared = await work.prepare(change);

    expect((await work.apply(change, prepared)).state).toBe('accepted');
  });

  test('at which the server fails is held back when the pod is still there', async () => {
    const work = await night(withWrites(99, () => no(500, 'InternalError', 'something')));
    const prepared = await work.prepare(change);
    const outcome = await work.apply(change, prepared);

    expect(outcome).toEqual({
      state: 'held-back',
      detail: 'Pod shop/cart-1: the server answered 500: something. Pod shop/cart-1 is still there.',
    });
  });
});

test('an eviction that a disruption budget refuses is held back, with the words of the budget', async () => {
  const cause = { reason: 'DisruptionBudget', message: 'The disruption budget cart needs 3 healthy pods and has 3 currently' };
  const message = "Cannot evict pod as it would violate the pod's disruption budget.";
  const work = await night(({ method }) =>
    method === 'POST' ? no(429, 'TooManyRequests', message, { details: { causes: [cause] } }) : undefined,
  );
  const prepared = await work.prepare(evict);
  const expected = {
    state: 'held-back',
    detail: `Pod shop/cart-1: a disruption budget holds it: the server answered 429: Cannot evict pod as it would violate the pod's disruption budget; ${cause.message}.`,
  };

  expect(await work.actuator.rehearse(prepared, patience)).toEqual(expected);
  expect(await work.apply(evict, prepared)).toEqual(expected);
});
