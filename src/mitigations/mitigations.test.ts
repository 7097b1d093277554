import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../catalogue/index.generated.ts';
import type { Alert } from '../domain/alert.ts';
import { changedSubject } from '../domain/cluster-change.ts';
import { type ExampleEvidence, snapshotOf } from '../domain/example.ts';
import { nightOfTheKills } from '../domain/example-kills.ts';
import { cartReplica, nightOfTheNode, nightOfTheRevision } from '../domain/example-nights.ts';
import { exampleNode, examplePod } from '../domain/example-objects.ts';
import { rollingNight } from '../domain/example-rollouts.ts';
import { type BlockedExample, isBlocked, type Mitigation, type MitigationPlan } from '../domain/mitigation.ts';
import { subject } from '../domain/subject.ts';
import { type Assessment, assess } from '../reasoning/assess.ts';
import { diagnose } from '../reasoning/diagnose.ts';
import { planMitigations } from '../reasoning/plan-mitigations.ts';
import { mitigations } from './index.generated.ts';

const all = mitigations as unknown as readonly Mitigation[];

function assessed(given: ExampleEvidence): Assessment {
  const nobodyAsked = { alert: undefined, alertExpression: undefined, namespace: undefined, selector: undefined };
  return assess({ ...nobodyAsked, lookBackMilliseconds: 3_600_000 }, snapshotOf(given));
}

function plansFor(given: ExampleEvidence): readonly MitigationPlan[] {
  const assessment = assessed(given);
  return planMitigations(mitigations, assessment, diagnose(assessment, catalogue).hypotheses);
}

function plansOf(id: string, given: ExampleEvidence): readonly MitigationPlan[] {
  return plansFor(given).filter((plan) => plan.id === id);
}

function blockersOf(id: string, given: ExampleEvidence): readonly string[] {
  return plansOf(id, given).flatMap((plan) =>
    plan.preconditions.filter(({ holds }) => holds !== 'yes').map((each) => `${each.id} ${each.holds}`),
  );
}

test('there is one file per mitigation, named after its id', () => {
  const files = readdirSync(import.meta.dirname).flatMap((name) => /^([a-z-]+)\.ts$/.exec(name)?.[1] ?? []);
  expect(all.map((each) => each.id)).toEqual(files.toSorted());
});

describe.each(all.map((mitigation) => ({ id: mitigation.id, mitigation })))('$id', ({ id, mitigation }) => {
  test.each(mitigation.fits)('fits: $story', ({ given }) => {
    const plans = plansOf(id, given);
    expect(plans.map((plan) => plan.preconditions.filter(({ holds }) => holds !== 'yes'))).toEqual(plans.map(() => []));
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      // The very object that was seen, so that its namesake is never touched.
      expect([...plan.changes, ...plan.undo].filter((change) => change.uid === undefined)).toEqual([]);
      const changed = new Set(plan.changes.map((change) => JSON.stringify(changedSubject(change))));
      expect(plan.undo.filter((change) => !changed.has(JSON.stringify(changedSubject(change))))).toEqual([]);
    }
  });

  test.each(mitigation.blocks)('is blocked: $story', ({ given, by, holds }) => {
    expect(blockersOf(id, given)).toContain(`${by} ${holds}`);
    expect(plansOf(id, given).every(isBlocked)).toBe(true);
  });

  test.each(mitigation.doesNotFit)('does not fit: $story', ({ given }) => {
    expect(plansOf(id, given)).toEqual([]);
  });

  test('shows for each precondition where it blocks, and where it cannot be told', () => {
    const examples = [...mitigation.fits, ...mitigation.blocks];
    const ids = new Set(examples.flatMap(({ given }) => plansOf(id, given)).flatMap((plan) => plan.preconditions.map((each) => each.id)));
    const shown = new Set(mitigation.blocks.map((each: BlockedExample) => `${each.by} ${each.holds}`));
    const wanted = [...ids].flatMap((each) => [`${each} no`, `${each} cannot-tell`]);
    expect(wanted.filter((each) => !shown.has(each))).toEqual([]);
  });
});

test('where the node separates, it is cordoned and its failing replicas reschedule, evidence saved first and undo worked out', () => {
  const [plan] = plansFor(nightOfTheNode);
  expect(plan).toMatchObject({
    id: 'cordon-node',
    subject: { kind: 'Node', name: 'node-3' },
    changes: [
      { kind: 'cordon', node: 'node-3', uid: 'uid-node-3' },
      { kind: 'evict', namespace: 'shop', pod: 'cart-new-a', uid: 'uid-cart-new-a' },
      { kind: 'evict', namespace: 'shop', pod: 'cart-new-b', uid: 'uid-cart-new-b' },
    ],
    undo: [{ kind: 'uncordon', node: 'node-3', uid: 'uid-node-3' }],
  });
  expect([plan?.saveFirst.length, plan === undefined || isBlocked(plan)]).toEqual([6, false]);
});

