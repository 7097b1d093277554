import {
  type Investigation,
  investigationSchema,
  type PublishedClaim,
  type PublishedHypothesis,
  type PublishedMitigation,
} from '../domain/investigation.ts';
import { exampleEvidence } from './example-evidence.ts';
import { exampleThoughts } from './example-thoughts.ts';

type Key = keyof typeof exampleEvidence;

function claim(says: string, first: Key, ...more: readonly Key[]): PublishedClaim {
  return { says, citing: [first, ...more] };
}

const service = { kind: 'Deployment', namespace: 'payments', name: 'payment-service' };
const worker = { kind: 'Node', name: 'node-worker-3' };
const failing = ['payment-service-7f8b9c4d5-x2k9m', 'payment-service-7f8b9c4d5-q4r7p'].map(podSubject);
const healthy = ['payment-service-7f8b9c4d5-a8j3n', 'payment-service-7f8b9c4d5-m5t2w'].map(podSubject);

function podSubject(name: string): { readonly kind: string; readonly namespace: string; readonly name: string } {
  return { kind: 'Pod', namespace: 'payments', name };
}

const cordon: PublishedMitigation = {
  id: 'cordon-node',
  title: 'Cordon node-worker-3 and let its failing replicas start on another node',
  subject: worker,
  why: 'Every failing replica runs on node-worker-3 and no healthy one does; the probes from the node confirm it.',
  because: [claim('2 of 2 failing replicas run on node-worker-3, 0 of 2 healthy ones do.', 'pods/payments')],
  preconditions: [
    { claim: 'node-worker-1 and node-worker-2 have room for 2 more replicas', holds: 'yes' },
    { claim: '2 replicas of payment-service stay healthy, as its disruption budget asks', holds: 'yes' },
    { claim: 'What the failing replicas last said is saved', holds: 'yes' },
  ],
  saveFirst: [
    'kubectl logs -n payments payment-service-7f8b9c4d5-x2k9m -c app --previous > payment-service-7f8b9c4d5-x2k9m.log',
    'kubectl logs -n payments payment-service-7f8b9c4d5-q4r7p -c app --previous > payment-service-7f8b9c4d5-q4r7p.log',
  ],
  commands: [
    'kubectl cordon node-worker-3',
    'kubectl delete pod -n payments payment-service-7f8b9c4d5-x2k9m payment-service-7f8b9c4d5-q4r7p',
  ],
  undo: ['kubectl uncordon node-worker-3'],
  undoWhen: 'kube-proxy on node-worker-3 has rules for all 437 services and 10.96.45.12:5432 answers from there',
  expectation: '4 of 4 replicas Ready within 2 minutes, and fewer than 5 % errors in the minute after',
  reversibility: 'undoable',
  blocked: false,
  warnings: ['node-worker-3 says Ready. Do not take that as proof that its network is whole.'],
};

