import { expect, test } from 'vitest';
import { readCommand } from './read-command.ts';

function asked(command: string): unknown {
  const reading = readCommand(command);
  return reading.state === 'understood' ? [reading.namespace, ...reading.asked] : reading.state;
}

const pods = (...names: readonly string[]): object => ({ kind: 'delete-pods', pods: { by: 'name', names } });
const cart = { kind: 'Deployment', name: 'cart' };

test.each([
  ['kubectl delete pod a', [undefined, pods('a')]],
  ['kubectl -n shop delete pod a b', ['shop', pods('a', 'b')]],
  ['kubectl delete pods a b --namespace=shop --grace-period 0 --force', ['shop', pods('a', 'b')]],
  ['kubectl delete pod/a po/b -nshop', ['shop', pods('a', 'b')]],
  ['k delete pod \'a\' "b"', [undefined, pods('a', 'b')]],
  ['/usr/local/bin/kubectl delete pod a', [undefined, pods('a')]],
  ['kubectl delete pod --all -n shop', ['shop', { kind: 'delete-pods', pods: { by: 'all' } }]],
  ['kubectl cordon node-1', [undefined, { kind: 'cordon', nodes: { by: 'name', names: ['node-1'] } }]],
  ['kubectl uncordon node/node-1', [undefined, { kind: 'uncordon', nodes: { by: 'name', names: ['node-1'] } }]],
  [
    'kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data --timeout 60s',
    [undefined, { kind: 'drain', nodes: { by: 'name', names: ['node-1'] } }],
  ],
  ['kubectl rollout undo deployment/cart -n shop', ['shop', { kind: 'rollout', verb: 'undo', of: cart, toRevision: 0 }]],
  ['kubectl rollout undo deploy cart --to-revision=3', [undefined, { kind: 'rollout', verb: 'undo', of: cart, toRevision: 3 }]],
  ['kubectl rollout restart deployment.apps/cart', [undefined, { kind: 'rollout', verb: 'restart', of: cart, toRevision: 0 }]],
  ['kubectl rollout status deploy/cart', [undefined, { kind: 'trust-ready', of: cart }]],
  ['kubectl wait --for=condition=Ready node/node-1', [undefined, { kind: 'trust-ready', of: { kind: 'Node', name: 'node-1' } }]],
  ['kubectl scale deploy/cart --replicas 0', [undefined, { kind: 'scale', of: cart, to: 0 }]],
  [
    'kubectl set resources deployment cart -c app --limits=memory=256Mi',
    [undefined, { kind: 'set-memory-limit', of: cart, container: 'app', to: '256Mi' }],
  ],
  [
    'kubectl label pod a app=out --overwrite',
    [undefined, { kind: 'label-pods', pods: { by: 'name', names: ['a'] }, labels: { app: 'out' } }],
  ],
  ['kubectl exec -it a -n shop -- rm -rf /', ['shop', { kind: 'look-inside', how: 'run-command', at: { kind: 'Pod', name: 'a' } }]],
  ['kubectl logs a -p', [undefined, { kind: 'look-inside', how: 'read-log', at: { kind: 'Pod', name: 'a' } }]],
  ['kubectl logs -f deploy/cart', [undefined, { kind: 'look-inside', how: 'follow-log', at: cart }]],
  [
    'kubectl debug node/node-1 -it --image busybox',
    [undefined, { kind: 'look-inside', how: 'debug-pod', at: { kind: 'Node', name: 'node-1' } }],
  ],
  [
    'kubectl cp shop/a:/tmp/heap .',
    [undefined, { kind: 'look-inside', how: 'copy-files', at: { kind: 'Pod', name: 'a', namespace: 'shop' } }],
  ],
  ['kubectl get pods -A', 'harmless'],
  ['kubectl delete pod a --dry-run=server', 'harmless'],
  ['kubectl rollout history deploy/cart', 'harmless'],
  ['kubectl delete pod a --dry-run=none', [undefined, pods('a')]],
  ['kubectl delete deployment cart', 'no-rule'],
  ['kubectl delete pod/a service/b', 'no-rule'],
  ['kubectl delete -f pods.yaml', 'no-rule'],
  ['kubectl delete pods --all -A', 'no-rule'],
  ['kubectl apply -f cart.yaml', 'no-rule'],
  ['kubectl label pod a app-', 'no-rule'],
  ['kubectl set resources deploy cart --limits=cpu=1,memory=256Mi', 'no-rule'],
  ['kubectl frobnicate', 'no-rule'],
  ['kubectl constructor a', 'no-rule'],
  ['helm rollback cart', 'no-rule'],
  ['', 'no-rule'],
  ['kubectl', 'unclear'],
  ['kubectl delete pod', 'unclear'],
  ['kubectl delete pod a --and-more', 'unclear'],
  ['kubectl scale deploy/cart --replicas=few', 'unclear'],
  ['kubectl delete pod a; rm -rf /', 'unclear'],
  ['kubectl delete pod $(kubectl get pod -o name)', 'unclear'],
  ['kubectl delete pod "$POD"', 'unclear'],
  ['kubectl delete pod a | tee log', 'unclear'],
  ['kubectl delete pod a\nkubectl delete pod b', 'unclear'],
  ["kubectl delete pod 'a", 'unclear'],
  ['kubectl delete pod a\\', 'unclear'],
  [`kubectl delete pod ${'a '.repeat(5000)}`, 'unclear'],
])('%s', (command, reading) => {
  expect(asked(command)).toEqual(reading);
});

test('a selector is kept as what it asks of labels', () => {
  expect(asked('kubectl delete pod -l app=cart,tier!=web')).toEqual([
    undefined,
    {
      kind: 'delete-pods',
      pods: {
        by: 'selector',
        selector: {
          matchLabels: {},
          matchExpressions: [
            { key: 'app', operator: 'In', values: ['cart'] },
            { key: 'tier', operator: 'NotIn', values: ['web'] },
          ],
        },
      },
    },
  ]);
});

test('flags that may point at another cluster are told', () => {
  const reading = readCommand('kubectl --context staging --kubeconfig=/tmp/other delete pod a');
  expect(reading.state === 'understood' && reading.otherCluster).toEqual(['--context staging', '--kubeconfig /tmp/other']);
});
