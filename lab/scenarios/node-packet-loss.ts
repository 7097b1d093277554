import type { Scenario } from '../framework/scenario.ts';
import { runInHost, tryInHost } from '../machine/in-host.ts';

// The kernel has no netem, so a filter rule drops packets by chance, in both directions.
const rule = ['FORWARD', '--match', 'statistic', '--mode', 'random', '--probability', '0.4', '--jump', 'DROP'];

export const scenario: Scenario = {
  name: 'node-packet-loss',
  story: 'The network of node-worker-3 loses four packets in ten; the node stays Ready, its pods answer slowly or not at all.',
  break: async () => {
    await runInHost('node-worker-3', ['iptables', '--insert', ...rule]);
  },
  alert: 'PaymentServiceErrorRate',
  canLookInside: true,
  expectation: { outcome: 'explained', failureMode: 'packet-loss-on-node', subject: { kind: 'Node', name: 'node-worker-3' } },
  heal: async () => {
    await tryInHost('node-worker-3', ['iptables', '--delete', ...rule]);
  },
};
