import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kubernetesActuator } from '../../actuators/kubernetes-api/kubernetes-actuator.ts';
import { type Incident, incidentOf } from '../../domain/incident.ts';
import { fieldAt, isSame, type JsonValue } from '../../domain/prepared-change.ts';
import { cordonNode } from '../../mitigations/cordon-node.ts';
import { rollBackWorkload } from '../../mitigations/roll-back-workload.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import type { ClusterAnswer } from '../../ports/cluster-requests.ts';
import { askForUndo, askToStop } from './ask-for-undo.ts';
import { TestCluster, type TestWorld } from './testing-cluster.ts';
import { type Disturbance, Moments, type Night, processOf, type Run } from './testing-night.ts';
import { workIncident } from './work-incident.ts';

/** Both replicas on node-3 crash, those elsewhere are well, all of one revision. */
const badNode: TestWorld = {
  replicas: [
    ['node-1', 'old'],
    ['node-2', 'old'],
    ['node-3', 'old'],
    ['node-3', 'old'],
  ],
  badNode: 'node-3',
};
/** The rollout began on the bad node and is stuck there: revision and node split alike. */
const confounded: TestWorld = {
  replicas: [
    ['node-1', 'old'],
    ['node-2', 'old'],
    ['node-3', 'new'],
    ['node-3', 'new'],
  ],
  badNode: 'node-3',
};

function nightOf(world: TestWorld, agreed: readonly string[] = ['cordon-node', 'roll-back-workload']): Night {
  return {
    cluster: new TestCluster(world),
    store: serverStoreInMemory().open().incidents,
    mitigations: [cordonNode, rollBackWorkload],
    actuator: kubernetesActuator,
    log: [],
    agreed,
  };
}

async function openedIn({ store, cluster }: Night): Promise<string> {
  const created = await store.create({ kind: 'opened', at: cluster.now, by: 'ada@laptop', cluster: 'test', source: {} });
  if (created.state === 'failed') throw new Error(created.happened);
  return created.id;
}

async function storedIn({ store }: Night, id: string): Promise<Incident> {
  const read = await store.read(id);
  const incident = read.state === 'read' ? incidentOf(read.events) : undefined;
  if (incident === undefined) throw new Error(`${id} was not kept.`);
  return incident;
}

interface Ended {
  /** Where it rests, or that it was killed. */
  readonly rests: string;
  /** How many moments passed until then. */
  readonly moments: number;
}

async function work(night: Night, id: string, run: Partial<Run> = {}): Promise<Ended> {
  const { goal = 'mitigate', moments = new Moments(Infinity) } = run;
  const acting = processOf(night, { ...run, goal, moments });
  const working = async (): Promise<string> => {
    const asked = goal === 'undo' ? await askForUndo(id, undefined, acting) : undefined;
    const worked = asked ?? (await workIncident(id, acting, new AbortController().signal));
    return worked.state === 'failed' ? `failed: ${worked.attempted}: ${worked.happened}` : worked.resting;
  };
  return { rests: await Promise.race([working(), moments.death]), moments: moments.passed };
}

/** A human notices that it is gone, and starts it again. */
const untilStartedAgain = 40_000;

/** What is wrong with the record of the night, whenever it is read. Empty: nothing. */
async function untruths(night: Night, id: string): Promise<string[]> {
  const { attempts } = await storedIn(night, id);
  const progress = attempts.flatMap(({ done, undone }) => [...done, ...undone]);
  const done = progress.filter(({ result }) => result?.state === 'done').length;
  const open = progress.filter(({ begun, result }) => begun > 0 && result === undefined).length;
  const { writes } = night.cluster;
  const wrong: string[] = [];
  if (new Set(writes).size < writes.length) wrong.push(`twice: ${writes.join('; ')}`);
  if (done > writes.length || writes.length > done + open)
    wrong.push(`${done} changes are told to be done and ${open} to be open, but ${writes.length} were: ${writes.join('; ')}`);
  for (const [index, line] of night.log.entries()) {
    if (!line.startsWith('wrote')) continue;
    const before = night.log.slice(0, index);
    if (before.at(-1)?.startsWith('stored change-begun') !== true) wrong.push(`${line} before its beginning was stored`);
    const pod = /EVICT uid-(.*)/.exec(line)?.[1];
    if (pod !== undefined && !before.some((each) => each.startsWith('kept') && each.includes(pod)))
      wrong.push(`${line} before its logs were kept`);
  }
  return wrong;
}

