import type { AttemptView, IncidentView, WatchedView } from '../../src/surfaces/http/contract.ts';
import type { Investigation } from './investigations.ts';
import { attemptFrom, type Happening, type Step, type ToldIncident, withAttempt } from './told-incident.ts';

/*
 * The night of the first incident, as a server tells it: looked at, planned, approved by a human, watched, mitigated, repaired,
 * put back. Commands, words and evidence are those of the real investigation.
 */

export function lookedAt(investigation: Investigation): readonly Step[] {
  return [
    () => ({ view: { state: 'investigating' }, progress: 'Reading pods, nodes and events of 3 namespaces' }),
    () => ({
      view: { state: 'investigating', investigation, report: reportOf(investigation) },
      thoughts: investigation.thoughts.filter(({ phase }) => phase !== 'diagnose' && phase !== 'repair'),
    }),
    (told) => planned(told, investigation),
  ];
}

function planned(told: ToldIncident, { mitigations }: Investigation): Happening {
  const number = told.view.attempts.length + 1;
  const plan = mitigations[number - 1];
  if (plan === undefined) return { view: { state: 'needs-human', because: 'No plan is left.' } };
  return {
    view: { state: 'waiting-for-approval', attempts: [...told.view.attempts, attemptFrom(plan, number)] },
    entries: [
      {
        kind: 'plan-chosen',
        title: `Planned: ${plan.title}`,
        text: 'Passed the dry run of the server. Nothing is changed yet.',
        tone: 'neutral',
      },
    ],
  };
}

export const approved =
  (number: number, by: string): Step =>
  (told, at) => ({
    view: { state: 'acting', ...withAttempt(told, number, { canBeApproved: false, approval: { by, how: 'human', at } }) },
    entries: [{ kind: 'approved', title: `Approved by ${by}`, by, tone: 'neutral' }],
  });

function changed(number: number, index: number, state: AttemptView['changes'][number]['state'], detail?: string): Step {
  return (told) => {
    const attempt = told.view.attempts.find((each) => each.number === number);
    const changes = (attempt?.changes ?? []).map((change, at) =>
      at === index ? { command: change.command, state, ...(detail === undefined ? {} : { detail }) } : change,
    );
    const command = changes[index]?.command ?? '';
    return {
      view: withAttempt(told, number, { changes, canBeUndone: true }),
      entries: [
        {
          kind: 'change-ended',
          title: state === 'done' ? 'Carried out' : (detail ?? state),
          command,
          tone: state === 'done' ? 'good' : 'doubtful',
        },
      ],
    };
  };
}

function saw(number: number, seen: Omit<WatchedView, 'at'>): Step {
  return (told, at) => {
    const watched = told.view.attempts.find((each) => each.number === number)?.watched ?? [];
    return { view: { state: 'watching', ...withAttempt(told, number, { watched: [...watched, { at, ...seen }] }) } };
  };
}

function judged(number: number): Step {
  return (told, at) => ({
    view: {
      state: 'mitigated',
      ...withAttempt(told, number, {
        judgement: {
          is: 'confirmed',
          at,
          because: ['it has held for 60 s', '4 of 4 replicas Ready', "the alert's measure at 0.3 %", 'the alert is quiet'],
        },
      }),
    },
    entries: [
      { kind: 'judged', title: 'It worked', text: 'it has held for 60 s\n4 of 4 replicas Ready\nthe alert is quiet', tone: 'good' },
    ],
  });
}

/** After the click on "approve": three changes, one of them held back for a while, then one look after the other. */
export function carriedOut(number: number): readonly Step[] {
  const looks: readonly Omit<WatchedView, 'at'>[] = [
    { failingReplicas: 2, healthyReplicas: 2, measured: 0.224, alert: 'firing' },
    { failingReplicas: 0, healthyReplicas: 2, measured: 0.191, alert: 'firing' },
    { failingReplicas: 0, healthyReplicas: 3, measured: 0.12, alert: 'firing' },
    { measured: 0.071, alert: 'firing' },
    { failingReplicas: 0, healthyReplicas: 4, measured: 0.031, alert: 'firing' },
    { failingReplicas: 0, healthyReplicas: 4, measured: 0.012, alert: 'pending' },
    { failingReplicas: 0, healthyReplicas: 4, measured: 0.004, alert: 'quiet' },
    { failingReplicas: 0, healthyReplicas: 4, measured: 0.003, alert: 'quiet' },
    { failingReplicas: 0, healthyReplicas: 4, measured: 0.003, alert: 'quiet' },
  ];
  return [
    (told) => ({
      view: withAttempt(told, number, { evidencePath: '/var/lib/stanch/evidence-1.tar.gz' }),
      entries: [{ kind: 'evidence-saved', title: 'Saved the evidence first', tone: 'neutral' }],
    }),
    changed(number, 0, 'done'),
    changed(number, 1, 'done'),
    changed(number, 2, 'held-back', 'not now: disruption budget payments/payment-service allows none'),
    changed(number, 2, 'done'),
    ...looks.map((look) => saw(number, look)),
    judged(number),
  ];
}

