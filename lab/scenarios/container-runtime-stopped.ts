import type { Scenario } from '../framework/scenario.ts';
import { waitForNodeCondition } from '../framework/shop.ts';
import { runInHost } from '../machine/in-host.ts';

export const scenario: Scenario = {
  name: 'container-runtime-stopped',
  story: 'containerd on node-worker-2 stops; kubelet lives and reports that its runtime does not.',
  break: async () => {
    await runInHost('node-worker-2', ['systemctl', 'stop', 'containerd']);
  },
  symptom: () => waitForNodeCondition({ node: 'node-worker-2', ready: 'False', withinSeconds: 240 }),
  isImportant: true,
  expectation: { outcome: 'explained', failureMode: 'container-runtime-stopped', subject: { kind: 'Node', name: 'node-worker-2' } },
  heal: async () => {
    await runInHost('node-worker-2', ['systemctl', 'start', 'containerd']);
    await waitForNodeCondition({ node: 'node-worker-2', ready: 'True', withinSeconds: 120 });
  },
};
