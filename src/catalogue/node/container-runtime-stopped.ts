import { citeNodeCommand, type Claim, claim, claimFromAll } from '../../domain/citation.ts';
import { type Collection, groupBy } from '../../domain/collection.ts';
import { containerRefusals } from '../../domain/container-refusals.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleNode, examplePod, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding, type Weight } from '../../domain/failure-mode.ts';
import { clockTime, type Instant } from '../../domain/instant.ts';
import type { Event } from '../../domain/kubernetes/workload.ts';
import { isJoining, readyOf, unhealthyConditions } from '../../domain/node-conditions.ts';
import { brokenByLostNode, conditionClaim, nodeFinding } from '../../domain/node-finding.ts';
import type { Replicas } from '../../domain/replica.ts';
import { sharedPlace } from '../../domain/replica-place.ts';
import { subjectKey } from '../../domain/subject.ts';

/** The kubelet's own words when it cannot talk to the runtime, or when the runtime no longer lists its pods. */
const runtimeIsDown =
  /container runtime is down|container runtime not ready|container runtime status check may not have completed|PLEG is not healthy|runtime service is not (?:running|ready)|RuntimeReady=false/i;
const networkIsDown = /NetworkPluginNotReady|cni plugin not initialized|network plugin/i;
const runtimes = ['containerd', 'crio', 'cri-o', 'docker', 'cri-docker', 'cri-dockerd'];

export const containerRuntimeStopped = defineFailureMode({
  id: 'container-runtime-stopped',
  title: 'The container runtime of a node does not work',
  role: 'cause',
  explanation: {
    whatItIs:
      'containerd, CRI-O or Docker on the node does not run or does not answer the kubelet, so no container can be started, stopped or looked at.',
    howItLooks: 'The node is NotReady, and the message says "container runtime is down" or "PLEG is not healthy".',
    whyItHappens: 'The runtime crashed, hangs on storage or on too many containers, or its configuration was changed badly.',
    whatStopsTheBleeding: 'Cordon the node and let its pods be made elsewhere.',
    whatFixesIt:
      "On the machine: read the runtime's journal, repair what it names, and restart it; running containers survive a restart of containerd.",
    howToPreventIt: 'Roll changes of the runtime out one node at a time, and watch its unit and its latency.',
  },
  sources: ['https://kubernetes.io/docs/reference/node/node-status/#condition', 'https://kubernetes.io/docs/tasks/debug/debug-cluster/'],
  needs: ['nodes'],
  helpedBy: ['replicas', 'node-reports', 'events'],
  explains: brokenByLostNode,
  mitigations: ['cordon-node'],
  recognise(facts): readonly Finding[] {
    const found = facts.nodes.all.flatMap((node): readonly Finding[] => {
      const { name } = node.metadata;
      const ready = readyOf(node);
      const isSaid =
        ready?.status === 'False' &&
        !isJoining(node, facts.now) &&
        runtimeIsDown.test(ready.message ?? '') &&
        !networkIsDown.test(ready.message ?? '');
      const report = facts['node-reports']?.find((each) => each.node === name);
      const units = report?.units.filter((unit) => runtimes.includes(unit.unit)) ?? [];
      // A node runs one runtime; another one may be installed and off.
      const stopped = units.some((unit) => unit.state === 'active')
        ? undefined
        : units.find((unit) => ['failed', 'inactive', 'activating', 'deactivating'].includes(unit.state));
      const isOff = stopped !== undefined && (stopped.state !== 'inactive' || ready?.status !== 'True');
      const reported = unhealthyConditions(node, 'runtime');
      const because: readonly Claim[] = [
        ...(isOff
          ? [
              claim(
                `${stopped.unit} on ${name} is ${stopped.state}${stopped.since === undefined ? '' : ` since ${clockTime(stopped.since)}`}.`,
                citeNodeCommand(name, stopped.command, `${stopped.unit}: ${stopped.state} ${stopped.result ?? ''}`.trim()),
              ),
            ]
          : []),
        ...(isSaid && ready !== undefined
          ? [conditionClaim(node, ready, `The kubelet of ${name} says that its container runtime does not answer.`)]
          : []),
        ...reported.map((condition) => conditionClaim(node, condition, `${name} reports ${condition.type}.`)),
      ];
      const [first, ...more] = because;
      if (first === undefined) return [];
      return [
        nodeFinding(
          {
            node: name,
            weight: isOff || isSaid ? 'conclusive' : ready?.status === 'True' ? 'suggestive' : 'strong',
            because: [first, ...more],
            since: stopped?.since ?? (isSaid ? ready?.lastTransitionTime : reported[0]?.lastTransitionTime),
            wouldSettle: isOff ? [] : ['On the machine: "systemctl status containerd" (or crio, docker) and "crictl info".'],
          },
          facts.replicas,
        ),
      ];
    });
    const told = new Set(found.map(({ subject: { name } }) => name));
    return [...found, ...hanging(facts).filter(({ subject: { name } }) => !told.has(name))];
  },
  recognises: [
    {
      story: 'The kubelet says that its runtime is down.',
      given: { nodes: [saysThat('[container runtime is down, PLEG is not healthy: pleg was last seen active 3m1s ago]', 3)] },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story:
        'The node is Ready; containers of two workloads cannot be made there, because the runtime never came to an end with the first try.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          refused('cart-1-a', 'failed to reserve container name "app_cart_0": name "app_cart_0" is reserved for "77aa01bc"'),
          refused('pay-1-a', 'context deadline exceeded'),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'The machine joined four minutes ago and was Ready, and then its runtime stopped.',
      given: {
        nodes: [{ ...saysThat('container runtime is down', 1), metadata: { name: 'node-1', creationTimestamp: minutesAgo(4) } }],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'What did not answer in time is the network plugin.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          refused('cart-1-a', 'failed to setup network for sandbox "1f": plugin type="calico" failed (add): context deadline exceeded'),
        ],
      },
    },
    {
      story: 'Docker is installed and off; containerd runs.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        'node-commands': [
          { node: 'node-1', command: 'systemctl status docker', output: '○ docker.service - Docker\n     Active: inactive (dead)' },
          {
            node: 'node-1',
            command: 'systemctl status containerd',
            output: '● containerd.service - containerd\n     Active: active (running) since Sun 2026-02-01 09:52:00 UTC; 28 days ago',
          },
        ],
      },
    },
    {
      story: 'The runtime works and the network plugin is missing.',
      given: {
        nodes: [
          exampleNode({
            name: 'node-1',
            status: {
              conditions: [
                {
                  type: 'Ready',
                  status: 'False',
                  reason: 'KubeletNotReady',
                  message:
                    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
                },
              ],
            },
          }),
        ],
      },
    },
  ],
});