type Proofs = NonNullable<AttemptView['proofs']>['all'];

const claims = [
  'node-worker-3 has been Ready, without pressure, for a minute',
  'the service rules on node-worker-3 are complete',
  'a pod on node-worker-3 reaches postgres:5432',
] as const;

const closedGate: Proofs = [
  { claim: claims[0], holds: 'yes' },
  { claim: claims[1], holds: 'no', detail: 'node-worker-3 has rules for 211 service ports; node-worker-1 has 441.' },
  { claim: claims[2], holds: 'cannot-tell', detail: 'To tell: --node-access debug-pod tries it from a pod there.' },
];

export const gateClosed: Step = (told, at) => ({
  view: {
    state: 'gate-closed',
    because: 'One proof does not hold, and one cannot be told.',
    ...withAttempt(told, 1, { proofs: { at, all: closedGate } }),
  },
  entries: [{ kind: 'gate-checked', title: 'The repair gate stays closed: 1 of 3 proofs holds', tone: 'doubtful' }],
});

/** Why, then the repair; the gate opens, what was set aside is put back, and the loose ends are named. */
export function wholeAgain(investigation: Investigation): readonly Step[] {
  return [
    () => ({ thoughts: investigation.thoughts.filter(({ phase }) => phase === 'diagnose' || phase === 'repair') }),
    (told) => planned(told, investigation),
    approved(2, 'kube-proxy memory at night'),
    changed(2, 0, 'done'),
    (told, at) => ({
      view: {
        ...withAttempt(told, 1, {
          proofs: { at, all: claims.map((claim) => ({ claim, holds: 'yes' as const })) },
          undoAsked: { at, by: 'stanch', because: 'every proof of the gate holds' },
          canBeUndone: false,
          changes: (told.view.attempts[0]?.changes ?? []).map(({ command }, index) => ({
            command,
            state: index === 0 ? ('put-back' as const) : ('done' as const),
          })),
        }),
      },
      entries: [{ kind: 'gate-checked', title: 'The repair gate is open: 3 of 3 proofs hold', tone: 'good' }],
    }),
    (told, at) => closed(told, { at, investigation }),
  ];
}

function closed(told: ToldIncident, { at, investigation }: { readonly at: string; readonly investigation: Investigation }): Happening {
  const view: Partial<IncidentView> = {
    state: 'closed',
    closed: {
      at,
      looseEnds: [
        { says: 'Node node-worker-3 was cordoned, and is put back.', state: 'put-back' },
        {
          says: 'DaemonSet kube-system/kube-proxy has been given another memory limit, and stays so: make it permanent where it is deployed from.',
          state: 'stays',
          command: 'kubectl set resources -n kube-system daemonset/kube-proxy -c kube-proxy --limits=memory=66Mi',
        },
      ],
      followUps: investigation.followUps,
    },
    deliveries: [
      ...told.view.deliveries,
      {
        at,
        target: 'github',
        what: 'Ticket: Kept for now: DaemonSet kube-system/kube-proxy',
        link: 'https://github.example/shop/platform/issues/812',
      },
      { at, target: 'chat', what: 'The incident is closed' },
    ],
  };
  return { view, entries: [{ kind: 'closed', title: 'Closed', tone: 'good' }] };
}

function reportOf(investigation: Investigation): string {
  return [
    `# Incident: ${investigation.alert.name ?? 'nobody was paged'}`,
    investigation.summary,
    '## What was thought',
    ...investigation.thoughts.map(({ question, conclusion }) => `- ${question} ${conclusion}`),
  ].join('\n\n');
}
