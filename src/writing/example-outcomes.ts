import type { Investigation } from '../domain/investigation.ts';
import { exampleInvestigation, incompleteRules, networkPlugin } from './example-investigation.ts';
import { exampleThoughts } from './example-thoughts.ts';

/** The same incident where nothing on the node could be read: two causes fit, and nobody pretends to know which. */
export const cannotTellInvestigation: Investigation = {
  ...exampleInvestigation,
  outcome: 'cannot-tell',
  summary:
    '2 of 4 payment-service replicas fail, and node-worker-3 is what they share. Whether its kube-proxy or its network plug-in is broken cannot be told without a look at the node.',
  changes: exampleInvestigation.changes.filter((change) => change.kind === 'rollout'),
  hypotheses: [
    { ...incompleteRules, confidence: 0.46, because: incompleteRules.because.slice(1, 2), cascade: [], contributing: [], wouldSettle: [] },
    {
      ...networkPlugin,
      confidence: 0.44,
      against: [],
      wouldSettle: [
        "ssh node-worker-3 'nc -zvw3 10.244.4.7 5432': if the pod's own address answers, it is kube-proxy; if not, the network plug-in.",
      ],
    },
  ],
  thoughts: exampleThoughts.slice(0, 8),
  blindSpots: [
    {
      what: 'What runs on node-worker-3',
      why: 'The recording holds no node commands.',
      toSeeIt: 'Allow node commands while it is recorded.',
    },
  ],
  followUps: [],
};

const { onset: _onset, ...withoutOnset } = exampleInvestigation;

/** A cluster in which nothing is wrong, looked at without a page. */
export const healthyInvestigation: Investigation = {
  ...withoutOnset,
  cluster: { source: 'live', name: 'prod-eu-1', version: 'v1.34.1' },
  outcome: 'healthy',
  summary: 'All 22 replicas of 9 workloads do what they should. 3 restarts of last month and 1 old Warning event are noise.',
  alert: { verdict: 'none', because: [] },
  scope: { failing: [], healthy: [], axes: [] },
  changes: [],
  blindSpots: [],
  hypotheses: [],
  mitigations: [],
  thoughts: [
    {
      phase: 'scope',
      at: '2026-09-15T02:47:31Z',
      question: 'Who is failing, and who is healthy?',
      command: 'kubectl get pods -A -o wide',
      saw: '22 of 22 replicas are Ready.\nThe last restart was 31 d ago.',
      conclusion: 'Nobody fails.',
      citing: ['pods/payments'],
    },
  ],
  followUps: [],
};

/** Every text of the example replaced by one that may hold anything: what a hostile cluster could make us print. */
export function hostileInvestigation(text: string): Investigation {
  const words = new Set([
    'alert',
    'kind',
    'name',
    'namespace',
    'version',
    'summary',
    'says',
    'value',
    'what',
    'why',
    'toSeeIt',
    'title',
    'claim',
    'expectation',
    'undoWhen',
    'from',
    'to',
  ]);
  const more = new Set(['question', 'command', 'saw', 'conclusion', 'source', 'excerpt', 'text', 'failureMode', 'axis', 'wouldSettle']);
  const lists = new Set(['saveFirst', 'commands', 'undo', 'warnings', 'wouldSettle', 'confoundedWith']);
  return JSON.parse(JSON.stringify(exampleInvestigation), (key, value: unknown) => {
    if (lists.has(key)) return [text];
    return typeof value === 'string' && (words.has(key) || more.has(key)) && !isMeaning(value) ? text : value;
  }) as Investigation;
}

function isMeaning(value: string): boolean {
  return ['recording', 'rollout', 'ticket', 'reminder', 'gate', 'explained'].includes(value);
}
