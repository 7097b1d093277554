import { waitForNodeCondition } from '../framework/shop.ts';
import type { Scenario } from '../framework/scenario.ts';
import { runInHost } from '../machine/in-host.ts';

export const scenario: Scenario = {
  name: 'kubelet-stopped',
  story: 'kubelet on node-worker-2 stops; its pods go on, and the node becomes NotReady.',
  break: async () => {
    await runInHost('node-worker-2', ['systemctl', 'stop', 'kubelet']);
  },
  symptom: () => waitForNodeCondition({ node: 'node-worker-2', ready: 'Unknown', withinSeconds: 120 }),
  canLookInside: true,
  expectation: { outcome: 'explained', failureMode: 'kubelet-stopped', subject: { kind: 'Node', name: 'node-worker-2' } },
  heal: async () => {
    await runInHost('node-worker-2', ['systemctl', 'start', 'kubelet']);
    await waitForNodeCondition({ node: 'node-worker-2', ready: 'True', withinSeconds: 90 });
  },
};
