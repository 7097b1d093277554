import { type Claim, citeList, claim } from '../../domain/citation.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleDeployment, examplePod, exampleRefusal } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { refusalFinding, refusedCreations } from '../../domain/refused-creations.ts';

/** The template names a ServiceAccount that the namespace does not have, so the API server refuses its pods. */
export const serviceAccountMissing = defineFailureMode({
  id: 'service-account-missing',
  title: 'The ServiceAccount that the pods run as does not exist',
  role: 'cause',
  explanation: {
    whatItIs: 'The pod template runs as a ServiceAccount that does not exist in the namespace; the API server refuses to create such pods.',
    howItLooks: 'Fewer pods than wanted, and FailedCreate events on the ReplicaSet: "serviceaccount … not found".',
    whyItHappens: 'The account was deleted, belongs to another namespace, or is created by a chart or operator that failed.',
    whatStopsTheBleeding:
      'Create the ServiceAccount again, or roll back to the revision that runs as one that exists. Do not delete running pods: they cannot be replaced.',
    whatFixesIt: 'Create the ServiceAccount with its role bindings, or correct serviceAccountName.',
    howToPreventIt: 'Ship the account together with the workload.',
  },
  sources: ['https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/'],
  needs: ['replicas'],
  helpedBy: ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'events', 'serviceaccounts'],
  explains: ['bad-revision'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    return refusedCreations(facts).flatMap((refused) => {
      const name = /serviceaccount "(?:[^"/]+\/)?([^"]+)" not found/i.exec(refused.words)?.[1];
      if (name === undefined) return [];
      const { namespace } = refused.workload;
      const accounts = facts.serviceaccounts;
      if (accounts?.named(namespace, name) !== undefined) return [];
      const absent: readonly Claim[] =
        accounts === undefined || !accounts.isComplete(namespace) || accounts.inNamespace(namespace).length === 0
          ? []
          : [
              claim(
                `Namespace ${namespace} has no ServiceAccount ${name}.`,
                citeList('serviceaccounts', namespace, `no ServiceAccount ${name}`),
              ),
            ];
      const says = `${refused.missing} replicas of ${refused.workload.name} cannot be created: ServiceAccount ${name} does not exist in namespace ${namespace}.`;
      return [refusalFinding(refused, { weight: 'conclusive', because: [claim(says, ...refused.citations), ...absent] })];
    });
  },

  recognises: [
    {
      story: 'The condition of the Deployment says which account is missing.',
      given: exampleRefusal(
        'pods "cart-5d4f8c7b9-" is forbidden: error looking up service account shop/cart: serviceaccount "cart" not found',
      ),
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A quota refuses the pods.',
      given: exampleRefusal(
        'pods "cart-5d4f8c7b9-" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
      ),
    },
    {
      story: 'The account was missing for a moment, and all replicas exist since.',
      given: {
        pods: [examplePod({ name: 'cart-5d4f8c7b9-a' }), examplePod({ name: 'cart-5d4f8c7b9-b' })],
        deployments: [exampleDeployment({ name: 'cart' }).deployment],
        replicasets: [exampleDeployment({ name: 'cart' }).replicaSet],
        events: [
          exampleEvent({
            about: { kind: 'ReplicaSet', name: 'cart-5d4f8c7b9' },
            reason: 'FailedCreate',
            message: 'serviceaccount "cart" not found',
            minutesAgo: 12,
          }),
        ],
      },
    },
  ],
});
