import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { citeEnd, crashedContainers } from '../../domain/container-evidence.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import { byWorkload, claimOfAll, countOf, findingOf, healthySiblings } from '../../domain/sightings.ts';

/** Containers of a pod share one network: the second that opens a port is refused it. */
export const containerPortConflict = defineFailureMode({
  id: 'container-port-conflict',
  title: 'Two containers of a pod want the same port',
  role: 'cause',
  explanation: {
    whatItIs:
      'The containers of a pod share their network; a port that one of them has opened is taken for the others. With hostNetwork that holds for the whole node.',
    howItLooks: 'One container runs and the other crashes with "address already in use".',
    whyItHappens:
      'A sidecar or exporter on the default port of the application, a copied container, an old process of the same container that has not let go, hostNetwork beside another program.',
    whatStopsTheBleeding: 'Roll back to the revision without the second container.',
    whatFixesIt: 'Give each container a port of its own.',
    howToPreventIt: 'Declare the ports of all containers, and check templates for duplicates.',
  },
  sources: ['https://kubernetes.io/docs/concepts/workloads/pods/#pod-networking'],
  needs: ['replicas', 'log-clues'],
  helpedBy: [],
  explains: ['bad-revision', 'readiness-probe-misconfigured', 'liveness-probe-misconfigured'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      crashedContainers(replica).flatMap(({ container }) => {
        const clue = facts['log-clues'].find(
          (each) => each.kind === 'port-in-use' && each.replica === replica && each.container === container && each.isNearEnd,
        );
        // Without another container that can have it, a port of the node's own network is somebody else's on the node.
        const isOfNode = replica.pod.spec.hostNetwork === true && replica.pod.spec.containers.length === 1;
        return clue === undefined || isOfNode
          ? []
          : [{ replica, container, clue, citations: [clue.citation, citeEnd(replica.pod, container)] as const }];
      }),
    );
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ replica, container, clue }] = group;
      const others = declaring(replica.pod, container, clue.port);
      const isShared = replica.pod.spec.containers.length > 1 || replica.pod.spec.hostNetwork === true;
      const weight: Weight =
        others.length > 0
          ? 'conclusive'
          : isShared && healthySiblings(replica, facts.replicas.ofWorkload(replica.workload)).length === 0
            ? 'strong'
            : 'suggestive';
      return findingOf(group, {
        weight,
        because: [
          claimOfAll(`Container ${container} of ${countOf(group)} ends because port ${clue.port ?? 'that it wants'} is taken.`, group),
          ...others,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'An exporter beside the application declares the same port.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            isReady: false,
            labels: { 'pod-template-hash': '7f9' },
            container: { ports: [{ containerPort: 9090 }] },
            status: crashLooping({ exitCode: 1 }),
            spec: {
              containers: [
                { name: 'app', image: 'a:1', ports: [{ containerPort: 9090 }] },
                { name: 'exporter', image: 'e:1', ports: [{ containerPort: 9090 }] },
              ],
            },
          }),
        ],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'listen tcp :9090: bind: address already in use' },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A port below 1024 without the right to it.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 1 }) })],
        'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'listen tcp :80: bind: permission denied' }],
      },
    },
    {
      story: "The only container of a pod on its node's network finds the port taken.",
      given: {
        pods: [
          examplePod({
            name: 'cache-a',
            owner: { kind: 'DaemonSet', name: 'cache' },
            isReady: false,
            status: crashLooping({ exitCode: 1 }),
            spec: { hostNetwork: true },
          }),
        ],
        'container-logs': [
          { namespace: 'shop', pod: 'cache-a', container: 'app', text: 'listen tcp 169.254.20.10:53: bind: address already in use' },
        ],
      },
    },
    {
      story: 'It tried the next port and runs.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a' })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            text: 'listen tcp :9090: bind: address already in use\nlistening on :9091',
          },
        ],
      },
    },
  ],
});

function declaring(pod: Pod, container: string, port: number | undefined): readonly Claim[] {
  return [...pod.spec.containers, ...pod.spec.initContainers.filter((each) => each.restartPolicy === 'Always')]
    .filter((other) => other.name !== container && port !== undefined && other.ports.some((each) => each.containerPort === port))
    .map((other) =>
      claim(
        `Container ${other.name} of the same pod declares port ${port} as well.`,
        citeObject(pod, `spec.containers[${other.name}].ports: ${port}`),
      ),
    );
}
