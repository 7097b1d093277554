import { kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { runInHost } from '../machine/in-host.ts';

const filler = '/var/lib/kubelet/core-dump.filler';

export const scenario: Scenario = {
  name: 'disk-pressure',
  story: 'A core dump fills the disk of node-worker-2; kubelet reports DiskPressure and evicts.',
  break: async () => {
    await runInHost('node-worker-2', ['fallocate', '--length', '9300M', filler]);
  },
  symptom: async () => {
    await kubectl('wait', '--for=condition=DiskPressure=True', 'node', 'node-worker-2', '--timeout=180s');
  },
  expectation: { outcome: 'explained', failureMode: 'disk-pressure', subject: { kind: 'Node', name: 'node-worker-2' } },
  heal: async () => {
    await runInHost('node-worker-2', ['rm', '--force', filler]);
    await kubectl('wait', '--for=condition=DiskPressure=False', 'node', 'node-worker-2', '--timeout=420s');
    // Evicted pods stay as records until somebody deletes them.
    await kubectl('delete', 'pods', '--all-namespaces', '--field-selector=status.phase=Failed');
  },
};