interface Told {
  readonly rests: string;
  readonly writes: readonly string[];
  readonly wanted: unknown;
  readonly tried: readonly (readonly [plan: string, judgement: string | undefined, isPutBack: boolean])[];
}

async function told(night: Night, id: string, { rests }: Ended): Promise<Told> {
  const { attempts } = await storedIn(night, id);
  return {
    rests,
    writes: night.cluster.writes,
    wanted: night.cluster.wanted,
    tried: attempts.map(({ plan, judgement, undoAsked }) => [plan.id, judgement?.is, undoAsked !== undefined]),
  };
}

/** Works the same night again and again, killed one moment later each time, and started again. Returns what went wrong. */
async function killedAtEveryMoment(world: TestWorld, goal: 'mitigate' | 'undo'): Promise<readonly string[]> {
  const wrong: string[] = [];
  let expected: Told | undefined;
  for (let last = Infinity, moments = 1; moments > 0; last = moments -= 1) {
    const night = nightOf(world);
    const id = await openedIn(night);
    const before = night.cluster.wanted;
    if (goal === 'undo') await work(night, id);
    const killed = await work(night, id, { goal, moments: new Moments(last) });
    if (expected === undefined) {
      expected = await told(night, id, killed);
      moments = killed.moments + 1;
      continue;
    }
    const complaints = [...(killed.rests === 'killed' ? [] : [`it was not killed but ${killed.rests}`]), ...(await untruths(night, id))];
    night.cluster.advance(untilStartedAgain);
    const again = await told(night, id, await work(night, id, { goal }));
    complaints.push(...(await untruths(night, id)), ...differences(expected, again));
    await work(night, id, { goal: 'undo' });
    if (!isSame(night.cluster.wanted, before)) complaints.push('the undo did not put everything back');
    wrong.push(...complaints.map((complaint) => `killed at moment ${last}: ${complaint}`));
  }
  return wrong;
}

function differences(expected: Told, is: Told): readonly string[] {
  return (['rests', 'writes', 'wanted', 'tried'] as const).flatMap((part) =>
    isSame(expected[part], is[part]) ? [] : [`${part}: ${JSON.stringify(is[part])} instead of ${JSON.stringify(expected[part])}`],
  );
}

type Trouble = (letThrough: () => ClusterAnswer) => ClusterAnswer;

/** What can become of a write between the process and the server. */
const troublesOfWrites: { readonly [name: string]: Trouble } = {
  'the request is lost': () => noAnswer,
  'it is done, and the answer is lost': (letThrough) => (letThrough(), noAnswer),
  'somebody else wrote to the object meanwhile (409)': () => refusal(409, 'Conflict'),
  'too many requests (429), with a time to wait': () => ({ ...refusal(429, 'TooManyRequests'), retryAfterSeconds: 1 }),
  'the server failed before it was done (500)': () => refusal(500, 'InternalError'),
  'the server failed after it was done (500)': (letThrough) => (letThrough(), refusal(500, 'InternalError')),
};
const noAnswer: ClusterAnswer = { state: 'no-answer', because: 'unreachable', detail: 'the connection was cut' };

function refusal(status: number, reason: string): Extract<ClusterAnswer, { readonly state: 'refused' }> {
  return { state: 'refused', status, reason, message: reason, causes: [], retryAfterSeconds: undefined };
}

/** Meets only the n-th request that would really write. */
function onWrite(hit: number, trouble: Trouble): Disturbance {
  let seen = 0;
  return ({ method, path, body }, letThrough) => {
    const isRehearsal = path.includes('dryRun') || JSON.stringify(body ?? {}).includes('dryRun');
    if (method === 'GET' || isRehearsal) return letThrough();
    seen += 1;
    return seen === hit ? trouble(letThrough) : letThrough();
  };
}