test('where the revision separates, it is rolled back to the one before, and the undo leads forward again', () => {
  const [plan] = plansFor(nightOfTheRevision);
  expect(plan).toMatchObject({
    id: 'roll-back-workload',
    changes: [{ kind: 'roll-back', workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' }, toRevision: 1, uid: 'uid-cart' }],
    undo: [{ kind: 'roll-back', workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' }, toRevision: 2, uid: 'uid-cart' }],
  });
  expect(plan === undefined || isBlocked(plan)).toBe(false);
});

test('the one replica that fails is moved away from its node once the cause is known to lie there, and not before', () => {
  const assessment = assessed({
    nodes: ['node-1', 'node-3'].map((name) => exampleNode({ name })),
    pods: [cartReplica('a', 'node-3', 'new', true), cartReplica('b', 'node-1', 'new', false)],
    poddisruptionbudgets: [],
  });
  const [some] = diagnose(assessed(nightOfTheKills({ isAgent: true })), catalogue).hypotheses;
  if (some === undefined) throw new Error('Nothing was recognised.');
  const guilty = {
    ...some,
    isRoot: true,
    confidence: 0.87,
    subject: subject('Node', undefined, 'node-3'),
    finding: { ...some.finding, affects: [{ kind: 'Pod', namespace: 'shop', name: 'cart-new-a' }] },
  };
  const plansWith = (known: readonly (typeof guilty)[]): readonly string[] =>
    planMitigations(mitigations, assessment, known).map(({ id, subject: of }) => `${id} ${of.name}`);

  expect(plansWith([guilty])[0]).toBe('cordon-node node-3');
  expect(plansWith([{ ...guilty, confidence: 0.7 }])).not.toContain('cordon-node node-3');
  expect(plansWith([])).not.toContain('cordon-node node-3');
});

test('where the page names replicas that are well, those that fail for a cause in a node are moved away from it', () => {
  const night = nightOfTheKills({ isAgent: true });
  const pods = [...(night.pods ?? []), examplePod({ name: 'web-1-a', namespace: 'front', node: 'node-1' })];
  const alert: Alert = {
    source: 'alertmanager',
    name: 'WebErrors',
    summary: 'web is bad',
    labels: { alertname: 'WebErrors', namespace: 'front', pod: 'web-1-a' },
    startedAt: undefined,
    state: 'firing',
    severity: 'critical',
    expression: undefined,
  };
  const asked = { alert, alertExpression: undefined, namespace: undefined, selector: undefined, lookBackMilliseconds: 3_600_000 };
  const assessment = assess(asked, snapshotOf({ ...night, pods, poddisruptionbudgets: [] }));
  const [plan] = planMitigations(mitigations, assessment, diagnose(assessment, catalogue).hypotheses);

  expect([assessment.scope.target?.name, assessment.scope.failing]).toEqual(['web-1', []]);
  expect(plan).toMatchObject({
    id: 'cordon-node',
    subject: { kind: 'Node', name: 'node-3' },
    why: { says: expect.stringContaining('1 replica on node-3, which the page does not name, fails') },
    changes: [
      { kind: 'cordon', node: 'node-3' },
      { kind: 'evict', pod: 'pay-1-a' },
    ],
  });
  expect(plan === undefined || isBlocked(plan)).toBe(false);
});

test.each([
  { of: 'the workload', given: nightOfTheKills({}), failureMode: 'container-exceeds-memory-limit' },
  { of: 'the agent, which explains what fails', given: nightOfTheKills({ isAgent: true }), failureMode: 'kube-proxy-rules-incomplete' },
])('more memory for $of names the cause that it takes away, whatever cause leads', ({ given, failureMode }) => {
  const assessment = assessed(given);
  const { hypotheses } = diagnose(assessment, catalogue);
  const [own] = hypotheses.filter((each) => each.failureMode === failureMode);
  if (own === undefined) throw new Error(`${failureMode} was not recognised.`);
  const [good] = diagnose(assessed(nightOfTheRevision), catalogue).hypotheses;
  if (good === undefined) throw new Error('Nothing was recognised.');
  const leading = { ...good, isRoot: true, confidence: 0.99 };

  const plans = planMitigations(
    mitigations,
    assessment,
    [leading, ...hypotheses].map((each) => ({ ...each, explainedBy: each.explainedBy.map((index) => index + 1) })),
  );
  expect(plans.filter(({ id }) => id === 'raise-memory-limit').map(({ cause }) => cause)).toEqual([
    { failureMode, subject: own.subject, confidence: own.confidence },
  ]);
});

test('one older replica is, and several are, still to be replaced', () => {
  const fresh = { name: 'a', hash: 'new', is: 'crashing' } as const;
  const older = (...names: readonly string[]) => names.map((name) => ({ name, hash: 'old', is: 'well' }) as const);
  const said = [older('b'), older('b', 'c')].map((old) => plansOf('pause-rollout', rollingNight([fresh, ...old]))[0]?.why.says);

  expect(said).toEqual([
    'All that fail are of the revision that is being rolled out, and 1 of older ones is still to be replaced.',
    'All that fail are of the revision that is being rolled out, and 2 of older ones are still to be replaced.',
  ]);
});
