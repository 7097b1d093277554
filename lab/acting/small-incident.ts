import { applyObjects, kubectl, readObject, tryKubectl } from '../cluster/kubectl.ts';
import { type Pod, podsOf } from '../framework/shop.ts';
import { imageRegistry } from '../layout.ts';
import { waitFor } from '../run-program.ts';

/** A cheap incident in a namespace of its own: whatever runs on one node fails there, and is well elsewhere. */
export const faultsNamespace = 'acting-faults';
export const badNode = 'node-worker-3';
const label = 'app=picky';
export const replicas = 6;

/** Removes what an earlier run left, and makes an empty namespace. */
export async function createNamespace(): Promise<void> {
  await tryKubectl('uncordon', badNode);
  await removeNamespace();
  await applyObjects([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: faultsNamespace } }]);
}

export async function removeNamespace(): Promise<void> {
  await kubectl('delete', 'namespace', faultsNamespace, '--ignore-not-found', '--timeout=120s');
}

/** Two replicas on each of three nodes; those on the bad one crash. */
export async function createIncident(): Promise<void> {
  await applyObjects([picky('1')]);
  await waitForIncident();
}

/** The same Deployment in another release is another revision. */
export function picky(release: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'picky', namespace: faultsNamespace, labels: { app: 'picky' } },
    spec: {
      replicas,
      // A crashing container is Ready for a moment at each start, and a rollout would take that for success.
      minReadySeconds: 5,
      selector: { matchLabels: { app: 'picky' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 2 } },
      template: {
        metadata: { labels: { app: 'picky' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: { app: 'picky' } },
            },
          ],
          containers: [
            {
              name: 'picky',
              image: `${imageRegistry}/shop/checkout:1.18.2`,
              command: ['/bin/sh', '-c', `test "$NODE" = ${badNode} && { echo "cannot work here"; exit 1; }; exec sleep 86400`],
              env: [
                { name: 'RELEASE', value: release },
                { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
              ],
              resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: '32Mi' } },
            },
          ],
        },
      },
    },
  };
}

export async function waitForIncident(): Promise<void> {
  await waitFor({
    what: `two replicas to crash on ${badNode}, and the others to be well`,
    // A node that was down for a while takes minutes until it starts pods again.
    withinSeconds: 300,
    everyMilliseconds: 1000,
    check: async () => {
      const pods = await livingPods();
      const there = pods.filter(({ spec }) => spec.nodeName === badNode);
      const crashing = there.filter(isCrashing).length;
      const ready = pods.filter(isReady).length;
      return (
        (there.length === 2 && crashing === 2 && ready >= replicas - 2 && pods.length === replicas) ||
        `${pods.length} pods, ${there.length} there, ${crashing} crashing, ${ready} ready`
      );
    },
  });
}

/** Puts the incident back to its beginning after a mitigation and its undo: two replicas go to the bad node again. */
export async function beginAgain(): Promise<void> {
  const pods = await livingPods();
  const there = pods.filter(({ spec }) => spec.nodeName === badNode).length;
  const elsewhere = [...new Set(pods.map(({ spec }) => spec.nodeName))].filter((node) => node !== badNode);
  const moving = elsewhere.slice(0, 2 - there).flatMap((node) => pods.find(({ spec }) => spec.nodeName === node)?.metadata.name ?? []);
  if (moving.length > 0) await kubectl('delete', 'pods', '--namespace', faultsNamespace, ...moving);
  await waitForIncident();
}

async function livingPods(): Promise<readonly Pod[]> {
  const pods = (await podsOf({ namespace: faultsNamespace, label })) as readonly (Pod & {
    readonly metadata: { readonly deletionTimestamp?: string };
  })[];
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function isCrashing({ status }: Pod): boolean {
  return (status.containerStatuses ?? []).some(
    ({ state, restartCount }) => state.waiting?.reason === 'CrashLoopBackOff' || restartCount >= 2,
  );
}

function isReady({ status }: Pod): boolean {
  return (status.containerStatuses ?? []).length > 0 && (status.containerStatuses ?? []).every(({ ready }) => ready);
}

/** Whether the node takes pods. */
export async function isCordoned(node: string): Promise<boolean> {
  return (await readObject<{ readonly spec: { readonly unschedulable?: boolean } }>('node', node)).spec.unschedulable === true;
}

/** True: this very pod is gone, or on its way. */
export async function hasEnded({
  namespace,
  pod,
  uid,
}: {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
}): Promise<boolean> {
  const answer = await tryKubectl(
    'get',
    'pod',
    pod,
    '--namespace',
    namespace,
    '--output=jsonpath={.metadata.uid} {.metadata.deletionTimestamp}',
  );
  if (answer.status !== 0) return true;
  const [is, endsAt = ''] = answer.output.trim().split(' ');
  return is !== uid || endsAt !== '';
}
