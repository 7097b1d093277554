import type { Scenario } from '../framework/scenario.ts';
import { waitForNodeCondition } from '../framework/shop.ts';
import { runInHost } from '../machine/in-host.ts';

const node = 'node-worker-3';
const file = '/etc/cni/net.d/10-pods.conflist';

export const scenario: Scenario = {
  name: 'pod-network-not-configured',
  story: 'A clean-up of node-worker-3 removes the configuration of its pod network, and containerd is restarted later.',
  break: async () => {
    await runInHost(node, ['mv', file, `${file}.removed`]);
    await runInHost(node, ['systemctl', 'restart', 'containerd']);
  },
  symptom: () => waitForNodeCondition({ node, ready: 'False', withinSeconds: 120 }),
  expectation: { outcome: 'explained', failureMode: 'cni-broken-on-node', subject: { kind: 'Node', name: node } },
  heal: async () => {
    await runInHost(node, ['sh', '-c', `test ! -e ${file}.removed || mv ${file}.removed ${file}`]);
    await runInHost(node, ['systemctl', 'restart', 'containerd']);
    await waitForNodeCondition({ node, ready: 'True', withinSeconds: 120 });
  },
};