export const incompleteRules: PublishedHypothesis = {
  rank: 1,
  failureMode: 'kube-proxy-rules-incomplete',
  title: 'kube-proxy does not serve all service addresses of a node',
  subject: worker,
  confidence: 0.97,
  proven: true,
  root: true,
  explainedBy: [],
  because: [
    claim(
      'node-worker-3 has rules for 171 of 437 services; a healthy node has all of them.',
      'node/node-worker-3/iptables-services',
      'node/node-worker-1/iptables-services',
    ),
    claim(
      'From the node a pod address answers and its ClusterIP does not.',
      'probe/node/node-worker-3/10.244.4.7:5432',
      'probe/node/node-worker-3/10.96.45.12:5432',
    ),
    claim('kube-proxy was killed for memory 101 s before the first crash.', 'node/node-worker-3/journal-kube-proxy'),
  ],
  against: [],
  cascade: [
    {
      from: '40 services more since last week',
      to: 'kube-proxy needs more memory for its rules',
      because: [claim('40 of 437 services are 7 to 8 days old.', 'list/services')],
    },
    {
      from: 'kube-proxy needs more memory for its rules',
      to: 'killed at its limit of 128Mi (02:41:29)',
      because: [claim('The journal names the OOM killer.', 'node/node-worker-3/journal-kube-proxy', 'daemonsets/kube-system/kube-proxy')],
    },
    {
      from: 'killed at its limit of 128Mi (02:41:29)',
      to: 'service rules on node-worker-3 incomplete (171 of 437)',
      because: [claim('Rules are written again from the start.', 'node/node-worker-3/iptables-services')],
    },
    {
      from: 'service rules on node-worker-3 incomplete (171 of 437)',
      to: 'Postgres at 10.96.45.12:5432 not reachable from there',
      because: [claim('The probe times out.', 'probe/node/node-worker-3/10.96.45.12:5432')],
    },
    {
      from: 'Postgres at 10.96.45.12:5432 not reachable from there',
      to: '2 of 4 replicas crash at start (02:43:10)',
      because: [claim('Their last words name the address.', 'log/payments/payment-service-7f8b9c4d5-x2k9m/app/previous')],
    },
    {
      from: '2 of 4 replicas crash at start (02:43:10)',
      to: '12 % of requests fail',
      because: [claim('The error share follows the crashes.', 'error-share')],
    },
  ],
  contributing: [
    claim('40 services were added last week, and with them rules that kube-proxy holds in memory.', 'list/services'),
    claim('kube-proxy is limited to 128Mi on every node, so the others are next.', 'daemonsets/kube-system/kube-proxy'),
  ],
  wouldSettle: [],
};

export const networkPlugin: PublishedHypothesis = {
  rank: 2,
  failureMode: 'cni-broken',
  title: 'The pod network of a node is broken',
  subject: worker,
  confidence: 0.02,
  proven: false,
  root: true,
  explainedBy: [],
  because: [claim('Connections from node-worker-3 time out.', 'probe/node/node-worker-3/10.96.45.12:5432')],
  against: [
    claim(
      'Pod addresses on other nodes answer from node-worker-3; only service addresses do not.',
      'probe/node/node-worker-3/10.244.4.7:5432',
    ),
  ],
  cascade: [],
  contributing: [],
  wouldSettle: [],
};

const crash: PublishedHypothesis = {
  rank: 3,
  failureMode: 'crash-dependency-refused',
  title: 'Crashes because a dependency refuses connections',
  subject: service,
  confidence: 0.01,
  proven: false,
  root: false,
  explainedBy: [1],
  because: [claim('FATAL: database connection refused.', 'log/payments/payment-service-7f8b9c4d5-x2k9m/app/previous')],
  against: [claim('Two replicas are connected to the same database.', 'log/payments/payment-service-7f8b9c4d5-a8j3n/app')],
  cascade: [],
  contributing: [],
  wouldSettle: [],
};

