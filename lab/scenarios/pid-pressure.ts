import { kubectl } from '../cluster/kubectl.ts';
import { withKubeletSetting } from '../framework/kubelet.ts';
import type { Scenario } from '../framework/scenario.ts';

const node = 'node-worker-2';
const { set, reset } = withKubeletSetting(node, 'evictionSoft: {pid.available: "99.99%"}\nevictionSoftGracePeriod: {pid.available: 1h}\n');

export const scenario: Scenario = {
  name: 'pid-pressure',
  story: 'node-worker-2 may hardly start another process, says its kubelet.',
  break: set,
  symptom: async () => {
    await kubectl('wait', '--for=condition=PIDPressure=True', 'node', node, '--timeout=120s');
  },
  expectation: { outcome: 'explained', failureMode: 'pid-pressure', subject: { kind: 'Node', name: node } },
  heal: async () => {
    await reset();
    await kubectl('wait', '--for=condition=PIDPressure=False', 'node', node, '--timeout=120s');
  },
};
