import { citeNodeCommand, citeObject, citeProbe, claim } from '../domain/citation.ts';
import type { ClusterChange } from '../domain/cluster-change.ts';
import type { ChangeResult } from '../domain/change-result.ts';
import { exampleChoice, examplePlan, exampleRepair } from '../domain/example-incident.ts';
import { exampleProbe } from '../domain/example-network.ts';
import type { Direction, IncidentEvent, IncidentHappening } from '../domain/incident-event.ts';
import type { Instant } from '../domain/instant.ts';
import { node as nodeShape } from '../domain/kubernetes/node.ts';
import type { MitigationPlan } from '../domain/mitigation.ts';
import type { Observation } from '../domain/observation.ts';
import type { Proof } from '../domain/proof.ts';
import { exampleInvestigation } from './example-investigation.ts';

const node = 'node-worker-3';
const pods = ['payment-service-7f8b9c4d5-x2k9m', 'payment-service-7f8b9c4d5-q4r7p'];

/** The seed's night, worked to its end. `words`: added wherever a cluster or a person may write what they like. */
export function exampleNight(words = ''): readonly IncidentEvent[] {
  return [...bleeding(words), ...afterwards(words)];
}

/** Until users are served again. */
function bleeding(words: string): readonly IncidentEvent[] {
  return [
    at('02:47:20', 'ada@laptop', {
      kind: 'opened',
      alert: { name: 'PaymentServiceErrors', summary: `payment-service 5xx rate > 5%${words}` },
      cluster: `lab${words}`,
      source: null,
    }),
    at('02:47:31', 'stanch', { kind: 'investigated', why: 'first', investigation: exampleInvestigation }),
    at('02:47:33', 'stanch', {
      ...exampleChoice(1, cordonPlan(words)),
      baseline: observation('02:47:31', { failing: 2, healthy: 2, value: 0.12 }),
    } as IncidentHappening),
    at('02:47:41', 'ada@laptop', {
      kind: 'approved',
      attempt: 1,
      approval: { by: `ada@laptop${words}`, how: 'human', at: time('02:47:41') },
    }),
    at('02:47:43', 'stanch', { kind: 'evidence-saved', attempt: 1, path: `/var/lib/stanch/evidence-1.tar.gz${words}` }),
    ...change('02:47:44', 1, 0, words),
    ...change('02:47:45', 1, 1, words),
    ...change('02:47:46', 1, 2, words, {
      state: 'held-back',
      detail: `disruption budget payments/payment-service allows none now${words}`,
    }),
    ...change('02:48:02', 1, 2, words),
    at('02:48:20', 'stanch', {
      kind: 'observed',
      attempt: 1,
      observation: observation('02:48:20', { failing: 0, healthy: 3, value: 0.031 }),
    }),
    at('02:48:40', 'stanch', {
      kind: 'observed',
      attempt: 1,
      observation: observation('02:48:40', { failing: 0, healthy: 4, value: 0.003 }),
    }),
    at('02:49:40', 'stanch', {
      kind: 'judged',
      attempt: 1,
      judgement: 'confirmed',
      because: ['it has held for 60 s', '4 of 4 replicas Ready', `the alert's measure at 0.3 %${words}`, 'the alert is quiet'],
    }),
  ];
}

