import { describe, expect, test } from 'vitest';
import { kubernetesActuator } from '../../actuators/kubernetes-api/kubernetes-actuator.ts';
import { type Incident, incidentOf } from '../../domain/incident.ts';
import { type Policy, usualPolicy } from '../../domain/policy.ts';
import { fieldAt, type JsonValue } from '../../domain/prepared-change.ts';
import { deletesTheOnlyEvidence } from '../../guard-rails/deletes-the-only-evidence.ts';
import { forgetsTheReminder } from '../../guard-rails/forgets-the-reminder.ts';
import { cordonNode } from '../../mitigations/cordon-node.ts';
import type { EvidenceRequest } from '../../ports/evidence-source.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import type { Acting } from './acting.ts';
import { askForUndo, askToStop } from './ask-for-undo.ts';
import { type Claim, Lease } from './lease.ts';
import { steadyClock } from './steady-clock.ts';
import { TestCluster } from './testing-cluster.ts';
import { type Disturbance, Moments, type Night, processOf } from './testing-night.ts';
import { workIncident } from './work-incident.ts';

const anything: Policy = {
  ...usualPolicy,
  rules: [
    {
      name: 'nights',
      mitigations: 'any',
      purposes: ['mitigate'],
      namespaces: 'any',
      nodes: 'any',
      clusters: 'any',
      attempts: { most: 5, withinMinutes: 60 },
    },
  ],
};

const cordon = 'PATCH /api/v1/nodes/node-3 /spec/unschedulable=true';
const nodePath = '/api/v1/nodes/node-3';

interface BadNight extends Night {
  readonly id: string;
}

/** Both replicas on node-3 crash, those elsewhere are well. */
async function badNight(nodes = ['node-1', 'node-2', 'node-3', 'node-3']): Promise<BadNight> {
  const replicas = nodes.map((node) => [node, 'old'] as const);
  const night: Night = {
    cluster: new TestCluster({ replicas, badNode: 'node-3' }),
    store: serverStoreInMemory().open().incidents,
    mitigations: [cordonNode],
    actuator: kubernetesActuator,
    log: [],
    agreed: ['cordon-node'],
  };
  const created = await night.store.create({ kind: 'opened', at: night.cluster.now, by: 'ada@laptop', cluster: 'test', source: {} });
  if (created.state === 'failed') throw new Error(created.happened);
  return { ...night, id: created.id };
}

function actingIn(night: Night, disturbance?: Disturbance): Acting {
  return processOf(night, { goal: 'mitigate', moments: new Moments(Infinity), ...(disturbance === undefined ? {} : { disturbance }) });
}

async function work({ id }: BadNight, acting: Acting, signal = new AbortController().signal): Promise<string> {
  const worked = await workIncident(id, acting, signal);
  return worked.state === 'failed' ? `failed: ${worked.attempted}: ${worked.happened}` : worked.resting;
}

async function storedIn({ store, id }: BadNight): Promise<Incident> {
  const read = await store.read(id);
  const incident = read.state === 'read' ? incidentOf(read.events) : undefined;
  if (incident === undefined) throw new Error(`${id} was not kept.`);
  return incident;
}

async function kindsIn({ store, id }: BadNight): Promise<readonly string[]> {
  const read = await store.read(id);
  return read.state === 'read' ? read.events.map(({ kind }) => kind) : [];
}

/** Somebody else's hand, past Stanch. */
function cordonByHand({ cluster }: Night): void {
  const read = cluster.answer({ method: 'GET', path: nodePath });
  const version = read.state === 'answered' ? (fieldAt(read.value, '/metadata/resourceVersion') ?? null) : null;
  const steps = [
    { op: 'replace', path: '/metadata/resourceVersion', value: version },
    { op: 'add', path: '/spec/unschedulable', value: true },
  ];
  cluster.answer({ method: 'PATCH', path: nodePath, body: steps });
}

/** As `kubectl delete pod` does: its owner starts another one. */
function endOneFailingPod({ cluster }: Night): void {
  const pods = cluster.list('pods') as unknown as readonly JsonValue[];
  const pod = pods.find((each) => fieldAt(each, '/spec/nodeName') === 'node-3');
  const name = fieldAt(pod, '/metadata/name');
  if (typeof name !== 'string') throw new Error('No pod is on node-3.');
  const body = { deleteOptions: { preconditions: { uid: fieldAt(pod, '/metadata/uid') } } };
  cluster.answer({ method: 'POST', path: `/api/v1/namespaces/shop/pods/${name}/eviction`, body });
}

