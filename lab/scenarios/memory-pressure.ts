import { kubectl } from '../cluster/kubectl.ts';
import { withKubeletSetting } from '../framework/kubelet.ts';
import type { Scenario } from '../framework/scenario.ts';

const node = 'node-worker-2';
const { set, reset } = withKubeletSetting(
  node,
  // Soft with a long grace: the node says that it is short of memory and evicts nobody for it.
  'evictionSoft: {memory.available: 64Gi}\nevictionSoftGracePeriod: {memory.available: 1h}\n',
);

export const scenario: Scenario = {
  name: 'memory-pressure',
  story: 'node-worker-2 got the eviction thresholds of a much larger machine; it is always below them and takes no pods of low quality.',
  break: set,
  symptom: async () => {
    await kubectl('wait', '--for=condition=MemoryPressure=True', 'node', node, '--timeout=120s');
  },
  expectation: { outcome: 'explained', failureMode: 'memory-pressure', subject: { kind: 'Node', name: node } },
  heal: async () => {
    await reset();
    await kubectl('wait', '--for=condition=MemoryPressure=False', 'node', node, '--timeout=120s');
  },
};
