import { citeList, claim } from './citation.ts';
import { changedSubject, type ClusterChange } from './cluster-change.ts';
import { type Incident, incidentOf } from './incident.ts';
import type { IncidentEvent, IncidentHappening } from './incident-event.ts';
import type { Instant } from './instant.ts';
import type { MitigationPlan } from './mitigation.ts';
import type { Observation } from './observation.ts';
import type { PreparedChange } from './prepared-change.ts';
import type { Precondition } from './precondition.ts';
import { type Investigation, investigationSchema } from './investigation.ts';

/** When the examples' incidents are opened. */
export const openedAt: Instant = Date.UTC(2026, 8, 15, 2, 47);

const why = claim('Both failing replicas sit on node-3.', citeList('pods', undefined, 'two'));

/** Cordons a node and evicts a pod from it, to be put back through the gate. */
export function examplePlan(of: Partial<MitigationPlan> & { readonly id?: string } = {}): MitigationPlan {
  return {
    id: 'cordon-node',
    subject: { kind: 'Node', name: 'node-3' },
    why,
    preconditions: [],
    saveFirst: ['kubectl logs -n shop cart-1'],
    changes: [
      { kind: 'cordon', node: 'node-3' },
      { kind: 'evict', namespace: 'shop', pod: 'cart-1' },
    ],
    undo: [{ kind: 'uncordon', node: 'node-3' }],
    expectation: 'Replacements become Ready elsewhere.',
    undoWhen: 'node-3 is proven whole.',
    ...of,
  };
}

export const exampleRepair = examplePlan({
  id: 'raise-memory-limit',
  why: claim('kube-proxy was killed at its memory limit of 128Mi.', citeList('pods', undefined, 'OOMKilled')),
  expectation: 'kube-proxy keeps running, and its rules become complete.',
  pullRequest: {
    title: 'kube-proxy: memory limit 256Mi',
    body: 'kube-proxy was killed at 128Mi.\n\nIt holds rules for every Service.',
    patch: 'spec:\n  template:\n    spec:\n      containers:\n        - name: kube-proxy\n',
  },
  subject: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
  saveFirst: [],
  changes: [
    {
      kind: 'set-memory-limit',
      workload: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
      container: 'kube-proxy',
      from: '128Mi',
      to: '256Mi',
    },
  ],
  undo: [
    {
      kind: 'set-memory-limit',
      workload: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
      container: 'kube-proxy',
      from: '256Mi',
      to: '128Mi',
    },
  ],
  undoWhen: undefined,
});

export const exampleScaleOut = examplePlan({
  id: 'scale-out',
  subject: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
  saveFirst: [],
  changes: [{ kind: 'scale', workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' }, from: 4, to: 6 }],
  undo: [{ kind: 'scale', workload: { kind: 'Deployment', namespace: 'shop', name: 'cart' }, from: 6, to: 4 }],
  undoWhen: 'the load is back.',
});

export const unmetPrecondition: Precondition = { id: 'spare-capacity', claim: 'there is room elsewhere', holds: 'no', because: [] };

export function examplePrepared(change: ClusterChange): PreparedChange {
  const { namespace, name } = changedSubject(change);
  const isDeletion = change.kind === 'evict' || change.kind === 'delete-pod';
  return {
    change,
    object: { path: `/api/v1/${namespace === undefined ? '' : `namespaces/${namespace}/`}things/${name}`, uid: 'uid' },
    write: isDeletion
      ? { kind: 'evict' }
      : { kind: 'set-fields', before: [{ pointer: '/spec/it' }], after: [{ pointer: '/spec/it', value: true }] },
    isAlreadySo: false,
  };
}

export function exampleObservation(at: Instant, isWell: boolean): Observation {
  return {
    at,
    replicas: { state: 'seen', failing: isWell ? 0 : 2, healthy: isWell ? 4 : 2, undecided: 0, wanted: 4 },
    errors: { state: 'seen', value: isWell ? 0.003 : 0.12, sampledAt: at, isBad: !isWell, threshold: 0.05, unit: 'share' },
    alert: { state: isWell ? 'quiet' : 'firing' },
  };
}

const investigation: Investigation = {
  schema: investigationSchema,
  startedAt: '2026-09-15T02:47:01Z',
  finishedAt: '2026-09-15T02:47:02Z',
  cluster: { source: 'live', name: 'lab' },
  outcome: 'explained',
  summary: 'Deployment shop/cart fails.',
  alert: { verdict: 'none', because: [] },
  scope: { failing: [], healthy: [], axes: [] },
  changes: [],
  blindSpots: [],
  hypotheses: [],
  mitigations: [],
  thoughts: [],
  followUps: [{ kind: 'ticket', title: 'Give kube-proxy the memory that it needs', text: 'It was killed.' }],
  evidence: {},
  cost: { requests: 0, bytes: 0, wallMilliseconds: 0 },
};

export function exampleInvestigated(reason: 'first' | 'diagnosis'): IncidentHappening {
  return { kind: 'investigated', why: reason, investigation };
}

export function exampleChoice(attempt: number, plan: MitigationPlan, purpose: 'mitigate' | 'repair' = 'mitigate'): IncidentHappening {
  return {
    kind: 'plan-chosen',
    attempt,
    purpose,
    plan,
    prepared: plan.changes.map(examplePrepared),
    baseline: exampleObservation(openedAt, false),
  };
}

const opening: IncidentHappening = {
  kind: 'opened',
  alert: { name: 'CartErrors', summary: 'cart 5xx rate > 5 %' },
  cluster: 'lab',
  source: null,
};

/** One second apart, from the opening on. */
export function exampleEvents(happenings: readonly IncidentHappening[]): readonly IncidentEvent[] {
  return [opening, ...happenings].map((happening, index) => ({ at: openedAt + index * 1000, by: 'stanch', ...happening }));
}

export function exampleIncident(...happenings: readonly IncidentHappening[]): Incident {
  const incident = incidentOf(exampleEvents(happenings));
  if (incident === undefined) throw new Error('The first event opens the incident.');
  return incident;
}