/** Node node-1, not Ready for so many minutes, with the kubelet's words. */
function saysThat(message: string, minutes: number): ReturnType<typeof exampleNode> {
  const ready = { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message, lastTransitionTime: minutesAgo(minutes) };
  return exampleNode({ name: 'node-1', status: { conditions: [ready] } });
}

/** The runtime answers, and does not come to an end with what it is told to do. */
const hangs = /name "[^"]{1,300}" is reserved for "|context deadline exceeded$|code = DeadlineExceeded/;
const isSomebodyElses = /pull|plugin type=|network for sandbox|attach|mount|volume/i;

function hanging(facts: {
  readonly now: Instant;
  readonly replicas: Replicas | undefined;
  readonly events: Collection<Event> | undefined;
}): readonly Finding[] {
  const { replicas } = facts;
  if (replicas === undefined) return [];
  const seen = containerRefusals(facts).filter(({ text }) => hangs.test(text.trim()) && !isSomebodyElses.test(text));
  return [...groupBy(seen, ({ replica }) => replica.pod.spec.nodeName)].flatMap(([node, group]): readonly Finding[] => {
    const suffering = [...new Set(group.map(({ replica }) => replica))];
    const because = claimFromAll(
      `The container runtime of ${node ?? '?'} does not come to an end with what it is told to do: ${(group[0]?.text ?? '').slice(0, 200)}`,
      group.slice(0, 4).map(({ citation }) => citation),
    );
    if (node === undefined || because === undefined) return [];
    const isShared = new Set(suffering.map(({ workload }) => subjectKey(workload))).size > 1;
    const weight: Weight = isShared ? 'strong' : sharedPlace(suffering, replicas, undefined) === undefined ? 'suggestive' : 'likely';
    const since = suffering.flatMap(({ failingSince }) => failingSince ?? []);
    return [
      nodeFinding({ node, weight, because: [because], suffering, since: since.length === 0 ? undefined : Math.min(...since) }, replicas),
    ];
  });
}

function refused(name: string, message: string): ReturnType<typeof examplePod> {
  return examplePod({ name, isReady: false, phase: 'Pending', status: waitingFor('CreateContainerError', message) });
}