describe('somebody stops it', () => {
  test('in the middle of the first look: what was seen by half is not recorded, and the next run looks anew', async () => {
    const night = await badNight();
    const acting = actingIn(night);
    const stop = new AbortController();
    const [source] = acting.investigation.sources;
    const stopped = {
      ...source,
      read: async (request: EvidenceRequest, signal: AbortSignal) => {
        stop.abort();
        return source.read(request, signal);
      },
    } as typeof source;
    const investigation = { ...acting.investigation, sources: [stopped] as const };

    expect([await work(night, { ...acting, investigation }, stop.signal), await kindsIn(night)]).toEqual(['stopped', ['opened']]);
    expect(await work(night, actingIn(night))).toBe('mitigated');
  });

  test('while the evidence is saved: it does not count as saved', async () => {
    const night = await badNight();
    const acting = actingIn(night);
    const stop = new AbortController();
    const keep: Acting['evidence']['keep'] = (snapshot) => {
      stop.abort();
      return acting.evidence.keep(snapshot);
    };

    expect(await work(night, { ...acting, evidence: { ...acting.evidence, keep } }, stop.signal)).toBe('stopped');
    expect((await storedIn(night)).attempts.map(({ evidencePath }) => evidencePath)).toEqual([undefined]);
  });

  test('while a change is made: how it ended is recorded', async () => {
    const night = await badNight();
    const stop = new AbortController();
    const disturbance: Disturbance = ({ method, path }, letThrough) => {
      if (method === 'PATCH' && !path.includes('dryRun')) stop.abort();
      return letThrough();
    };

    expect(await work(night, actingIn(night, disturbance), stop.signal)).toBe('stopped');
    expect((await storedIn(night)).attempts[0]?.done.map(({ result }) => result?.state)).toEqual(['done', undefined, undefined]);
  });
});

test('the API server is away for a moment while the plan is worked out: the plan is not passed over', async () => {
  const night = await badNight();
  let refusals = 3;
  const disturbance: Disturbance = ({ method, path }, letThrough) => {
    if (method !== 'GET' || path !== nodePath || refusals === 0) return letThrough();
    refusals -= 1;
    return { state: 'no-answer', because: 'unreachable', detail: 'connection refused' };
  };

  expect([await work(night, actingIn(night, disturbance)), (await storedIn(night)).unfit]).toEqual(['mitigated', []]);
});

test('the API server stays away while the plan is worked out: that is said, and the plan may be chosen by the next run', async () => {
  const night = await badNight();
  const disturbance: Disturbance = ({ path }, letThrough) =>
    path === nodePath ? { state: 'no-answer', because: 'unreachable', detail: 'connection refused' } : letThrough();

  expect(await work(night, actingIn(night, disturbance))).toBe(
    'failed: working out cordon-node: /api/v1/nodes/node-3 could not be read: connection refused.',
  );
  expect(await work(night, actingIn(night))).toBe('mitigated');
});

test('a node that may not be read for good: the plan is passed over', async () => {
  const night = await badNight();
  const disturbance: Disturbance = ({ path }, letThrough) =>
    path === nodePath
      ? { state: 'refused', status: 403, reason: 'Forbidden', message: 'no', causes: [], retryAfterSeconds: undefined }
      : letThrough();

  expect([await work(night, actingIn(night, disturbance)), (await storedIn(night)).unfit.map(({ plan }) => plan.id)]).toEqual([
    'needs-human',
    ['cordon-node'],
  ]);
});

test('a plan that was outrun while a human read it is worked out anew, and its evidence is kept apart', async () => {
  // One that still fails would prove nothing against its node.
  const night = await badNight(['node-1', 'node-2', 'node-3', 'node-3', 'node-3']);
  const acting = actingIn(night);
  const asked: string[] = [];
  const begun: number[] = [];
  const ask: Acting['approver']['ask'] = ({ plan, number }) => {
    asked.push(`${number}: ${plan.id}, ${plan.changes.length} changes`);
    if (asked.length === 1) endOneFailingPod(night);
    night.cluster.advance(40_000);
    return Promise.resolve({ answer: 'yes', by: 'ada' });
  };
  const begin: Acting['evidence']['begin'] = (of) => {
    begun.push(of.attempt);
    return acting.evidence.begin(of);
  };
  const rests = await work(night, { ...acting, approver: { ask }, evidence: { ...acting.evidence, begin } });

  expect([rests, asked]).toEqual(['mitigated', ['1: cordon-node, 4 changes', '2: cordon-node, 3 changes']]);
  expect((await storedIn(night)).attempts.map(({ declined }) => declined?.isSuperseded)).toEqual([true, undefined]);
  // The look that shows that attempt 1 does not fit is the one that attempt 2 rests on.
  expect(begun).toEqual([1, 1, 2]);
});

