import { citeObject, claimFromAll } from '../../domain/citation.ts';
import { examplePod, imagePulling } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { pullFailures, registryOf } from '../../domain/image-pull.ts';
import type { Replica } from '../../domain/replica.ts';
import { sharedPlace } from '../../domain/replica-place.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { subject } from '../../domain/subject.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The node does not get as far as asking for the image: the registry's name does not resolve, or it cannot be reached or trusted. */
export const registryUnreachable = defineFailureMode({
  id: 'registry-unreachable',
  title: 'The image registry cannot be reached',
  role: 'cause',
  explanation: {
    whatItIs: 'The node cannot talk to the registry: its name does not resolve, the connection fails, or its certificate is not trusted.',
    howItLooks: 'ErrImagePull with "no such host", "i/o timeout", "connection refused", "TLS handshake timeout", "x509" or a 5xx answer.',
    whyItHappens:
      'A registry outage, an egress rule, a proxy or DNS server of the node, an expired certificate, or a misspelt registry host.',
    whatStopsTheBleeding: 'Do not restart or move what still runs, for it would have to pull; keep replicas on nodes that hold the image.',
    whatFixesIt: 'Restore the path from node to registry, or point the image at a mirror that can be reached.',
    howToPreventIt: 'Keep a pull-through mirror near the cluster, and watch the registry from the nodes and not from outside.',
  },
  sources: ['https://kubernetes.io/docs/concepts/containers/images/', 'https://github.com/containerd/containerd/blob/main/docs/hosts.md'],
  needs: ['replicas'],
  helpedBy: ['events', 'nodes'],
  explains: ['bad-revision', 'job-deadline-exceeded'],
  mitigations: [],

  recognise(facts) {
    const seen = pullFailures(facts.replicas.failing, facts.events, facts.now).filter(({ verdict }) => verdict === 'unreachable');
    return byWorkload(seen, ({ image }) => registryOf(image)).map((group) => {
      const [{ image, words }] = group;
      const registry = registryOf(image);
      const isUnknownName = /no such host/i.test(words);
      const nodes = [...new Set(group.flatMap(({ replica }) => replica.pod.spec.nodeName ?? []))];
      const place = sharedPlace(
        group.map(({ replica }) => replica),
        facts.replicas,
        facts.nodes,
      );
      const elsewhere = claimFromAll(
        `Replicas outside of ${place?.place ?? 'there'} that came at the same time have pulled it: it is the way from there.`,
        sameAge(group, place?.healthy ?? [])
          .slice(0, 3)
          .map(({ pod }) => citeObject(pod, `Ready on ${pod.spec.nodeName ?? '?'}`, pod.metadata.creationTimestamp)),
      );
      return findingOf(group, {
        weight: 'strong',
        because: [
          claimOfAll(
            `${countOf(group)} cannot pull ${image}: ${isUnknownName ? `the name ${registry} does not resolve` : `${registry} cannot be reached`}.`,
            group,
          ),
          ...(elsewhere === undefined ? [] : [elsewhere]),
        ],
        blames: (place?.nodes ?? []).map((node) => subject('Node', undefined, node)),
        wouldSettle: nodes.slice(0, 1).map((node) => shellCommand`ssh ${node} ${shellCommand`curl -sSI https://${registry}/v2/`}`),
      });
    });
  },

  recognises: [
    {
      story: 'The name of the registry does not resolve on the node.',
      given: {
        pods: [
          pulling(
            'failed to do request: Head "https://registry.example/v2/cart/manifests/1": dial tcp: lookup registry.example on 10.0.0.2:53: no such host',
          ),
        ],
      },
    },
    {
      story: 'The registry does not answer.',
      given: {
        pods: [pulling('failed to do request: Head "https://registry.example/v2/cart/manifests/1": dial tcp 10.9.9.9:443: i/o timeout')],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The certificate of the registry has expired.',
      given: { pods: [pulling('tls: failed to verify certificate: x509: certificate has expired or is not yet valid')] },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The registry answers that it has no such image.',
      given: { pods: [pulling('failed to resolve reference "registry.example/cart:1": registry.example/cart:1: not found')] },
    },
    {
      story: 'The registry answers that there were too many requests.',
      given: { pods: [pulling('429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.')] },
    },
    {
      story: 'The container itself cannot reach something.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            status: { state: { waiting: { reason: 'CrashLoopBackOff', message: 'dial tcp 10.9.9.9:443: i/o timeout' } } },
          }),
        ],
      },
    },
  ],
});

/** Older ones may have pulled while the registry could still be reached. */
function sameAge(group: readonly Sighting[], healthy: readonly Replica[]): readonly Replica[] {
  const madeAt = ({ pod }: Replica): number => pod.metadata.creationTimestamp ?? 0;
  const first = Math.min(...group.map(({ replica }) => madeAt(replica)));
  return healthy.filter((replica) => madeAt(replica) >= first);
}

function pulling(message: string): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    phase: 'Pending',
    labels: { 'pod-template-hash': '7f9' },
    container: { image: 'registry.example/cart:1' },
    status: imagePulling(message),
  });
}
