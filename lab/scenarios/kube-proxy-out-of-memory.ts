import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { applyShop, type Pod, podsOf, reasonsOf, shopText, waitForNodeCondition } from '../framework/shop.ts';
import { imageRegistry } from '../layout.ts';
import { runInHost, tryInHost } from '../machine/in-host.ts';
import { say } from '../progress.ts';
import { pause, waitFor } from '../run-program.ts';

const node = 'node-worker-3';
const namespace = 'platform';
/** What the cluster carried before: its service rules fit under kube-proxy's memory limit, at start too. */
const established = { prefix: 'team', count: 400, endpoints: 3 };
/** The onboarding: few Services with many endpoints each. */
const onboarded = { prefix: 'onboarded', count: 40, endpoints: 100 };
/**
 * Rules of a balancer that was retired and never removed from this one node. The tools that kube-proxy runs read them all,
 * so its memory is nearer to the limit here than elsewhere: this node fails first, and the others do not.
 */
const retiredRules = 24_000;
const retiredChain = 'RETIRED-BALANCER';

async function breakNode(): Promise<void> {
  await applyObjects([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...['node-worker-1', 'node-worker-2'].map(reportPod),
  ]);
  await runInHost(node, ['iptables-restore', '--noflush'], { input: retiredBalancer() });
  await addServices({ ...established, atOnce: 8 });
  await pause(5000);
  await applyShop(
    { from: shopText.paymentImage, to: '/shop/payment-service:2.47.0' },
    { from: shopText.paymentRelease, to: 'value: "2.47.0"' },
  );
  await kubectl('rollout', 'status', 'deployment/payment-service', '--namespace=payments', '--timeout=180s');
  say('The rollout is complete; two quiet minutes follow, as in the incident.');
  await pause(100_000);
  await addServices({ ...onboarded, atOnce: 1 });
  await pause(10_000);
  // Where the kernel has not killed it yet, the next restart for any reason shows that it no longer fits.
  if (!(await killedHere())) await runInHost(node, ['pkill', '--signal', 'KILL', '--exact', 'kube-proxy']);
}

async function killedHere(): Promise<boolean> {
  return (await kubeProxies()).filter(({ spec }) => spec.nodeName === node).some((pod) => reasonsOf(pod).includes('OOMKilled'));
}

async function symptom(): Promise<void> {
  await waitFor({
    what: `kube-proxy on ${node} to be killed by the kernel`,
    withinSeconds: 120,
    everyMilliseconds: 1000,
    check: async () => {
      const reasons = (await kubeProxies()).filter(({ spec }) => spec.nodeName === node).flatMap(reasonsOf);
      return reasons.includes('OOMKilled') || `reasons: ${reasons.join(', ') || 'none'}`;
    },
  });
  await waitFor({
    what: `the payment pods on ${node}, and only those, to crash`,
    withinSeconds: 180,
    everyMilliseconds: 1000,
    check: async () => {
      const pods = await podsOf({ namespace: 'payments', label: 'app=payment-service' });
      const crashing = pods.filter((pod) => reasonsOf(pod).includes('CrashLoopBackOff'));
      const here = crashing.filter(({ spec }) => spec.nodeName === node);
      return (
        (here.length >= 2 && here.length === crashing.length) ||
        `crashing: ${crashing.map(({ spec }) => spec.nodeName).join(', ') || 'none'}`
      );
    },
  });
  await waitForNodeCondition({ node, ready: 'True', withinSeconds: 10 });
  const others = (await kubeProxies()).filter(({ spec }) => spec.nodeName !== node).flatMap(reasonsOf);
  if (others.includes('OOMKilled'))
    throw new Error(`Expected the kernel to kill kube-proxy on ${node} only, and it did elsewhere too. Tune the limit in kube-proxy.yaml.`);
}

async function heal(): Promise<void> {
  await kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--timeout=300s');
  await tryInHost(node, ['iptables', '--table', 'nat', '--flush', retiredChain]);
  await tryInHost(node, ['iptables', '--table', 'nat', '--delete-chain', retiredChain]);
  // New pods instead of old ones that wait out their back-off.
  await kubectl('delete', 'pods', '--namespace=kube-system', '--selector=k8s-app=kube-proxy', `--field-selector=spec.nodeName=${node}`);
  await kubectl('delete', 'pods', '--namespace=payments', '--selector=app=payment-service', `--field-selector=spec.nodeName=${node}`);
  await applyShop();
}

function kubeProxies(): Promise<readonly Pod[]> {
  return podsOf({ namespace: 'kube-system', label: 'k8s-app=kube-proxy' });
}

/** In small groups, as deployments do it: one big change would cost every node as much memory as a new start. */
async function addServices({
  prefix,
  endpoints,
  count,
  atOnce,
}: Omit<Batch, 'from' | 'to'> & { readonly count: number; readonly atOnce: number }): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    await applyObjects(services({ prefix, endpoints, from, to: from + atOnce }));
    await pause(700);
  }
}

interface Batch {
  readonly prefix: string;
  readonly endpoints: number;
  readonly from: number;
  readonly to: number;
}

function services({ prefix, endpoints, from, to }: Batch): readonly object[] {
  const numbers = Array.from({ length: to - from }, (_, index) => String(from + index).padStart(3, '0'));
  return numbers.flatMap((number) => {
    const name = `${prefix}-${number}`;
    return [
      { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports: [{ name: 'http', port: 8080 }] } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        addressType: 'IPv4',
        metadata: { name: `${name}-machines`, namespace, labels: { 'kubernetes.io/service-name': name } },
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        endpoints: Array.from({ length: endpoints }, (_, index) => ({
          addresses: [`172.31.251.${1 + index}`],
          conditions: { ready: true },
        })),
      },
    ];
  });
}

function retiredBalancer(): string {
  const rules = Array.from(
    { length: retiredRules },
    (_, index) =>
      `-A ${retiredChain} -d 192.0.2.${index % 250}/32 -p tcp -m tcp --dport ${1000 + index} -j DNAT --to-destination 198.51.100.${index % 250}:8080`,
  );
  return ['*nat', `:${retiredChain} - [0:0]`, ...rules, 'COMMIT', ''].join('\n');
}

/** Work that makes the other two nodes fuller, so that the scheduler puts two of the four payment pods on this one. */
function reportPod(nodeName: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `report-${nodeName}`, namespace, labels: { app: 'report' } },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': nodeName },
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'report',
          image: `${imageRegistry}/shop/checkout:1.18.2`,
          command: ['/bin/sleep', '86400'],
          resources: { requests: { cpu: '1200m', memory: '16Mi' }, limits: { memory: '32Mi' } },
        },
      ],
    },
  };
}

export const scenario: Scenario = {
  name: 'kube-proxy-out-of-memory',
  story:
    'An onboarding of 40 Services pushes kube-proxy on one node over its memory limit: the kernel kills it again and again, the service rules of the node stay incomplete, and the payment pods there lose their database two minutes after an innocent rollout.',
  break: breakNode,
  symptom,
  alert: 'PaymentServiceErrorRate',
  canLookInside: true,
  isImportant: true,
  expectation: { outcome: 'explained', failureMode: 'kube-proxy-rules-incomplete', subject: { kind: 'Node', name: node } },
  heal,
  recordedAs: 'the-seed',
};
