import { kubectl, tryKubectl } from '../cluster/kubectl.ts';
import { inOwnNamespace } from '../framework/own-namespace.ts';
import { waitForObject } from '../framework/symptoms.ts';

const namespace = 'old-campaign';

interface Terminating {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export const scenario = inOwnNamespace({
  name: 'namespace-stuck',
  story: 'A namespace is deleted, and one object in it has a finalizer whose controller was uninstalled before.',
  namespace,
  objects: [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'banner', finalizers: ['campaigns.example.com/unpublish'] },
      data: { text: 'spring' },
    },
  ],
  breakThen: async () => {
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  },
  symptom: () =>
    waitForObject<Terminating>({
      what: 'the namespace to be stuck for ten minutes',
      of: ['namespace', namespace],
      withinSeconds: 700,
      holds: ({ metadata, status }) =>
        Date.parse(metadata.deletionTimestamp ?? '') < Date.now() - 610_000 &&
        (status.conditions ?? []).some(({ type, status: is }) => type === 'NamespaceFinalizersRemaining' && is === 'True'),
    }),
  healFirst: async () => {
    await tryKubectl(
      'patch',
      'configmap',
      'banner',
      `--namespace=${namespace}`,
      '--type=merge',
      '--patch={"metadata":{"finalizers":null}}',
    );
  },
  expectation: { outcome: 'explained', failureMode: 'namespace-stuck-terminating', subject: { kind: 'Namespace', name: namespace } },
});