function rollBack(revision: string): string {
  const template = {
    metadata: { labels: { app: 'cart' } },
    spec: { containers: [{ name: 'app', image: `registry.example/app:${revision}` }] },
  };
  return `PATCH /apis/apps/v1/namespaces/shop/deployments/cart /spec/template=${JSON.stringify(template)}`;
}

const cordon = 'PATCH /api/v1/nodes/node-3 /spec/unschedulable=true';
const uncordon = 'PATCH /api/v1/nodes/node-3 /spec/unschedulable=null';
const evictions = ['EVICT uid-cart-old-3', 'EVICT uid-cart-old-4'];

describe('a bad node', () => {
  test('is cordoned, its failing replicas move, and the undo leaves everything as it was', async () => {
    const night = nightOf(badNode);
    const id = await openedIn(night);
    const before = night.cluster.wanted;
    expect(await told(night, id, await work(night, id))).toMatchObject({
      rests: 'mitigated',
      writes: [cordon, ...evictions],
      tried: [['cordon-node', 'confirmed', false]],
    });
    expect(await told(night, id, await work(night, id, { goal: 'undo' }))).toMatchObject({
      rests: 'undone',
      writes: [cordon, ...evictions, uncordon],
      wanted: before,
    });
    expect(await untruths(night, id)).toEqual([]);
  });

  test('is mitigated once, wherever the process was killed', async () => {
    expect(await killedAtEveryMoment(badNode, 'mitigate')).toEqual([]);
  });

  test('is put back once, wherever the process was killed', async () => {
    expect(await killedAtEveryMoment(badNode, 'undo')).toEqual([]);
  });

  test('is mitigated once, also where the process that was started again is killed in turn, three times over', async () => {
    const lives = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lives, async (lasts) => {
        const night = nightOf(badNode);
        const id = await openedIn(night);
        for (const last of lasts) {
          await work(night, id, { moments: new Moments(last) });
          night.cluster.advance(untilStartedAgain);
          expect(await untruths(night, id)).toEqual([]);
        }
        expect(await told(night, id, await work(night, id))).toMatchObject({ rests: 'mitigated', writes: [cordon, ...evictions] });
      }),
      { numRuns: 40 },
    );
  });

  test.each(Object.entries(troublesOfWrites))('is mitigated once, whichever write meets this: %s', async (_name, trouble) => {
    const wrong: string[] = [];
    for (const [goal, writes] of [
      ['mitigate', 3],
      ['undo', 1],
    ] as const) {
      for (let hit = 1; hit <= writes; hit += 1) {
        const night = nightOf(badNode);
        const id = await openedIn(night);
        const before = night.cluster.wanted;
        if (goal === 'undo') await work(night, id);
        const ended = await work(night, id, { goal, disturbance: onWrite(hit, trouble) });
        if (goal === 'mitigate') await work(night, id, { goal: 'undo' });
        const complaints = await untruths(night, id);
        if (ended.rests !== (goal === 'undo' ? 'undone' : 'mitigated')) wrong.push(`${goal} ${hit}: rests ${ended.rests}`);
        if (!isSame(night.cluster.writes, [cordon, ...evictions, uncordon]))
          wrong.push(`${goal} ${hit}: ${night.cluster.writes.join('; ')}`);
        if (!isSame(night.cluster.wanted, before)) wrong.push(`${goal} ${hit}: not put back`);
        wrong.push(...complaints.map((complaint) => `${goal} ${hit}: ${complaint}`));
      }
    }
    expect(wrong).toEqual([]);
  });

  test('stays as it was where a budget holds its replicas, however long it is asked: what was done is put back', async () => {
    const night = nightOf({ ...badNode, isBudgetTight: true });
    const id = await openedIn(night);
    const before = night.cluster.wanted;
    expect(await told(night, id, await work(night, id))).toEqual({
      rests: 'needs-human',
      writes: [cordon, uncordon],
      wanted: before,
      tried: [['cordon-node', undefined, true]],
    });
    const [attempt] = (await storedIn(night, id)).attempts;
    expect(attempt?.undoAsked?.because).toMatch(/^a change could not be carried out: .*a disruption budget holds it/);
  });

  test('dies between the cordon and the evictions: what is evicted stays there for ever, and users are served elsewhere', async () => {
    const night = nightOf({ ...badNode, isDeadOnceCordoned: true });
    const id = await openedIn(night);
    const before = night.cluster.wanted;
    expect(await told(night, id, await work(night, id))).toMatchObject({
      rests: 'mitigated',
      writes: [cordon, ...evictions],
      tried: [['cordon-node', 'confirmed', false]],
    });
    expect(
      night.cluster.list('pods').filter(({ metadata }) => fieldAt(metadata as JsonValue, '/deletionTimestamp') !== undefined),
    ).toHaveLength(2);
    expect(await told(night, id, await work(night, id, { goal: 'undo' }))).toMatchObject({ rests: 'undone', wanted: before });
    expect(await untruths(night, id)).toEqual([]);
  });

  test('is put back as soon as another process asks for it, at whichever write the first one is', async () => {
    const wrong: string[] = [];
    for (let hit = 1; hit <= 3; hit += 1) {
      const night = nightOf(badNode);
      const id = await openedIn(night);
      const before = night.cluster.wanted;
      const other = processOf(night, { goal: 'undo', moments: new Moments(Infinity) });
      const asked: Promise<unknown>[] = [];
      const disturbance = onWrite(hit, (letThrough) => {
        asked.push(askForUndo(id, undefined, other));
        return letThrough();
      });
      const ended = await work(night, id, { disturbance });
      await Promise.all(asked);
      const complaints = await untruths(night, id);
      if (!isSame(night.cluster.wanted, before)) complaints.push('not put back');
      wrong.push(...complaints.map((complaint) => `at write ${hit}, rests ${ended.rests}: ${complaint}`));
    }
    expect(wrong).toEqual([]);
  });

  test('stays as it is after the change under way where another process stops it, and can be put back', async () => {
    const rests: unknown[] = [];
    for (let hit = 1; hit <= 3; hit += 1) {
      const night = nightOf(badNode);
      const id = await openedIn(night);
      const before = night.cluster.wanted;
      const asked: Promise<unknown>[] = [];
      const other = processOf(night, { goal: 'undo', moments: new Moments(Infinity) });
      const disturbance = onWrite(hit, (letThrough) => {
        asked.push(askToStop(id, other));
        return letThrough();
      });
      const ended = await work(night, id, { disturbance });
      await Promise.all(asked);
      rests.push([ended.rests, ...night.cluster.writes]);
      expect([(await work(night, id, { goal: 'undo' })).rests, await untruths(night, id), night.cluster.wanted]).toEqual([
        'undone',
        [],
        before,
      ]);
    }
    expect(rests).toEqual([
      ['aborted', cordon],
      ['aborted', cordon, evictions[0]],
      ['aborted', cordon, ...evictions],
    ]);
  });
});

