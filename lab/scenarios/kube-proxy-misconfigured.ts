import { applyObjects, kubectl, readManifest } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { waitForPodReason } from '../framework/shop.ts';

const node = 'node-worker-2';
const onNode = ['pods', '--namespace=kube-system', '--selector=k8s-app=kube-proxy', `--field-selector=spec.nodeName=${node}`];

export const scenario: Scenario = {
  name: 'kube-proxy-misconfigured',
  story: "A slip in kube-proxy's configuration goes unnoticed until the first of its pods starts anew, on node-worker-2.",
  break: async () => {
    const manifest = await readManifest('kube-proxy.yaml');
    await applyObjects(manifest.replace('mode: iptables', 'mode: iptabels'));
    await kubectl('delete', ...onNode);
  },
  symptom: () => waitForPodReason({ namespace: 'kube-system', label: 'k8s-app=kube-proxy', reasons: ['CrashLoopBackOff'] }),
  // That kube-proxy is down on the node is what follows from it.
  expectation: {
    outcome: 'explained',
    failureMode: 'configuration-changed-under-running-pods',
    subject: { kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
  },
  heal: async () => {
    await applyObjects(await readManifest('kube-proxy.yaml'));
    await kubectl('delete', ...onNode);
  },
};