test("somebody else's cordon stays theirs, also where the incident is written to by another process at that moment", async () => {
  const night = await badNight();
  const other = actingIn(night);
  const asked: Promise<unknown>[] = [];
  let isBegun = false;
  const disturbance: Disturbance = ({ method, path }, letThrough) => {
    if (isBegun && method === 'GET' && path === nodePath && asked.length === 0) asked.push(askToStop(night.id, other));
    return letThrough();
  };
  const acting = actingIn(night, disturbance);
  const keep: Acting['evidence']['keep'] = (snapshot) => {
    cordonByHand(night);
    isBegun = true;
    return acting.evidence.keep(snapshot);
  };

  expect(await work(night, { ...acting, evidence: { ...acting.evidence, keep } })).toBe('aborted');
  await Promise.all(asked);
  expect((await storedIn(night)).attempts[0]?.done[0]?.result?.state).toBe('already-so');
  await askForUndo(night.id, undefined, other);
  expect([await work(night, { ...other, goal: 'undo' }), night.cluster.writes]).toEqual(['undone', [cordon]]);
});

test.each([
  ['a human would agree', usualPolicy, 'No policy lets anything run unattended.'],
  ['a policy would', anything, 'The policy would let it run: nights. This is a dry run.'],
])('a dry run changes nothing although %s', async (_who, policy, because) => {
  const night = await badNight();
  const before = night.cluster.wanted;
  const acting = { ...actingIn(night), policy, isDryRun: true };

  expect(await workIncident(night.id, acting, new AbortController().signal)).toMatchObject({ resting: 'waiting', because });
  expect([night.cluster.writes, night.cluster.wanted]).toEqual([[], before]);
});

describe('logs may not be read, so that what fails cannot be saved before it goes', () => {
  const forbidden = { state: 'unreadable', because: 'forbidden', detail: 'pods/log is forbidden' } as const;

  /** Nobody may read logs there. */
  function withoutLogs(night: Night): Acting {
    const acting = actingIn(night);
    const [source] = acting.investigation.sources;
    const read = ((request: EvidenceRequest, signal: AbortSignal) =>
      request.kind === 'container-logs' ? Promise.resolve(forbidden) : source.read(request, signal)) as typeof source.read;
    const guardRails = [deletesTheOnlyEvidence];
    return { ...acting, investigation: { ...acting.investigation, guardRails, sources: [{ ...source, read }] } };
  }

  test('a policy alone destroys nothing, and says what could not be saved', async () => {
    const night = await badNight();
    const approver: Acting['approver'] = { ask: () => Promise.resolve({ answer: 'nobody' }) };
    const worked = await workIncident(night.id, { ...withoutLogs(night), policy: anything, approver }, new AbortController().signal);

    expect([worked.state === 'rested' && worked.resting, night.cluster.writes]).toEqual(['waiting', []]);
    expect(worked.state === 'rested' && worked.because).toContain(
      'nights: it would destroy what could not be saved: the logs of Pod shop/',
    );
  });

  test('a policy does, whose rule says that logs are kept elsewhere', async () => {
    const night = await badNight();
    const policy = { ...anything, rules: anything.rules.map((rule) => ({ ...rule, isWithoutEvidence: true as const })) };

    expect([await work(night, { ...withoutLogs(night), policy }), night.cluster.writes.length]).toEqual(['mitigated', 3]);
  });

  test.each([
    ['yes', ['mitigated', 3]],
    ['no', ['needs-human', 0]],
  ] as const)('a human who has agreed to the plan is asked once more, knowing it, and says %s', async (second, expected) => {
    const night = await badNight();
    const asked: (readonly string[])[] = [];
    const ask: Acting['approver']['ask'] = ({ unsaved }) => {
      asked.push(unsaved.map(({ because }) => because));
      return Promise.resolve({ answer: asked.length === 1 ? 'yes' : second, by: 'ada' });
    };

    expect([await work(night, { ...withoutLogs(night), approver: { ask } }), night.cluster.writes.length]).toEqual(expected);
    expect(asked).toEqual([[], ['pods/log is forbidden', 'pods/log is forbidden']]);
    expect((await storedIn(night)).attempts.map(({ approval }) => approval?.isWithoutEvidence)).toEqual([
      second === 'yes' ? true : undefined,
    ]);
  });
});