describe('a bad node and a new revision that cannot be told apart', () => {
  test('rolling back does not help: it is put back by itself, and the node is tried', async () => {
    const night = nightOf(confounded);
    const id = await openedIn(night);
    const before = night.cluster.wanted;
    expect(await told(night, id, await work(night, id))).toMatchObject({
      rests: 'mitigated',
      writes: [rollBack('old'), rollBack('new'), cordon, 'EVICT uid-cart-new-7', 'EVICT uid-cart-new-8'],
      tried: [
        ['roll-back-workload', 'no-better', true],
        ['cordon-node', 'confirmed', false],
      ],
    });
    await work(night, id, { goal: 'undo' });
    expect([night.cluster.wanted, await untruths(night, id)]).toEqual([before, []]);
  });

  test('nobody agreed to the second plan: it is offered, and waits', async () => {
    const night = nightOf(confounded, ['roll-back-workload']);
    const id = await openedIn(night);
    const before = night.cluster.wanted;
    expect(await told(night, id, await work(night, id))).toMatchObject({
      rests: 'waiting',
      wanted: before,
      tried: [
        ['roll-back-workload', 'no-better', true],
        ['cordon-node', undefined, false],
      ],
    });
  });

  test('everything is done once, wherever the process was killed', async () => {
    expect(await killedAtEveryMoment(confounded, 'mitigate')).toEqual([]);
  });
});