/** The incident that this project was made for, as an investigation would tell it. For tests of everything that writes. */
export const exampleInvestigation: Investigation = {
  schema: investigationSchema,
  startedAt: '2026-09-15T02:47:31Z',
  finishedAt: '2026-09-15T02:47:32Z',
  cluster: { source: 'recording', name: 'prod-eu-1', version: 'v1.34.1' },
  outcome: 'explained',
  summary:
    'kube-proxy on node-worker-3 was killed for memory and no longer serves all services, so 2 of 4 payment-service replicas cannot reach Postgres.',
  alert: {
    verdict: 'real',
    name: 'payment-service 5xx rate > 5% for 3 minutes',
    because: [
      claim('12.0 % of requests fail, and it rises.', 'error-share'),
      claim('It is the first firing in 24 h.', 'alert'),
      claim('All targets are read, the last 9 s ago.', 'scrapes'),
    ],
  },
  onset: {
    at: '2026-09-15T02:43:10Z',
    because: [claim('The first container ended with exit code 1 at 02:43:10.', 'pods/payments/payment-service-7f8b9c4d5-x2k9m')],
  },
  scope: {
    target: service,
    failing,
    healthy,
    axes: [
      {
        axis: 'node',
        value: 'node-worker-3',
        failingWith: 2,
        failingWithout: 0,
        healthyWith: 0,
        healthyWithout: 2,
        pValue: 1 / 6,
        adjustedPValue: 0.5,
        verdict: 'separates',
        confoundedWith: [],
      },
      {
        axis: 'zone',
        value: 'eu-1c',
        failingWith: 2,
        failingWithout: 0,
        healthyWith: 1,
        healthyWithout: 1,
        pValue: 0.5,
        adjustedPValue: 1,
        verdict: 'no',
        confoundedWith: [],
      },
      {
        axis: 'revision',
        value: '47',
        failingWith: 2,
        failingWithout: 0,
        healthyWith: 2,
        healthyWithout: 0,
        pValue: 1,
        adjustedPValue: 1,
        verdict: 'no',
        confoundedWith: [],
      },
    ],
  },
  changes: [
    {
      at: '2026-09-07T09:12:00Z',
      kind: 'service',
      subject: { kind: 'Service', namespace: 'catalog', name: 'search' },
      summary: '40 services were added',
      standing: 'suspect',
      because: [claim('More services mean more rules for kube-proxy to hold.', 'list/services')],
    },
    {
      at: '2026-09-15T02:41:04Z',
      kind: 'rollout',
      subject: service,
      summary: 'revision 47 was rolled out',
      standing: 'acquitted',
      because: [
        claim(
          'the 2 healthy replicas run revision 47 too.',
          'pods/payments/payment-service-7f8b9c4d5-a8j3n',
          'replicasets/payments/payment-service-7f8b9c4d5',
        ),
      ],
    },
    {
      at: '2026-09-15T02:41:29Z',
      kind: 'restart',
      subject: worker,
      summary: 'kube-proxy was killed for memory and started again',
      standing: 'suspect',
      because: [
        claim(
          '101 s before the onset, on the node where all failing replicas run, and it is what serves service addresses.',
          'node/node-worker-3/journal-kube-proxy',
        ),
      ],
    },
  ],
  blindSpots: [
    {
      what: 'Memory of kube-proxy before it was killed',
      why: 'No metric of it was recorded.',
      toSeeIt: `curl -sG $PROMETHEUS/api/v1/query --data-urlencode 'query=container_memory_working_set_bytes{container="kube-proxy"}'`,
    },
  ],
  hypotheses: [incompleteRules, networkPlugin, crash],
  mitigations: [cordon],
  thoughts: exampleThoughts,
  followUps: [
    {
      kind: 'gate',
      title: 'Uncordon node-worker-3 only when its rules are complete',
      text: `ssh node-worker-3 'sudo iptables -t nat -L KUBE-SERVICES -n | wc -l'  names all 437 services, and 10.96.45.12:5432 answers from there.`,
    },
    {
      kind: 'ticket',
      title: 'Raise the memory limit of kube-proxy',
      text: [
        'Deployment payments/payment-service failed from 02:43:10 on (2 of 4 replicas), because kube-proxy on node-worker-3 had lost its rules.',
        'Evidence:',
        '- kube-proxy was killed for memory at 128Mi, with 437 services.',
        '  $ kubectl get daemonset kube-proxy -n kube-system -o yaml',
        '- node-worker-3 has rules for 171 of them.',
        "  $ ssh node-worker-3 'sudo iptables -t nat -L KUBE-SERVICES -n | wc -l'",
        'Fix: Raise the limit on all nodes before the next services come, and alert on its memory.',
      ].join('\n'),
    },
    {
      kind: 'reminder',
      title: 'Is node-worker-3 still whole, and is the ticket taken?',
      text: 'Incidents at 3 AM are forgotten by the stand-up. Look at the kube-proxy restarts and at the cordon.',
      due: '2026-09-16T09:00:00Z',
    },
  ],
  evidence: exampleEvidence,
  cost: { requests: 27, bytes: 481_233, wallMilliseconds: 412 },
};
