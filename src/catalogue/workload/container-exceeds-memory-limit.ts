import { type Claim, citeObject, claim } from '../../domain/citation.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { crashLooping, exampleContainerMetric, exampleNode, examplePod, waitingFor } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { isKilledAgainAndAgain, type MemoryKillSighting, memoryKills } from '../../domain/memory-limit-kills.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import { parseQuantity, spokenBytes } from '../../domain/quantity.ts';
import { containerOf } from '../../domain/replica.ts';
import { type AtLeastOne, byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

const workersKilled = {
  namespace: 'shop',
  pod: 'cart-7f9-a',
  container: 'app',
  text: Array.from(
    { length: 4 },
    (_each, index) => `[1] [ERROR] Worker (pid:${218 + index}) was sent SIGKILL! Perhaps out of memory?`,
  ).join('\n'),
};

/**
 * The kernel kills a container because its own limit is reached. A machine that runs out of memory leaves the same reason in
 * the status: so a limit must exist, and a SystemOOM event of the node takes the certainty away.
 */
export const containerExceedsMemoryLimit = defineFailureMode({
  id: 'container-exceeds-memory-limit',
  title: 'A container needs more memory than its limit allows, and is killed',
  role: 'cause',
  explanation: {
    whatItIs: 'The container reached its memory limit, and the kernel killed it.',
    howItLooks:
      'OOMKilled with exit code 137 in the last state of the container, restarts, CrashLoopBackOff; the log ends without a word. Where the limit is too low to start at all: "container init was OOM-killed".',
    whyItHappens:
      'A limit that was right for a smaller load, data set or number of objects; a leak; a heap that is configured larger than the limit.',
    whatStopsTheBleeding: 'Raise the limit where the node has room; or roll back if the revision brought the hunger.',
    whatFixesIt: 'Size the limit from measured use with headroom, bound the heap below the limit, or repair the leak.',
    howToPreventIt:
      'Alert when the working set comes within a tenth of the limit, and review limits when the number of objects or the load grows.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    'https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/',
  ],
  needs: ['replicas'],
  helpedBy: ['log-clues', 'metrics', 'events', 'nodes', 'node-reports', 'judged-alert'],
  explains: [
    'bad-revision',
    'init-container-blocked',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'memory-growth-toward-limit',
    'job-backoff-limit',
    'job-failed',
    'dns-failing',
  ],
  mitigations: ['raise-memory-limit', 'roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.all.flatMap((replica) => memoryKills(replica, facts));
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ container, replica, victim }] = group;
      // What was killed once and is well again is a fact, but nobody suffers from it unless somebody says so. Workers that
      // die while the container is Ready are not over: callers lose their answers, and the API shows nothing of it.
      const isOver = victim !== 'child' && group.every((each) => each.replica.health === 'healthy');
      const isPaged = isNamedByAlert(facts['judged-alert']?.alert, {
        namespace: replica.workload.namespace,
        names: [replica.workload.name, replica.pod.metadata.name],
      });
      const isRepeated = group.some((each) => isKilledAgainAndAgain(each.replica, facts.now));
      const weight: Weight = !isOver ? group[0].weight : isPaged || isRepeated ? 'strong' : 'weak';
      const limit = containerOf(replica.pod, container)?.resources.limits['memory'];
      const where = `ontainer ${container} of ${countOf(group)}`;
      const says = {
        container: `C${where} was killed at its memory limit of ${limit ?? 'its pod'}.`,
        heap: `C${where} ran out of the memory that its own runtime allows${limit === undefined ? '' : ` (limit of the container: ${limit})`}.`,
        child: `Processes that c${where} starts are killed again and again at its memory limit of ${limit ?? 'its pod'}, while the container itself goes on.`,
      }[victim];
      return findingOf(group, {
        weight,
        because: [claimOfAll(says, group)],
        against: group.flatMap((each) => each.against).slice(0, 3),
        contributing: asksForLess(group),
        wouldSettle: [shellCommand`kubectl -n ${replica.pod.metadata.namespace} top pod ${replica.pod.metadata.name} --containers`],
      });
    });
  },

  recognises: [
    {
      story: 'A container with a limit is killed again and again.',
      given: { pods: [limited({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 137, reason: 'OOMKilled' }) })] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'A DaemonSet pod of the system was killed six minutes ago and runs again.',
      given: {
        pods: [
          limited({
            name: 'kube-proxy-x2k9m',
            namespace: 'kube-system',
            owner: { kind: 'DaemonSet', name: 'kube-proxy' },
            status: {
              restartCount: 1,
              state: { running: { startedAt: '2026-03-01T09:54:05Z' } },
              lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-03-01T09:54:00Z' } },
            },
          }),
        ],
      },
      finds: [{ kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' }],
    },
    {
      story: 'Ready at the moment, but killed every forty minutes since this morning.',
      given: {
        pods: [
          limited({
            name: 'cart-7f9-a',
            startedMinutesAgo: 380,
            status: { restartCount: 9, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(20) } } },
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The runtime says that its heap is full before the kernel has to act.',
      given: {
        pods: [limited({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 134 }) })],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            isPrevious: true,
            text: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
          },
        ],
      },
    },
    {
      story: 'Its workers are killed, one after the other, at the limit; the process that supervises them lives on.',
      given: {
        pods: [limited({ name: 'cart-7f9-a', isReady: false })],
        'container-logs': [workersKilled],
        metrics: [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', [125e6, 131e6, 126e6])],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The limit is too low for the runtime to start the program.',
      given: {
        pods: [
          limited({
            name: 'cart-7f9-a',
            isReady: false,
            status: crashLooping({
              exitCode: 128,
              reason: 'StartError',
              message:
                'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown',
            }),
          }),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'It is too low even for the sandbox.',
      given: {
        pods: [limited({ name: 'cart-7f9-a', isReady: false, phase: 'Pending', status: waitingFor('ContainerCreating') })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'FailedCreatePodSandBox',
            message:
              'Failed to create pod sandbox: rpc error: code = Unknown desc = container init was OOM-killed (memory limit too low?): unknown',
          }),
        ],
      },
    },
    {
      story: 'The same, and the container stays Ready: its probe is answered by the workers that are left.',
      given: {
        pods: [limited({ name: 'cart-7f9-a' })],
        'container-logs': [workersKilled],
        metrics: [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', [125e6, 131e6, 126e6])],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A Ready one recycles its workers, and there is memory left.',
      given: {
        pods: [limited({ name: 'cart-7f9-a' })],
        'container-logs': [workersKilled],
        metrics: [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', [60e6, 61e6, 60e6])],
      },
    },
    {
      story: 'A supervisor kills workers that hang, and there is memory left.',
      given: {
        pods: [limited({ name: 'cart-7f9-a', isReady: false })],
        'container-logs': [workersKilled],
        metrics: [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', [60e6, 61e6, 60e6])],
      },
    },
    {
      story: 'Killed nine times in its first days, and not since yesterday.',
      given: {
        pods: [
          limited({
            name: 'cart-7f9-a',
            startedMinutesAgo: 10_000,
            status: { restartCount: 9, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(1500) } } },
          }),
        ],
      },
    },
    {
      story: 'Exit code 137 without a word about memory: a probe or a person may have killed it.',
      given: { pods: [limited({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 137 }) })] },
    },
    {
      story: 'Killed last month and running since.',
      given: {
        pods: [
          limited({
            name: 'cart-7f9-a',
            status: {
              restartCount: 3,
              lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-02-01T00:00:00Z' } },
            },
          }),
        ],
      },
    },
    {
      story: 'The machine ran out: the container has no limit at all.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 137, reason: 'OOMKilled' }) })],
        nodes: [exampleNode({ name: 'node-1' })],
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'SystemOOM',
            message: 'System OOM encountered, victim process: cart, pid: 4711',
          }),
        ],
      },
    },
  ],
});

/** Requests far below the limit tell that somebody expected less. */
function asksForLess([{ replica, container }]: AtLeastOne<MemoryKillSighting>): readonly Claim[] {
  const resources = containerOf(replica.pod, container)?.resources;
  const [requested, limit] = [parseQuantity(resources?.requests['memory']), parseQuantity(resources?.limits['memory'])];
  if (requested === undefined || limit === undefined || requested >= limit) return [];
  return [
    claim(
      `It asks for ${spokenBytes(requested)} and may use ${spokenBytes(limit)}.`,
      citeObject(replica.pod, `resources.requests.memory ${resources?.requests['memory']}, limits.memory ${resources?.limits['memory']}`),
    ),
  ];
}

function limited(of: Parameters<typeof examplePod>[0]): ReturnType<typeof examplePod> {
  return examplePod({ labels: { 'pod-template-hash': '7f9' }, ...of, container: { resources: { limits: { memory: '128Mi' } } } });
}
