import { describe, expect, test } from 'vitest';
import { kubernetesActuator } from '../../actuators/kubernetes-api/kubernetes-actuator.ts';
import { exampleChoice, examplePlan } from '../../domain/example-incident.ts';
import type { IncidentEvent, IncidentHappening } from '../../domain/incident-event.ts';
import type { MitigationPlan } from '../../domain/mitigation.ts';
import { type Policy, usualPolicy } from '../../domain/policy.ts';
import { cordonNode } from '../../mitigations/cordon-node.ts';
import type { IncidentStore } from '../../ports/incident-store.ts';
import { serverStoreInMemory } from '../../stores/in-memory/server-store-in-memory.ts';
import { TestCluster } from './testing-cluster.ts';
import { Moments, type Night, processOf } from './testing-night.ts';
import { workIncident } from './work-incident.ts';

/** Both replicas on node-3 crash, those elsewhere are well. */
function badNight(agreed: readonly string[]): Night {
  const replicas = ['node-1', 'node-2', 'node-3', 'node-3'].map((node) => [node, 'old'] as const);
  return {
    cluster: new TestCluster({ replicas, badNode: 'node-3' }),
    store: serverStoreInMemory().open().incidents,
    mitigations: [cordonNode],
    actuator: kubernetesActuator,
    log: [],
    agreed,
  };
}

async function opened({ store, cluster }: Night, of: string): Promise<string> {
  const created = await store.create({ kind: 'opened', at: cluster.now, by: 'ada@laptop', cluster: of, source: {} });
  if (created.state === 'failed') throw new Error(created.happened);
  return created.id;
}

/** What another process stores at once: its plan was chosen and approved. */
function approvalOf(plan: MitigationPlan, { cluster }: Night): readonly IncidentEvent[] {
  const approval = { by: 'nights', how: 'policy', at: cluster.now } as const;
  const happenings: readonly IncidentHappening[] = [exampleChoice(1, plan), { kind: 'approved', attempt: 1, approval }];
  return happenings.map((each) => ({ at: cluster.now, by: 'stanch', ...each }));
}

/** The night is worked while another incident is, and that one's approval is stored in the instant before this one's would be. */
async function outrun(
  night: Night,
  { plan, cluster, policy }: { readonly plan: MitigationPlan; readonly cluster: string; readonly policy: Policy },
) {
  const [id, other] = [await opened(night, 'test'), await opened(night, cluster)];
  const acting = processOf(night, { goal: 'mitigate', moments: new Moments(Infinity) });
  let hasOther = false;
  const store: IncidentStore = {
    ...acting.store,
    appendAsOf: async (of, known, events) => {
      if (!hasOther) {
        hasOther = true;
        await night.store.append(other, 1, approvalOf(plan, night));
      }
      return acting.store.appendAsOf(of, known, events);
    },
  };
  const worked = await workIncident(id, { ...acting, store, policy }, new AbortController().signal);
  if (worked.state === 'failed') throw new Error(`${worked.attempted}: ${worked.happened}`);
  return { rests: worked.resting, because: worked.because, writes: night.cluster.writes.length };
}

function nightsOf(most: number): Policy {
  const attempts = { most, withinMinutes: 60 };
  const rule = {
    name: 'nights',
    mitigations: 'any',
    purposes: ['mitigate'],
    namespaces: 'any',
    nodes: 'any',
    clusters: 'any',
    attempts,
  } as const;
  return { ...usualPolicy, rules: [rule], limits: { ...usualPolicy.limits, mostCordonedNodes: 2 } };
}

const elsewhere = examplePlan({ subject: { kind: 'Node', name: 'node-1' }, changes: [{ kind: 'cordon', node: 'node-1' }] });

describe('two incidents are approved in the same instant, and the other one is stored first', () => {
  test.each([
    [1, { rests: 'waiting', writes: 0 }],
    [2, { rests: 'mitigated', writes: 3 }],
  ])('a rule that allows %i attempts within an hour counts the other one', async (most, expected) => {
    expect(await outrun(badNight([]), { plan: elsewhere, cluster: 'test', policy: nightsOf(most) })).toMatchObject(expected);
  });

  test.each([
    ['in the same cluster: of this one nothing is begun', 'test', { rests: 'needs-human', writes: 0 }],
    ['in another cluster: that is no matter here', 'another', { rests: 'mitigated', writes: 3 }],
  ])(
    'one node may be cordoned at once, whoever agrees, and the other one is about to cordon its own %s',
    async (_where, cluster, expected) => {
      const policy = { ...usualPolicy, limits: { ...usualPolicy.limits, mostCordonedNodes: 1 } };
      expect(await outrun(badNight(['cordon-node']), { plan: elsewhere, cluster, policy })).toMatchObject(expected);
    },
  );

  test('a human who has agreed is not asked again because others went on', async () => {
    const night = badNight(['cordon-node']);
    const acting = processOf(night, { goal: 'mitigate', moments: new Moments(Infinity) });
    const [id, other] = [await opened(night, 'test'), await opened(night, 'another')];
    let [asked, length] = [0, 1];
    const ask: typeof acting.approver.ask = (attempt, signal) => {
      asked += 1;
      return acting.approver.ask(attempt, signal);
    };
    const store: IncidentStore = {
      ...acting.store,
      appendAsOf: async (of, known, events) => {
        const note: IncidentEvent = { kind: 'aborted', at: night.cluster.now, by: 'bob', because: 'note' };
        if (length < 4) await night.store.append(other, length++, [note]);
        return acting.store.appendAsOf(of, known, events);
      },
    };

    const worked = await workIncident(id, { ...acting, store, approver: { ask } }, new AbortController().signal);
    expect([worked.state === 'rested' && worked.resting, asked, length]).toEqual(['mitigated', 1, 4]);
  });
});
