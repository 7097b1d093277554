import { expect, it } from 'vitest';
import { snapshotOf } from '../domain/example.ts';
import { exampleNode, examplePod } from '../domain/example-objects.ts';
import { assess } from '../reasoning/assess.ts';
import { diagnose } from '../reasoning/diagnose.ts';
import { catalogue } from './index.generated.ts';
import { nobodyAsked } from '../domain/example-question.ts';

const names = ['a', 'b', 'c', 'd'];
it('names that only nodes of one pool do not resolve are the trouble of that pool, and not of DNS', () => {
  const failing = ['cart', 'mail', 'pay'].flatMap((workload) => ['a', 'b'].map((node) => `${workload}-1-${node}`));
  const { hypotheses, outcome } = diagnose(
    assess(
      nobodyAsked,
      snapshotOf({
        nodes: names.map((name, index) => exampleNode({ name, labels: { agentpool: index < 2 ? 'new' : 'old' } })),
        events: [],
        pods: [
          examplePod({
            name: 'coredns-1-a',
            namespace: 'kube-system',
            node: 'c',
            labels: { 'k8s-app': 'kube-dns' },
            startedMinutesAgo: 900,
          }),
          ...['cart', 'mail', 'pay'].flatMap((workload) =>
            names.map((node, index) => examplePod({ name: `${workload}-1-${node}`, node, isReady: index >= 2, startedMinutesAgo: 300 })),
          ),
        ],
        'container-logs': failing.map((pod) => ({
          namespace: 'shop',
          pod,
          container: 'app',
          text: 'dial tcp: lookup db.shop.svc on 10.96.0.10:53: read udp 10.244.1.9:4411->10.96.0.10:53: i/o timeout',
        })),
      }),
    ),
    catalogue,
  );
  const [first] = hypotheses;
  expect([outcome, first?.failureMode, first?.subject.name]).toEqual(['explained', 'degraded-node-link', 'node pool new']);
});
