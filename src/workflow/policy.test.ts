import { describe, expect, test } from 'vitest';
import type { MitigationPlan } from '../domain/mitigation.ts';
import { type Policy, type PolicyRule, usualPolicy } from '../domain/policy.ts';
import { attemptsOf, budgetWindowMilliseconds, type EarlierAttempt, judgeApproval, type Proposal } from './policy.ts';

/** A Saturday, 03:47 in Berlin. */
const now = Date.UTC(2026, 10, 21, 2, 47);
const minute = 60_000;

const plan: MitigationPlan = {
  id: 'cordon-node',
  subject: { kind: 'Node', name: 'worker-3' },
  why: { says: 'Both sit on worker-3.', citing: [{ of: { kind: 'list', evidence: 'pods', namespace: undefined }, shows: '' }] },
  preconditions: [{ id: 'spare-capacity', claim: 'they fit elsewhere', holds: 'yes', because: [] }],
  saveFirst: [],
  changes: [
    { kind: 'cordon', node: 'worker-3' },
    { kind: 'evict', namespace: 'payments', pod: 'api-1' },
  ],
  undo: [{ kind: 'uncordon', node: 'worker-3' }],
  expectation: '',
  undoWhen: undefined,
};

const rule: PolicyRule = {
  name: 'nights',
  mitigations: ['cordon-node'],
  purposes: ['mitigate'],
  namespaces: ['payments'],
  nodes: 'any',
  clusters: 'any',
  attempts: { most: 2, withinMinutes: 60 },
};

function policyOf(...rules: readonly PolicyRule[]): Policy {
  return { ...usualPolicy, rules };
}

function judged(changed: Partial<Proposal> = {}): ReturnType<typeof judgeApproval> {
  return judgeApproval({
    plan,
    purpose: 'mitigate',
    policy: policyOf(rule),
    now,
    earlier: [],
    cluster: 'production',
    unsaved: [],
    ...changed,
  });
}

const approved = { state: 'approved', rule: 'nights' } as const;

function refusal(because: string): ReturnType<typeof judgeApproval> {
  return { state: 'ask', because: `No rule of the policy lets cordon-node run unattended. nights: ${because}.` };
}

const raise: MitigationPlan = {
  ...plan,
  id: 'raise-memory-limit',
  subject: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
  changes: [
    {
      kind: 'set-memory-limit',
      workload: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
      container: 'kube-proxy',
      from: '64Mi',
      to: '256Mi',
    },
  ],
  undo: [],
};
function sure(confidence: number): MitigationPlan {
  return { ...raise, cause: { failureMode: 'container-out-of-memory', subject: raise.subject, confidence } };
}
const repairs: PolicyRule = { ...rule, mitigations: ['raise-memory-limit'], purposes: ['repair'], repairConfidence: 0.8 };

describe('a plan runs unattended where one rule allows all of it', () => {
  test('the rule is named', () => {
    expect(judged()).toEqual(approved);
  });

  test('the first rule that allows it counts, and another that does not is no veto', () => {
    expect(judged({ policy: policyOf({ ...rule, name: 'others', mitigations: ['scale-out'] }, rule, { ...rule, name: 'later' }) })).toEqual(
      approved,
    );
  });

  test.each<[string, PolicyRule]>([
    ['any mitigation', { ...rule, mitigations: 'any' }],
    ['any namespace', { ...rule, namespaces: 'any' }],
    ['a pattern of namespaces', { ...rule, namespaces: ['shop', 'pay*'] }],
    ['a pattern of nodes', { ...rule, nodes: ['worker-*'] }],
    ['the cluster by name', { ...rule, clusters: ['production'] }],
    ['several purposes', { ...rule, purposes: ['repair', 'mitigate'], repairConfidence: 1 }],
    ['hours that hold', { ...rule, hours: { days: ['Saturday'], fromMinute: 3 * 60, untilMinute: 4 * 60, timeZone: 'Europe/Berlin' } }],
  ])('by a rule with %s', (_, each) => {
    expect(judged({ policy: policyOf(each) })).toEqual(approved);
  });

  test('a repair of what the cluster stands on, where its namespace is named and the diagnosis is sure enough', () => {
    const policy = policyOf({ ...repairs, namespaces: ['kube-system'] });
    expect(judged({ plan: sure(0.8), purpose: 'repair', policy })).toEqual(approved);
    expect(judged({ plan: sure(1), purpose: 'repair', policy: policyOf({ ...repairs, namespaces: ['kube-*'] }) })).toEqual(approved);
  });
});