/** The cause, the repair, the gate, and the end. */
function afterwards(words: string): readonly IncidentEvent[] {
  return [
    at('02:49:55', 'stanch', { kind: 'investigated', why: 'diagnosis', investigation: exampleInvestigation }),
    at('02:50:10', 'stanch', { kind: 'gate-checked', attempt: 1, proofs: proofs(false, words) }),
    at('02:50:12', 'stanch', {
      ...exampleChoice(2, exampleRepair, 'repair'),
      baseline: observation('02:50:12', { failing: 0, healthy: 4, value: 0.002 }),
    } as IncidentHappening),
    at('02:50:13', 'policy', {
      kind: 'approved',
      attempt: 2,
      approval: { by: 'kube-proxy memory at night', how: 'policy', at: time('02:50:13') },
    }),
    ...change('02:50:14', 2, 0, words),
    at('02:51:20', 'stanch', {
      kind: 'judged',
      attempt: 2,
      judgement: 'confirmed',
      because: ['it has held for 60 s', '4 of 4 replicas Ready'],
    }),
    at('02:51:30', 'stanch', { kind: 'gate-checked', attempt: 1, proofs: proofs(true, words) }),
    at('02:51:30', 'stanch', { kind: 'undo-asked', attempt: 1, because: 'every proof of the gate holds' }),
    ...change('02:51:31', 1, 0, words, { state: 'done', detail: '' }, 'undo'),
    at('02:51:33', 'stanch', closing(words)),
  ];
}

function cordonPlan(words: string): MitigationPlan {
  const evict = (pod: string): ClusterChange => ({ kind: 'evict', namespace: 'payments', pod });
  return examplePlan({
    subject: { kind: 'Node', name: node },
    why: claim(`Both failing replicas sit on ${node}, and no healthy one does.${words}`, citeNode('failing on it')),
    saveFirst: [`kubectl logs -n payments ${pods[0]} --all-containers --previous > x.log`],
    changes: [{ kind: 'cordon', node }, ...pods.map(evict)],
    undo: [{ kind: 'uncordon', node }],
    expectation: `Replacements become Ready on other nodes within two minutes, and the error rate falls below the alert’s threshold.${words}`,
    undoWhen: `${node} is proven whole: its service rules are complete, and a probe from a pod on it reaches what failed.${words}`,
  });
}

function closing(words: string): IncidentHappening {
  return {
    kind: 'closed',
    looseEnds: [
      {
        kind: 'cordon',
        subject: { kind: 'Node', name: node },
        says: `Node ${node} was cordoned, and is put back.${words}`,
        state: 'closed',
      },
      {
        kind: 'raised-limit',
        subject: exampleRepair.subject,
        says: 'DaemonSet kube-system/kube-proxy has been given another memory limit, and stays so: make it permanent where it is deployed from.',
        state: 'carried',
        command: 'kubectl set resources -n kube-system daemonset/kube-proxy -c kube-proxy --limits=memory=128Mi',
      },
    ],
    followUps: [
      { kind: 'ticket', title: 'Kept for now: DaemonSet kube-system/kube-proxy', text: `Make it permanent.${words}` },
      {
        kind: 'reminder',
        title: `Look again at Node ${node}`,
        text: 'Is the ticket taken?',
        due: '2026-09-16T07:00:00Z',
        timeZone: 'Europe/Berlin',
      },
    ],
  };
}

/** The same night, with the wrong answer first. */
export function exampleWrongTurn(): readonly IncidentEvent[] {
  const workload = { kind: 'Deployment', namespace: 'payments', name: 'payment-service' };
  const plan = examplePlan({
    id: 'roll-back-workload',
    subject: workload,
    why: claim('Revision 47 was rolled out two minutes before the first failure.', citeNode('nothing')),
    changes: [{ kind: 'roll-back', workload, toRevision: 46 }],
    undo: [{ kind: 'roll-back', workload, toRevision: 47 }],
    expectation: 'The failing replicas become Ready on revision 46.',
    undoWhen: undefined,
  });
  const [opened, first] = exampleNight();
  return [
    ...(opened === undefined || first === undefined ? [] : [opened, first]),
    at('02:47:33', 'stanch', {
      ...exampleChoice(1, plan),
      baseline: observation('02:47:31', { failing: 2, healthy: 2, value: 0.12 }),
    } as IncidentHappening),
    at('02:47:41', 'ada@laptop', { kind: 'approved', attempt: 1, approval: { by: 'ada@laptop', how: 'human', at: time('02:47:41') } }),
    at('02:47:43', 'stanch', { kind: 'evidence-saved', attempt: 1, path: '/var/lib/stanch/evidence-1.tar.gz' }),
    ...change('02:47:44', 1, 0, ''),
    at('02:49:04', 'stanch', {
      kind: 'observed',
      attempt: 1,
      observation: observation('02:49:04', { failing: 3, healthy: 1, value: 0.31 }),
    }),
    at('02:49:04', 'stanch', { kind: 'judged', attempt: 1, judgement: 'worse', because: ['3 replicas fail, where 2 did before'] }),
    at('02:49:04', 'stanch', { kind: 'undo-asked', attempt: 1, because: 'it is worse than before' }),
    ...change('02:49:05', 1, 0, '', { state: 'done', detail: '' }, 'undo'),
    at('02:49:08', 'stanch', { kind: 'plan-unfit', plan: exampleRepair, because: 'the server refused it in a dry run: forbidden' }),
    at('02:49:09', 'stanch', { kind: 'no-plan', purpose: 'mitigate', because: 'cordon-node is blocked: there is room elsewhere: no.' }),
  ];
}

