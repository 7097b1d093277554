import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { citeEnd, crashedContainers } from '../../domain/container-evidence.ts';
import { crashLooping, exampleNode, examplePod, imagePulling } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { pullFailures } from '../../domain/image-pull.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';

/** The image, or the program in it, was built for another processor than the node has. */
export const wrongArchitecture = defineFailureMode({
  id: 'wrong-architecture',
  title: 'The image was built for another processor architecture',
  role: 'cause',
  explanation: {
    whatItIs: 'The kernel cannot run the program, or the registry has no variant of the image for the architecture of the node.',
    howItLooks:
      '"exec format error" in the log or in the state of the container; or an image pull that fails with "no match for platform in manifest".',
    whyItHappens:
      'An image built on an arm64 laptop runs on amd64 nodes or the other way round; a new node pool with another processor joined; an entry script lost its first line.',
    whatStopsTheBleeding: 'Roll back to an image that runs, or keep the pods on nodes of the right architecture.',
    whatFixesIt: 'Build the image for every architecture that the cluster has, and roll out again.',
    howToPreventIt: 'Build multi-platform images, and select nodes by kubernetes.io/arch where that is not possible.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-arch',
    'https://github.com/opencontainers/image-spec/blob/main/image-index.md',
  ],
  needs: ['replicas'],
  helpedBy: ['events', 'log-clues', 'nodes'],
  explains: ['bad-revision', 'job-backoff-limit', 'job-failed'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const pulls = pullFailures(facts.replicas.failing, facts.events, facts.now).filter(({ verdict }) => verdict === 'wrong-platform');
    const starts = facts.replicas.failing.flatMap((replica) =>
      crashedContainers(replica).flatMap(({ container, end }): Sighting[] => {
        const said = facts['log-clues']?.find(
          (clue) => clue.kind === 'exec-format' && clue.replica === replica && clue.container === container,
        );
        const isSaid = /exec format error/i.test(end.message ?? '');
        return said === undefined && !isSaid
          ? []
          : [{ replica, citations: [citeEnd(replica.pod, container), ...(said === undefined ? [] : [said.citation])] }];
      }),
    );
    return byWorkload<Sighting>([...pulls, ...starts]).map((group) => {
      const architectures = group.flatMap(({ replica }): Claim[] => {
        const node = facts.nodes?.named(undefined, replica.pod.spec.nodeName);
        const architecture = node?.status.nodeInfo.architecture;
        return node === undefined || architecture === undefined
          ? []
          : [claim(`${node.metadata.name} is ${architecture}.`, citeObject(node, `status.nodeInfo.architecture: ${architecture}`))];
      });
      const says = `${countOf(group)} cannot run the program: it was built for another architecture than the node has.`;
      return findingOf(group, {
        weight: 'conclusive',
        because: [claimOfAll(says, group), ...architectures.slice(0, 1)],
        wouldSettle: ['crane manifest <image>'],
      });
    });
  },

  recognises: [
    {
      story: 'The program starts and the kernel refuses it; only the log says so.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'exec /usr/local/bin/cart: exec format error' }],
        nodes: [exampleNode({ name: 'node-1', status: { nodeInfo: { architecture: 'amd64' } } })],
      },
    },
    {
      story: 'The registry has no variant for the node.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            labels: { 'pod-template-hash': '7f9' },
            status: imagePulling('failed to pull and unpack image: no match for platform in manifest: not found', 'ErrImagePull'),
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The program crashes for a reason of its own.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'Error: invalid date format' }],
      },
    },
    {
      story: 'Nodes of two architectures, and all is well.',
      given: { pods: [examplePod({ name: 'cart-7f9-a' })], nodes: [exampleNode({ name: 'node-1' })], 'container-logs': [] },
    },
  ],
});
