import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForEvent } from '../framework/shop.ts';
import { runInHost } from '../machine/in-host.ts';

const namespace = 'notifications';
const node = 'node-worker-3';
const reserved = '/var/lib/cni/networks/pods';
/** The id of a container that is long gone, as the plug-in notes it. */
const gone = '0000000000000000000000000000000000000000000000000000000000000bad';

export const scenario = inOwnNamespace({
  name: 'pod-addresses-leaked',
  story: 'On node-worker-3 the addresses of dead pods were never given back, and no address is left for new ones.',
  namespace,
  breakFirst: async () => {
    const fill = `for n in $(seq 2 254); do test -e ${reserved}/10.244.3.$n || printf '${gone}\\r\\neth0' > ${reserved}/10.244.3.$n; done`;
    await runInHost(node, ['sh', '-c', fill]);
  },
  objects: [workload('notifier', { pod: { nodeSelector: { 'kubernetes.io/hostname': node } } })],
  symptom: () => waitForEvent({ namespace, reason: 'FailedCreatePodSandBox', message: /no IP addresses available/ }),
  healFirst: async () => {
    await runInHost(node, ['sh', '-c', `grep -l ${gone} ${reserved}/10.* | xargs --no-run-if-empty rm`]);
  },
  expectation: { outcome: 'explained', failureMode: 'pod-addresses-exhausted', subject: { kind: 'Node', name: node } },
});