test('another process takes the incident over while a change is made: this one begins no other, and says so', async () => {
  const night = await badNight();
  const { store, id, cluster } = night;
  const claimOf = (name: string): Claim => ({
    id,
    holder: { name, process: name },
    store,
    clock: { now: () => cluster.now },
    termMilliseconds: 60_000,
  });
  const lease = await Lease.take(claimOf('ada'));
  if (!(lease instanceof Lease)) throw new Error('Nobody else claims it.');
  const others: Promise<unknown>[] = [];
  const disturbance: Disturbance = ({ method, path }, letThrough) => {
    if (method === 'PATCH' && !path.includes('dryRun') && others.length === 0) {
      cluster.advance(61_000);
      others.push(Lease.take(claimOf('bob')));
    }
    return letThrough();
  };

  expect(await work(night, { ...actingIn(night, disturbance), lease })).toMatch(/^failed: working incident .*: bob has taken it over/);
  expect([others.length, cluster.writes]).toEqual([1, [cordon]]);
  expect((await storedIn(night)).attempts[0]?.done.map(({ result }) => result?.state)).toEqual(['done', undefined, undefined]);
});

test('the clock is set back by an hour while it is watched: it is confirmed no later for that', async () => {
  const night = await badNight();
  let setBack = 0;
  const acting = actingIn(night);
  const [source] = acting.investigation.sources;
  const wall = { now: () => night.cluster.now - setBack };
  const identify: typeof source.identify = async (signal) => {
    const identity = await source.identify(signal);
    return identity.state === 'reached' ? { ...identity, now: wall.now() } : identity;
  };
  const happened: Acting['follower']['happened'] = ({ kind }) => {
    if (kind === 'observed') setBack = 3_600_000;
  };
  const investigation = { ...acting.investigation, clock: wall, sources: [{ ...source, identify }] as const };
  const clock = steadyClock(wall, () => night.cluster.now);
  const began = night.cluster.now;

  expect(await work(night, { ...acting, investigation, clock, follower: { ...acting.follower, happened } })).toBe('mitigated');
  expect(night.cluster.now - began).toBeLessThan(60_000);
});

describe('an incident that is closed', () => {
  /** Nobody agrees to anything, and a human closes it. */
  async function closed(night: BadNight): Promise<Incident['closed']> {
    const nobody: Acting['approver'] = { ask: () => Promise.resolve({ answer: 'nobody' }) };
    await work(night, { ...actingIn(night), approver: nobody });
    const acting = actingIn(night);
    const investigation = { ...acting.investigation, guardRails: [forgetsTheReminder] };
    await work(night, { ...acting, investigation, goal: 'restore' });
    return (await storedIn(night)).closed;
  }

  test('with a reminder of what failed in it, although Stanch did nothing and another process closes it', async () => {
    const night = { ...(await badNight()), mitigations: [] };

    expect((await closed(night))?.followUps.map(({ kind }) => kind)).toEqual(['reminder']);
  });
});

describe('a human takes it back', () => {
  test('before the first change is begun: none is made, and no other plan is tried in its place', async () => {
    const night = await badNight();
    const acting = actingIn(night);
    const keep: Acting['evidence']['keep'] = async (snapshot) => {
      await askForUndo(night.id, undefined, actingIn(night));
      return acting.evidence.keep(snapshot);
    };

    const worked = await workIncident(night.id, { ...acting, evidence: { ...acting.evidence, keep } }, new AbortController().signal);
    expect(worked).toMatchObject({ state: 'rested', resting: 'needs-human', because: 'It was put back: ada@laptop asked for it.' });
    expect(night.cluster.writes).toEqual([]);

    night.cluster.advance(1000);
    const later = await workIncident(night.id, actingIn(night), new AbortController().signal);
    expect(later).toMatchObject({ resting: 'needs-human', because: 'No plan fits where the trouble is.' });
  });
});
