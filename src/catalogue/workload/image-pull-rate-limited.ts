import { examplePod, imagePulling } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { pullFailures, registryOf } from '../../domain/image-pull.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** The registry, or the kubelet itself, allows no more pulls for the time being. */
export const imagePullRateLimited = defineFailureMode({
  id: 'image-pull-rate-limited',
  title: 'The registry allows no more pulls for now',
  role: 'cause',
  explanation: {
    whatItIs: 'The registry counts pulls per account or address, and the limit is reached; or the kubelet limits its own.',
    howItLooks: 'ErrImagePull with "toomanyrequests", "429 Too Many Requests", "pull rate limit" or "pull QPS exceeded".',
    whyItHappens:
      'Many nodes behind one address pull anonymously: a scale-up, a node replacement, or imagePullPolicy Always on a crashing pod.',
    whatStopsTheBleeding: 'Do not restart what still runs. Pull with an account that has a higher limit, or from a mirror.',
    whatFixesIt: 'Add credentials for the registry, or mirror the images that the cluster needs.',
    howToPreventIt: 'Use a pull-through cache, imagePullPolicy IfNotPresent and digests, so that restarts need no registry.',
  },
  sources: ['https://docs.docker.com/docker-hub/usage/pulls/', 'https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/'],
  needs: ['replicas'],
  helpedBy: ['events'],
  explains: ['bad-revision', 'job-deadline-exceeded'],
  mitigations: [],

  recognise(facts) {
    const seen = pullFailures(facts.replicas.failing, facts.events, facts.now).filter(({ verdict }) => verdict === 'rate-limited');
    return byWorkload(seen, ({ image }) => registryOf(image)).map((group) => {
      const [{ image, words }] = group;
      const who = /QPS exceeded/i.test(words)
        ? 'the kubelet limits its own pulls'
        : `${registryOf(image)} answers that there were too many pulls`;
      return findingOf(group, { weight: 'conclusive', because: [claimOfAll(`${countOf(group)} cannot pull ${image}: ${who}.`, group)] });
    });
  },

  recognises: [
    {
      story: 'Anonymous pulls from the hub reached the limit.',
      given: {
        pods: [
          pulling(
            'httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/redis/manifests/7: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
          ),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    { story: 'The registry refuses the credentials.', given: { pods: [pulling('unexpected status from GET request: 401 Unauthorized')] } },
    {
      story: 'The tag happens to be 429 and does not exist.',
      given: {
        pods: [
          pulling(
            'failed to resolve reference "docker.io/library/redis:429": docker.io/library/redis:429: not found',
            'docker.io/library/redis:429',
          ),
        ],
      },
    },
  ],
});

function pulling(message: string, image = 'redis:7'): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    container: { image },
    status: imagePulling(message),
  });
}