function at(clock: string, by: string, happening: IncidentHappening): IncidentEvent {
  return { at: time(clock), by, ...happening };
}

function time(clock: string): Instant {
  return Date.parse(`2026-09-15T${clock}Z`);
}

function change(
  clock: string,
  attempt: number,
  index: number,
  words: string,
  result: ChangeResult = { state: 'done', detail: words },
  direction: Direction = 'do',
): readonly IncidentEvent[] {
  return [
    at(clock, 'stanch', { kind: 'change-begun', attempt, index, direction }),
    { ...at(clock, 'stanch', { kind: 'change-ended', attempt, index, direction, result }), at: time(clock) + 400 },
  ];
}

function observation(
  clock: string,
  { failing, healthy, value }: { readonly failing: number; readonly healthy: number; readonly value: number },
): Observation {
  return {
    at: time(clock),
    replicas: { state: 'seen', failing, healthy, undecided: 4 - failing - healthy, wanted: 4 },
    errors: {
      state: 'seen',
      value,
      sampledAt: time(clock),
      isBad: value > 0.05,
      threshold: 0.05,
      unit: 'share',
      everySeconds: 15,
      looksBackSeconds: 60,
    },
    alert: { state: value > 0.02 ? 'firing' : 'quiet' },
  };
}

function citeNode(shows: string): ReturnType<typeof citeObject> {
  return citeObject(nodeShape.read({ kind: 'Node', metadata: { name: 'node-worker-3' } }), shows);
}

function proofs(isWhole: boolean, words: string): readonly Proof[] {
  const reached = exampleProbe({ from: 'probe', node, host: '10.96.45.12', port: 5432, outcome: 'connected' });
  const rules = isWhole
    ? `The service rules on ${node} are complete at the time of collection (441).`
    : `${node} has rules for 211 service ports; node-worker-1 has 441.`;
  return [
    {
      id: 'ready',
      claim: `${node} has been Ready, without pressure, for a minute`,
      holds: 'yes',
      because: [claim(`${node} is Ready and under no pressure since 02:31:10.`, citeNode('Ready'))],
    },
    {
      id: 'rules',
      claim: `the service rules on ${node} are complete${words}`,
      holds: isWhole ? 'yes' : 'no',
      because: [claim(`${rules}${words}`, citeNodeCommand(node, 'iptables-save-nat', '441'))],
    },
    isWhole
      ? {
          id: 'connection',
          claim: `a pod on ${node} reaches postgres:5432`,
          holds: 'yes',
          because: [claim(`From a pod on ${node} postgres:5432 is reached.`, citeProbe(reached, 'connected'))],
        }
      : {
          id: 'connection',
          claim: `a pod on ${node} reaches postgres:5432`,
          holds: 'cannot-tell',
          because: [],
          wouldSettle: `--node-access debug-pod tries it from a pod there.${words}`,
        },
  ];
}
