import type { PhaseName, PublishedThought } from '../domain/investigation.ts';
import { exampleEvidence } from './example-evidence.ts';

type Key = keyof typeof exampleEvidence;
type Said = Pick<PublishedThought, 'question' | 'saw' | 'conclusion'>;

function thought(phase: PhaseName, said: Said, first: Key, ...more: readonly Key[]): PublishedThought {
  return { phase, at: '2026-09-15T02:47:31Z', ...said, command: exampleEvidence[first].command, citing: [first, ...more] };
}

/** The senior's own monologue, in the order of its phases. */
export const exampleThoughts: readonly PublishedThought[] = [
  thought(
    'verify',
    {
      question: 'Is this real, or is the monitoring flapping?',
      saw: '12.0 % of requests fail, 0.1 % four minutes ago, and it still rises.\nFirst firing in 24 h.\nThe figures are 9 s old, and two pods crash.',
      conclusion: 'Real. Two signals that do not know each other say the same.',
    },
    'error-share',
    'alert',
    'scrapes',
    'pods/payments',
  ),
  thought(
    'scope',
    {
      question: 'Who is failing, and who is healthy?',
      saw: '4 replicas of payment-service: 2 in CrashLoopBackOff, 2 Ready.',
      conclusion: 'Half of the fleet is down and the other half carries its load. Nothing else in the cluster fails alike.',
    },
    'pods/payments',
  ),
  thought(
    'scope',
    {
      question: 'When did it start?',
      saw: 'The first container ended at 02:43:10, the second four seconds later.',
      conclusion: 'Onset 02:43:10, four minutes before the page.',
    },
    'pods/payments/payment-service-7f8b9c4d5-x2k9m',
    'pods/payments/payment-service-7f8b9c4d5-q4r7p',
  ),
  thought(
    'scope',
    {
      question: 'What do the failing say that the healthy do not?',
      saw: 'FATAL: database connection refused: ECONNREFUSED 10.96.45.12:5432',
      conclusion: 'They cannot reach Postgres. But the healthy replicas are connected to it, so Postgres is up.',
    },
    'log/payments/payment-service-7f8b9c4d5-x2k9m/app/previous',
    'log/payments/payment-service-7f8b9c4d5-a8j3n/app',
    'services/payments/postgres',
  ),
  thought(
    'scope',
    {
      question: 'Blast radius: what separates the failing from the healthy?',
      saw: 'node = node-worker-3: 2 of 2 failing, 0 of 2 healthy (p = 0.17, 0.50 corrected for 3 axes)\nrevision = 47: 2 of 2 failing, 2 of 2 healthy\nFrom node-worker-3 to 10.96.45.12:5432: timed out.\nFrom node-worker-1: connected.',
      conclusion: 'The node. Four replicas are too few for statistics alone, but the probes settle it.',
    },
    'pods/payments',
    'probe/node/node-worker-3/10.96.45.12:5432',
    'probe/pod/payments/payment-service-7f8b9c4d5-a8j3n/10.96.45.12:5432',
  ),
  thought(
    'what-changed',
    {
      question: 'What changed in the minutes before 02:43?',
      saw: '02:41:04 payment-service rolled out revision 47\n02:41:29 kube-proxy on node-worker-3 was killed and started again',
      conclusion: 'Two suspects by time. Scope and mechanism have to fit as well.',
    },
    'replicasets/payments/payment-service-7f8b9c4d5',
    'node/node-worker-3/journal-kube-proxy',
  ),
  thought(
    'what-changed',
    {
      question: 'Is the deploy guilty? It came two minutes before.',
      saw: 'All 4 replicas run revision 47.\nThe 2 on other nodes serve.',
      conclusion: 'Acquitted. What the healthy share cannot be what breaks the failing. Rolling back would not help.',
    },
    'pods/payments/payment-service-7f8b9c4d5-a8j3n',
    'replicasets/payments/payment-service-7f8b9c4d5',
  ),
  thought(
    'mitigate',
    {
      question: 'Mitigate first: what stops the bleeding, whatever the cause?',
      saw: 'node-worker-1 and node-worker-2 have room for both replicas.\nThe disruption budget is not in the way: failing pods serve nobody.',
      conclusion: 'Take node-worker-3 out of scheduling and let its two replicas start elsewhere. Then look for the cause.',
    },
    'nodes/node-worker-3',
    'list/poddisruptionbudgets/payments',
  ),
  thought(
    'diagnose',
    {
      question: 'Why can node-worker-3 not reach a ClusterIP? Network plug-in or kube-proxy?',
      saw: 'From node-worker-3, the Postgres pod itself (10.244.4.7:5432) answers; its ClusterIP does not.',
      conclusion: 'The pod network works. What is broken is the translation of service addresses: kube-proxy.',
    },
    'probe/node/node-worker-3/10.244.4.7:5432',
    'probe/node/node-worker-3/10.96.45.12:5432',
  ),
  thought(
    'diagnose',
    {
      question: 'Are the service rules on the node complete?',
      saw: 'node-worker-3 has rules for 171 of 437 services; node-worker-1 for all 437.',
      conclusion: 'No. Its rules are incomplete, and Postgres is among the missing.',
    },
    'node/node-worker-3/iptables-services',
    'node/node-worker-1/iptables-services',
  ),
  thought(
    'diagnose',
    {
      question: 'Why does kube-proxy not keep up?',
      saw: 'Its journal: killed by the OOM killer at 02:41:29.\nIts memory limit: 128Mi.\nServices: 437, of which 40 came last week.',
      conclusion:
        'It runs out of memory while it writes the rules. The node says Ready all the while, because the kubelet does not need service addresses.',
    },
    'node/node-worker-3/journal-kube-proxy',
    'daemonsets/kube-system/kube-proxy',
    'list/services',
  ),
  thought(
    'repair',
    {
      question: 'When is node-worker-3 whole again?',
      saw: 'Rules for 171 of 437 services.',
      conclusion: 'Not yet. Uncordon only once its rules name all 437, and the probe to Postgres connects.',
    },
    'node/node-worker-3/iptables-services',
  ),
];
