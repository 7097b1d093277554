import { errandImage, inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPodReason } from '../framework/shop.ts';

const namespace = 'autopilot';

export const scenario = inOwnNamespace({
  name: 'account-may-not-list',
  story: 'The new version of an operator lists ConfigMaps, and its role was not extended.',
  namespace,
  objects: [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'steward' } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'steward' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'steward' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'steward' },
      subjects: [{ kind: 'ServiceAccount', name: 'steward', namespace }],
    },
    workload('steward', {
      container: { image: errandImage, args: ['ask', `/api/v1/namespaces/${namespace}/configmaps`] },
      pod: { serviceAccountName: 'steward' },
    }),
  ],
  symptom: () => waitForPodReason({ namespace, label: 'app=steward', reasons: ['CrashLoopBackOff'] }),
  expectation: { outcome: 'explained', failureMode: 'permissions-denied-to-workload', subject: { kind: 'Deployment', name: 'steward' } },
});
