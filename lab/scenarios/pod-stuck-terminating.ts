import { kubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { podsOf } from '../framework/shop.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'broker';
const finalizer = 'queues.example.com/drained';

interface Pods {
  readonly items: readonly { readonly metadata: { readonly deletionTimestamp?: string } }[];
}

export const scenario = inOwnNamespace({
  name: 'pod-stuck-terminating',
  story: 'A pod has a finalizer of an operator that was uninstalled; it is deleted and never goes.',
  namespace,
  objects: [workload('queue', { kind: 'StatefulSet', spec: { serviceName: 'queue', replicas: 1 } })],
  breakThen: async () => {
    await kubectl('rollout', 'status', 'statefulset/queue', `--namespace=${namespace}`, '--timeout=60s');
    await kubectl(
      'patch',
      'pod',
      'queue-0',
      `--namespace=${namespace}`,
      '--type=merge',
      `--patch={"metadata":{"finalizers":["${finalizer}"]}}`,
    );
    await kubectl('delete', 'pod', 'queue-0', `--namespace=${namespace}`, '--wait=false');
  },
  symptom: () =>
    waitForObject<Pods>({
      what: 'the pod to be overdue by more than a minute',
      of: ['pods', `--namespace=${namespace}`],
      holds: ({ items }) => items.some(({ metadata }) => Date.parse(metadata.deletionTimestamp ?? '') < Date.now() - 80_000),
    }),
  healFirst: async () => {
    for (const { metadata } of await podsOf({ namespace, label: 'app=queue' }))
      await kubectl('patch', 'pod', metadata.name, `--namespace=${namespace}`, '--type=merge', '--patch={"metadata":{"finalizers":null}}');
  },
  expectation: { outcome: 'explained', failureMode: 'stuck-terminating', subject: { kind: 'StatefulSet', name: 'queue' } },
});