describe('a human is asked', () => {
  test('where there is no policy', () => {
    expect(judged({ policy: usualPolicy })).toEqual({ state: 'ask', because: 'No policy lets anything run unattended.' });
  });

  test.each(['no', 'cannot-tell'] as const)('about a blocked plan, whatever the rules say (%s)', (holds) => {
    const blocked: MitigationPlan = { ...plan, preconditions: [{ id: 'spare-capacity', claim: 'they fit', holds, because: [] }] };
    expect(judged({ plan: blocked })).toEqual({
      state: 'ask',
      because: 'cordon-node is blocked: not every precondition is known to hold.',
    });
  });

  test.each<[string, PolicyRule, string]>([
    ['another mitigation', { ...rule, mitigations: ['scale-out', 'shift-zone'] }, 'it is about scale-out, shift-zone'],
    ['another purpose', { ...rule, purposes: ['repair'] }, 'it is there to repair, not to mitigate'],
    ['another cluster', { ...rule, clusters: ['staging'] }, 'it does not hold in the cluster production'],
    ['another namespace', { ...rule, namespaces: ['shop'] }, 'it does not hold in the namespace payments'],
    ['another node', { ...rule, nodes: ['worker-1', 'gpu-*'] }, 'it does not hold for the node worker-3'],
    [
      'another time',
      { ...rule, hours: { days: ['Monday', 'Friday'], fromMinute: 540, untilMinute: 1020, timeZone: 'Europe/Berlin' } },
      'it is Saturday 03:47 there, and the rule holds Monday, Friday 09:00–17:00 Europe/Berlin',
    ],
  ])('where the only rule is for %s', (_, each, because) => {
    expect(judged({ policy: policyOf(each) })).toEqual(refusal(because));
  });

  test('where only a part of the plan is in an allowed namespace', () => {
    const wider: MitigationPlan = { ...plan, changes: [...plan.changes, { kind: 'evict', namespace: 'shop', pod: 'web-1' }] };
    expect(judged({ plan: wider })).toEqual(refusal('it does not hold in the namespace shop'));
  });

  test('where only the undo reaches into another namespace or node', () => {
    const reaching: MitigationPlan = { ...plan, undo: [{ kind: 'uncordon', node: 'control-1' }] };
    expect(judged({ plan: reaching, policy: policyOf({ ...rule, nodes: ['worker-*'] }) })).toEqual(
      refusal('it does not hold for the node control-1'),
    );
  });

  test('where the rule names clusters and nobody knows which one this is', () => {
    expect(judged({ cluster: '', policy: policyOf({ ...rule, clusters: ['*'] }) })).toEqual(
      refusal('it names clusters, and which one this is is not known'),
    );
  });

  test.each<[PolicyRule['namespaces']]>([['any'], [['*']], [['*-system', 'payments']]])(
    'about a namespace of Kubernetes itself, where the rule says %j',
    (namespaces) => {
      expect(judged({ plan: sure(1), purpose: 'repair', policy: policyOf({ ...repairs, namespaces }) })).toEqual({
        state: 'ask',
        because:
          'No rule of the policy lets raise-memory-limit run unattended. nights: it does not hold in the namespace kube-system, which has to be named.',
      });
    },
  );

  test.each([
    [0.79, 'the confidence in container-out-of-memory of DaemonSet kube-system/kube-proxy is 0.79, and a repair needs 0.8'],
    [Number.NaN, 'the confidence in container-out-of-memory of DaemonSet kube-system/kube-proxy is NaN, and a repair needs 0.8'],
  ])('about a repair of a cause of confidence %s', (confidence, because) => {
    const policy = policyOf({ ...repairs, namespaces: ['kube-*'] });
    expect(judged({ plan: sure(confidence), purpose: 'repair', policy })).toEqual({
      state: 'ask',
      because: `No rule of the policy lets raise-memory-limit run unattended. nights: ${because}.`,
    });
  });

  test('about a repair that is there for no cause, however sure the diagnosis is of one', () => {
    const policy = policyOf({ ...repairs, mitigations: 'any' });
    expect(judged({ purpose: 'repair', policy })).toEqual(
      refusal('a repair needs a cause that was diagnosed, and this one is chosen from where the trouble is'),
    );
  });

  test('where the last trace of a failure could not be saved, unless the rule says that it is kept elsewhere', () => {
    const pod = { kind: 'Pod', namespace: 'payments', name: 'api-1' };
    const unsaved = [{ pod, because: 'pods/log is forbidden.', isOnlyTrace: true }];
    expect(judged({ unsaved })).toEqual(
      refusal('it would destroy what could not be saved: the logs of Pod payments/api-1 (pods/log is forbidden)'),
    );
    expect(judged({ unsaved, policy: policyOf({ ...rule, isWithoutEvidence: true }) })).toEqual(approved);
    expect(judged({ unsaved: unsaved.map((each) => ({ ...each, isOnlyTrace: false })) })).toEqual(approved);
  });

  test('with every rule’s own reason', () => {
    const policy = policyOf({ ...rule, mitigations: ['scale-out'] }, { ...rule, name: 'days', namespaces: ['shop'] });
    expect(judged({ policy })).toEqual({
      state: 'ask',
      because:
        'No rule of the policy lets cordon-node run unattended. nights: it is about scale-out. days: it does not hold in the namespace payments.',
    });
  });
});

