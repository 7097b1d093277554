import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod, imagePulling } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { type PullFailure, pullFailures, repositoryOf } from '../../domain/image-pull.ts';
import type { Replicas } from '../../domain/replica.ts';
import { type AtLeastOne, byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/**
 * The image that the template names does not exist: wrong name, tag or digest. Registries that answer strangers "denied" for
 * what does not exist leave it open; then images of the same repository that do run, or credentials at hand, decide.
 */
export const imageReferenceWrong = defineFailureMode({
  id: 'image-reference-wrong',
  title: 'The image does not exist under this name, tag or digest',
  role: 'cause',
  explanation: {
    whatItIs: 'The pod template names an image that the registry does not have, or that is no valid image name.',
    howItLooks:
      'ErrImagePull, ImagePullBackOff or InvalidImageName in `kubectl get pods`; `kubectl describe pod` says "not found", "manifest unknown" or "invalid reference format".',
    whyItHappens:
      'A typing error, a tag that the pipeline never pushed or that was cleaned up, a digest of another repository, a renamed repository.',
    whatStopsTheBleeding: 'Roll back to the revision whose image exists; old replicas go on serving meanwhile.',
    whatFixesIt: 'Correct the reference, or push the missing image, and roll out again.',
    howToPreventIt:
      'Let the pipeline resolve the tag to a digest before it deploys, and keep tags that are in use out of registry clean-up.',
  },
  sources: ['https://kubernetes.io/docs/concepts/containers/images/', 'https://kubernetes.io/docs/reference/node/image-pull-failures/'],
  needs: ['replicas'],
  helpedBy: ['events', 'serviceaccounts'],
  explains: ['bad-revision', 'job-deadline-exceeded'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = pullFailures(facts.replicas.failing, facts.events, facts.now).flatMap((failure) => {
      const account = facts.serviceaccounts?.named(
        failure.replica.pod.metadata.namespace,
        failure.replica.pod.spec.serviceAccountName ?? 'default',
      );
      const hasCredentials = failure.replica.pod.spec.imagePullSecrets.length > 0 || (account?.imagePullSecrets.length ?? 0) > 0;
      const weight = weigh(failure, hasCredentials);
      return weight === undefined ? [] : [{ ...failure, weight }];
    });
    return byWorkload(seen, (failure) => failure.image).map((group) => {
      const [{ image, verdict, weight, container }] = group;
      const what =
        verdict === 'invalid-name'
          ? 'is no valid image name'
          : verdict === 'never-pulled'
            ? 'is not on the node and must not be pulled'
            : 'was not found';
      const says = `${countOf(group)} cannot start container ${container}: image ${image} ${what}.`;
      return findingOf(group, {
        weight,
        because: [claimOfAll(says, group), ...runningFromSameRepository(group, facts.replicas)],
        wouldSettle: weight === 'conclusive' ? [] : [shellCommand`skopeo inspect docker://${image}`],
      });
    });
  },

  recognises: [
    {
      story: 'A tag that was never pushed; containerd names it in the status of the container.',
      given: {
        pods: [
          pulling(
            'cart-7f9-a',
            'registry.example/shop/cart:v9',
            'Back-off pulling image "registry.example/shop/cart:v9": ErrImagePull: failed to resolve reference "registry.example/shop/cart:v9": registry.example/shop/cart:v9: not found',
          ),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'An older kubelet says why only in the event.',
      given: {
        pods: [pulling('cart-7f9-a', 'registry.example/cart:v9', 'Back-off pulling image "registry.example/cart:v9"')],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'Failed',
            message:
              'Failed to pull image "registry.example/cart:v9": rpc error: code = Unknown desc = manifest for registry.example/cart:v9 not found: manifest unknown',
          }),
        ],
      },
    },
    {
      story: 'A misspelt public image: the hub answers strangers that they may lack authorization, and nobody gave the pod credentials.',
      given: {
        pods: [
          pulling(
            'web-7f9-a',
            'ngimx:1.27',
            'ErrImagePull: failed to pull and unpack image "docker.io/library/ngimx:1.27": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
          ),
        ],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The registry refuses the credentials.',
      given: {
        pods: [
          pulling(
            'cart-7f9-a',
            'registry.example/cart:v9',
            'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
          ),
        ],
      },
    },
    {
      story: 'The name of the registry does not resolve.',
      given: {
        pods: [pulling('cart-7f9-a', 'registry.example/cart:v9', 'dial tcp: lookup registry.example on 10.0.0.2:53: no such host')],
      },
    },
    {
      story: 'A pull failed an hour ago and the container runs.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a' })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'Failed',
            minutesAgo: 58,
            message: 'Failed to pull image "registry.example/app:1": not found',
          }),
        ],
      },
    },
  ],
});

function weigh({ verdict, image }: PullFailure, hasCredentials: boolean): Weight | undefined {
  if (verdict === 'not-found' || verdict === 'invalid-name' || verdict === 'never-pulled') return 'conclusive';
  if (verdict !== 'denied-or-missing') return undefined;
  // Official images of the hub have no owner in their name and are never private.
  const isOfficial = !repositoryOf(image)
    .replace(/^docker\.io\/(library\/)?/, '')
    .includes('/');
  return isOfficial ? 'strong' : hasCredentials ? 'weak' : 'suggestive';
}

/** The same repository under another tag runs elsewhere: the name is right and the tag is not. */
function runningFromSameRepository([first]: AtLeastOne<PullFailure>, replicas: Replicas): readonly Claim[] {
  const running = replicas
    .ofWorkload(first.replica.workload)
    .find(
      (other) =>
        other.health === 'healthy' &&
        other.pod.spec.containers.some(
          (each) => each.image !== first.image && repositoryOf(each.image ?? '') === repositoryOf(first.image),
        ),
    );
  const image = running?.pod.spec.containers.find((each) => repositoryOf(each.image ?? '') === repositoryOf(first.image))?.image;
  return running === undefined
    ? []
    : [claim(`${image} of the same repository runs: the name is right, the tag is not.`, citeObject(running.pod, `image ${image}, Ready`))];
}

function pulling(name: string, image: string, message: string): ReturnType<typeof examplePod> {
  return examplePod({
    name,
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    container: { image },
    status: imagePulling(message),
  });
}
