import { type Claim, citeList, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { citeEvent, eventsSince } from '../../domain/event-index.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod, imagePulling } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { pullFailures, registryOf, repositoryOf } from '../../domain/image-pull.ts';
import type { Secret, ServiceAccount } from '../../domain/kubernetes/storage.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The registry knows the caller too little to hand out the image: no credentials, wrong ones, or ones without this right. */
export const imagePullCredentialsRefused = defineFailureMode({
  id: 'image-pull-credentials-refused',
  title: 'The registry refuses the credentials for the image',
  role: 'cause',
  explanation: {
    whatItIs:
      'The node asks the registry for the image and is turned away: the pull secret is missing, expired, for another registry, or lacks the right to this repository.',
    howItLooks: 'ErrImagePull or ImagePullBackOff with "unauthorized", "authentication required", "403 Forbidden" or "pull access denied".',
    whyItHappens:
      'A rotated token, a pull secret that was never copied into the namespace, a service account without imagePullSecrets, a node role that lost its right.',
    whatStopsTheBleeding: 'Do not restart what still runs: replicas on nodes that hold the image go on serving. Put the pull secret back.',
    whatFixesIt: 'Create or renew the pull secret and name it in the pod template or the service account.',
    howToPreventIt: 'Renew registry tokens by machine, and alert on the first failed pull and not on the missing replica.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/',
    'https://kubernetes.io/docs/concepts/containers/images/#using-a-private-registry',
  ],
  needs: ['replicas'],
  helpedBy: ['events', 'secrets', 'serviceaccounts'],
  explains: ['bad-revision', 'job-deadline-exceeded'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const failures = pullFailures(facts.replicas.failing, facts.events, facts.now).filter(
      ({ verdict }) => verdict === 'denied' || verdict === 'denied-or-missing',
    );
    const seen = failures.map((failure) => {
      const named = pullSecretsOf(failure.replica, facts.serviceaccounts);
      const missing = missingSecretClaims(failure.replica, named, facts.secrets);
      const untaken = eventsSince(facts.events, failure.replica.pod, failure.replica.pod.metadata.creationTimestamp)
        .filter((event) => event.reason === 'FailedToRetrieveImagePullSecret')
        .map((event) => claim(`The kubelet could not read the pull secret of ${failure.replica.pod.metadata.name}.`, citeEvent(event)));
      return { ...failure, named, proofs: [...missing, ...untaken] };
    });
    return byWorkload(seen, (failure) => failure.image).map((group) => {
      const [{ image, verdict, named, proofs }] = group;
      const isOfficial = !repositoryOf(image)
        .replace(/^docker\.io\/(library\/)?/, '')
        .includes('/');
      const says = `${countOf(group)} cannot pull ${image}: ${registryOf(image)} refuses ${named.length > 0 ? `the credentials (${named.join(', ')})` : 'a caller without pull secret'}.`;
      const isProven = proofs.length > 0 || verdict === 'denied';
      const isMaybeMissing = verdict === 'denied-or-missing' && proofs.length === 0;
      return findingOf(group, {
        weight: isMaybeMissing ? (isOfficial ? 'weak' : named.length > 0 ? 'strong' : 'likely') : isProven ? 'conclusive' : 'strong',
        because: [claimOfAll(says, group), ...proofs],
        against: isMaybeMissing ? [claimOfAll('The registry leaves open whether the image exists at all.', group)] : [],
        wouldSettle: [shellCommand`skopeo inspect --creds … docker://${image}`],
      });
    });
  },

  recognises: [
    {
      story: 'A private registry answers 401, and the template names no pull secret.',
      given: {
        pods: [
          pulling(
            'failed to pull and unpack image "registry.example/shop/cart:1": failed to resolve reference: failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized',
          ),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The pull secret that the template names does not exist, and the registry will not say whether the image does.',
      given: {
        pods: [pulling('pull access denied, repository does not exist or may require authorization', ['regcred'])],
        secrets: [{ metadata: { name: 'other', namespace: 'shop' }, type: 'Opaque' }],
      },
    },
    {
      story: 'The kubelet says that it could not retrieve the secret.',
      given: {
        pods: [pulling('denied: requested access to the resource is denied', ['regcred'])],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'FailedToRetrieveImagePullSecret',
            message: 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
          }),
        ],
      },
    },
    {
      story: 'The registry answered 401 forty minutes ago; since then the kubelet had words for its back-off only.',
      given: {
        pods: [pulling('Back-off pulling image "registry.example/shop/cart:1"')],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'Failed',
            minutesAgo: 40,
            message:
              'Failed to pull image "registry.example/shop/cart:1": failed to fetch anonymous token: unexpected status: 401 Unauthorized',
          }),
        ],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The tag does not exist.',
      given: { pods: [pulling('failed to resolve reference "registry.example/shop/cart:1": registry.example/shop/cart:1: not found')] },
    },
    {
      story: 'The registry does not answer in time.',
      given: { pods: [pulling('Get "https://registry.example/v2/": dial tcp 10.9.9.9:443: i/o timeout')] },
    },
    {
      story: 'A pod runs although a pull secret is missing: the image was on the node.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', spec: { imagePullSecrets: [{ name: 'regcred' }] } })],
        secrets: [{ metadata: { name: 'other', namespace: 'shop' } }],
      },
    },
  ],
});

function pullSecretsOf({ pod }: Replica, accounts: Collection<ServiceAccount> | undefined): readonly string[] {
  const account = accounts?.named(pod.metadata.namespace, pod.spec.serviceAccountName ?? 'default');
  return [...new Set([...pod.spec.imagePullSecrets, ...(account?.imagePullSecrets ?? [])].flatMap((each) => each.name ?? []))];
}

/** A namespace in which no Secret at all was read says nothing about the one that is looked for. */
function missingSecretClaims({ pod }: Replica, named: readonly string[], secrets: Collection<Secret> | undefined): readonly Claim[] {
  const { namespace } = pod.metadata;
  if (secrets === undefined || !secrets.isComplete(namespace) || secrets.inNamespace(namespace).length === 0) return [];
  return named
    .filter((name) => secrets.named(namespace, name) === undefined)
    .map((name) =>
      claim(`The pull secret ${name} does not exist in namespace ${namespace}.`, citeList('secrets', namespace, `no Secret ${name}`)),
    );
}

function pulling(message: string, pullSecrets: readonly string[] = []): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    container: { image: 'registry.example/shop/cart:1' },
    spec: { imagePullSecrets: pullSecrets.map((name) => ({ name })) },
    status: imagePulling(message),
  });
}