describe('the budget of attempts', () => {
  const earlier = (minutesAgo: number, changed: Partial<EarlierAttempt> = {}): EarlierAttempt => ({
    at: now - minutesAgo * minute,
    cluster: 'production',
    purpose: 'mitigate',
    plan,
    ...changed,
  });

  test('is spent by attempts within the window', () => {
    expect(judged({ earlier: [earlier(59)] })).toEqual(approved);
    expect(judged({ earlier: [earlier(59), earlier(1)] })).toEqual(refusal('it was done 2 times within 60 min, and the rule allows 2'));
  });

  test('comes back when the window has passed', () => {
    expect(judged({ earlier: [earlier(60), earlier(61), earlier(1)] })).toEqual(approved);
  });

  test('counts what happened just now, and what a wrong clock put into the future', () => {
    const once = policyOf({ ...rule, attempts: { most: 1, withinMinutes: 1 } });
    for (const each of [earlier(0), earlier(-5)])
      expect(judged({ earlier: [each], policy: once })).toEqual(refusal('it was done 1 time within 60 s, and the rule allows 1'));
  });

  test('counts only what the rule is about', () => {
    const others = [
      earlier(1, { plan: { ...plan, id: 'scale-out' } }),
      earlier(1, { purpose: 'repair' }),
      earlier(1, { plan: { ...plan, changes: [{ kind: 'evict', namespace: 'shop', pod: 'web-1' }] } }),
      earlier(1, { cluster: 'staging' }),
    ];
    expect(judged({ earlier: others, policy: policyOf({ ...rule, clusters: ['production'] }) })).toEqual(approved);
  });

  test('counts another node of the same rule', () => {
    const there: MitigationPlan = { ...plan, subject: { kind: 'Node', name: 'worker-1' } };
    const policy = policyOf({ ...rule, attempts: { most: 1, withinMinutes: 60 } });
    expect(judged({ earlier: [earlier(1, { plan: there })], policy })).toMatchObject({ state: 'ask' });
  });
});

test('an incident adds each attempt that was approved, by whomever, when it was approved', () => {
  const attempts = [
    { approval: { by: 'nights', how: 'policy', at: 5 }, purpose: 'mitigate', plan },
    { approval: undefined, purpose: 'mitigate', plan },
    { approval: { by: 'ada', how: 'human', at: 9 }, purpose: 'repair', plan: raise },
  ] as const;
  const incident = { cluster: 'production', attempts } as unknown as Parameters<typeof attemptsOf>[0];
  expect(attemptsOf(incident)).toEqual([
    { at: 5, cluster: 'production', purpose: 'mitigate', plan },
    { at: 9, cluster: 'production', purpose: 'repair', plan: raise },
  ]);
});

test('attempts count as far back as the longest budget', () => {
  expect(budgetWindowMilliseconds(usualPolicy)).toBe(0);
  expect(budgetWindowMilliseconds(policyOf(rule, { ...rule, attempts: { most: 1, withinMinutes: 90 } }))).toBe(90 * minute);
});
