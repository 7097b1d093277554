import { kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { waitForHealth } from '../framework/shop.ts';

const node = 'node-worker-1';
const types = ['GracefulUpgradeWindow', 'BatteryOnline'];

function conditionsPatch(entries: readonly object[]): readonly string[] {
  return [
    'patch',
    'node',
    node,
    '--subresource=status',
    '--type=strategic',
    `--patch=${JSON.stringify({ status: { conditions: entries } })}`,
  ];
}

export const scenario: Scenario = {
  name: 'unknown-node-conditions',
  story:
    'Nothing is broken: a tool of the machine room writes conditions of its own into a node, some of which are well when True and some when False.',
  break: async () => {
    const now = new Date().toISOString();
    const common = { lastHeartbeatTime: now, lastTransitionTime: now, reason: 'ReportedByMachineRoom', message: 'as usual' };
    await kubectl(...conditionsPatch(types.map((type, index) => ({ type, status: index === 0 ? 'False' : 'True', ...common }))));
  },
  symptom: () => waitForHealth(),
  expectation: { outcome: 'healthy' },
  heal: async () => {
    await kubectl(...conditionsPatch(types.map((type) => ({ type, $patch: 'delete' }))));
  },
};
