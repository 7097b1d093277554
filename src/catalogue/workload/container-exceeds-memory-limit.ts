import { type Citation, type Claim, citeNodeCommand, citeObject, claim } from '../../domain/citation.ts';
import type { Collection } from '../../domain/collection.ts';
import { citeEnd, crashedContainers } from '../../domain/container-evidence.ts';
import { citeEvent, recentEvents } from '../../domain/event-index.ts';
import { minutesAgo } from '../../domain/example.ts';
import { crashLooping, exampleEvent, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerHour } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { Terminated } from '../../domain/kubernetes/pod-template.ts';
import type { Event } from '../../domain/kubernetes/workload.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { isNamedByAlert } from '../../domain/named-by-alert.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import { parseQuantity, spokenBytes } from '../../domain/quantity.ts';
import { containerOf, type Replica } from '../../domain/replica.ts';
import { type AtLeastOne, byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';

/**
 * The kernel kills a container because its own limit is reached. A machine that runs out of memory leaves the same reason in
 * the status: so a limit must exist, and a SystemOOM event of the node takes the certainty away.
 */
export const containerExceedsMemoryLimit = defineFailureMode({
  id: 'container-exceeds-memory-limit',
  title: 'A container is killed because it needs more memory than its limit allows',
  role: 'cause',
  explanation: {
    whatItIs: 'The container reached its memory limit, and the kernel killed it.',
    howItLooks: 'OOMKilled with exit code 137 in the last state of the container, restarts, CrashLoopBackOff; the log ends without a word.',
    whyItHappens: 'A limit that was right for a smaller load, data set or number of objects; a leak; a heap that is configured larger than the limit.',
    whatStopsTheBleeding: 'Raise the limit where the node has room; or roll back if the revision brought the hunger.',
    whatFixesIt: 'Size the limit from measured use with headroom, bound the heap below the limit, or repair the leak.',
    howToPreventIt: 'Alert when the working set comes within a tenth of the limit, and review limits when the number of objects or the load grows.',
  },
  sources: ['https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/', 'https://kubernetes.io/docs/tasks/configure-pod-container/assign-memory-resource/'],
  needs: ['replicas'],
  helpedBy: ['log-clues', 'events', 'nodes', 'node-reports', 'judged-alert'],
  explains: ['bad-revision', 'init-container-blocked', 'liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'memory-growth-toward-limit', 'job-backoff-limit', 'dns-failing'],
  mitigations: ['raise-memory-limit', 'roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.all.flatMap((replica) => (replica.troubles.length === 0 && !isKilledAgainAndAgain(replica, facts.now) ? [] : [...killed(replica, facts), ...ownHeap(replica, facts['log-clues'] ?? [])]));
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ container, replica, isHeap }] = group;
      // What was killed once and is well again is a fact, but nobody suffers from it unless somebody says so.
      const isOver = group.every((each) => each.replica.health === 'healthy');
      const isPaged = isNamedByAlert(facts['judged-alert']?.alert, { namespace: replica.workload.namespace, names: [replica.workload.name, replica.pod.metadata.name] });
      const isRepeated = group.some((each) => isKilledAgainAndAgain(each.replica, facts.now));
      const weight: Weight = !isOver ? group[0].weight : isPaged || isRepeated ? 'strong' : 'weak';
      const limit = containerOf(replica.pod, container)?.resources.limits['memory'];
      const says = isHeap
        ? `Container ${container} of ${countOf(group)} ran out of the memory that its own runtime allows${limit === undefined ? '' : ` (limit of the container: ${limit})`}.`
        : `Container ${container} of ${countOf(group)} was killed at its memory limit of ${limit ?? 'its pod'}.`;
      return findingOf(group, {
        weight,
        because: [claimOfAll(says, group)],
        against: group.flatMap((each) => each.against).slice(0, 3),
        contributing: asksForLess(group),
        wouldSettle: [`kubectl -n ${replica.pod.metadata.namespace} top pod ${replica.pod.metadata.name} --containers`],
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
        pods: [limited({
          name: 'kube-proxy-x2k9m', namespace: 'kube-system', owner: { kind: 'DaemonSet', name: 'kube-proxy' },
          status: { restartCount: 1, state: { running: { startedAt: '2026-03-01T09:54:05Z' } }, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-03-01T09:54:00Z' } } },
        })],
      },
      finds: [{ kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' }],
    },
    {
      story: 'Ready at the moment, but killed every forty minutes since this morning.',
      given: { pods: [limited({ name: 'cart-7f9-a', startedMinutesAgo: 380, status: { restartCount: 9, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(20) } } } })] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The runtime says that its heap is full before the kernel has to act.',
      given: {
        pods: [limited({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 134 }) })],
        'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', isPrevious: true, text: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory' }],
      },
    },
  ],
  isNotFooledBy: [
    {
      story: 'Killed nine times in its first days, and not since yesterday.',
      given: { pods: [limited({ name: 'cart-7f9-a', startedMinutesAgo: 10_000, status: { restartCount: 9, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: minutesAgo(1500) } } } })] },
    },
    { story: 'Exit code 137 without a word about memory: a probe or a person may have killed it.', given: { pods: [limited({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 137 }) })] } },
    {
      story: 'Killed last month and running since.',
      given: { pods: [limited({ name: 'cart-7f9-a', status: { restartCount: 3, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-02-01T00:00:00Z' } } } })] },
    },
    {
      story: 'The machine ran out: the container has no limit at all.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', isReady: false, status: crashLooping({ exitCode: 137, reason: 'OOMKilled' }) })], nodes: [exampleNode({ name: 'node-1' })],
        events: [exampleEvent({ about: { kind: 'Node', name: 'node-1' }, reason: 'SystemOOM', message: 'System OOM encountered, victim process: cart, pid: 4711' })],
      },
    },
  ],
});

/** Three kills are no accident, and at a pace of several a day somebody notices each of them. */
const repeatedKills = 3;
const killPaceMilliseconds = 12 * millisecondsPerHour;

/** The last end of each container of a replica that is killed again and again, however long ago within its pace. */
function endsAtAPace(replica: Replica, now: Instant): readonly { readonly container: string; readonly end: Terminated; readonly since: Instant | undefined }[] {
  if (!isKilledAgainAndAgain(replica, now)) return [];
  return replica.pod.status.containerStatuses.flatMap(({ name, lastState }) => (lastState.terminated?.reason === 'OOMKilled' ? [{ container: name, end: lastState.terminated, since: lastState.terminated.finishedAt }] : []));
}

/** Killed at a steady pace, although it looks healthy between two kills. */
function isKilledAgainAndAgain({ pod }: Replica, now: Instant): boolean {
  return pod.status.containerStatuses.some((status) => {
    const last = status.lastState.terminated;
    const startedAt = pod.status.startTime ?? pod.metadata.creationTimestamp;
    if (last?.reason !== 'OOMKilled' || last.finishedAt === undefined || startedAt === undefined || (status.restartCount ?? 0) < repeatedKills) return false;
    const pace = (last.finishedAt - startedAt) / (status.restartCount ?? 1);
    return pace <= killPaceMilliseconds && now - last.finishedAt <= 2 * millisecondsPerHour;
  });
}

interface Killed extends Sighting {
  readonly container: string;
  readonly weight: Weight;
  readonly isHeap: boolean;
  readonly against: readonly Claim[];
}

interface Surroundings {
  readonly now: Instant;
  readonly nodes: Collection<Node> | undefined;
  readonly events: Collection<Event> | undefined;
  readonly 'node-reports': readonly NodeReport[] | undefined;
}

function killed(replica: Replica, facts: Surroundings): readonly Killed[] {
  const crashed = crashedContainers(replica);
  return (crashed.length > 0 ? crashed : endsAtAPace(replica, facts.now)).flatMap(({ container, end, since }) => {
    if (containerOf(replica.pod, container)?.resources.limits['memory'] === undefined) return [];
    const kernel = end.exitCode === 137 ? kernelSays(replica, facts['node-reports'] ?? [], end.finishedAt) : [];
    if (end.reason !== 'OOMKilled' && kernel.length === 0) return [];
    const against = machineRanOut(replica, facts);
    return [{ replica, container, since, isHeap: false, against, weight: against.length > 0 ? 'suggestive' : 'conclusive', citations: [citeEnd(replica.pod, container), ...kernel] }];
  });
}

/** The kernel names the pod in the path of the control group whose limit was reached. */
function kernelSays(replica: Replica, reports: readonly NodeReport[], at: Instant | undefined): readonly Citation[] {
  const { uid } = replica.pod.metadata;
  return reports.flatMap((report) => report.memoryKills
    .filter((kill) => kill.scope === 'container' && uid !== undefined && kill.podUid === uid && (kill.at === undefined || at === undefined || Math.abs(kill.at - at) < millisecondsPerHour))
    .map((kill) => citeNodeCommand(report.node, kill.command, kill.line.slice(0, 200)))).slice(0, 1);
}

function machineRanOut(replica: Replica, facts: Surroundings): readonly Claim[] {
  const node = facts.nodes?.named(undefined, replica.pod.spec.nodeName);
  if (node === undefined) return [];
  const told = recentEvents(facts.events, node, facts.now).find((event) => event.reason === 'SystemOOM');
  return told === undefined ? [] : [claim(`${node.metadata.name} as a whole ran out of memory at that time.`, citeEvent(told))];
}

/** Runtimes with a heap of their own end before the kernel has to; the cure is the same. */
function ownHeap(replica: Replica, clues: readonly LogClue[]): readonly Killed[] {
  return crashedContainers(replica).flatMap(({ container, end, since }) => {
    const said = clues.find((clue) => clue.kind === 'out-of-memory' && clue.replica === replica && clue.container === container && clue.isNearEnd);
    return said === undefined || end.reason === 'OOMKilled' ? [] : [{ replica, container, since, isHeap: true, against: [], weight: 'strong' as const, citations: [said.citation, citeEnd(replica.pod, container)] }];
  });
}

/** Requests far below the limit tell that somebody expected less. */
function asksForLess([{ replica, container }]: AtLeastOne<Killed>): readonly Claim[] {
  const resources = containerOf(replica.pod, container)?.resources;
  const [requested, limit] = [parseQuantity(resources?.requests['memory']), parseQuantity(resources?.limits['memory'])];
  if (requested === undefined || limit === undefined || requested >= limit) return [];
  return [claim(`It asks for ${spokenBytes(requested)} and may use ${spokenBytes(limit)}.`, citeObject(replica.pod, `resources.requests.memory ${resources?.requests['memory']}, limits.memory ${resources?.limits['memory']}`))];
}

function limited(of: Parameters<typeof examplePod>[0]): ReturnType<typeof examplePod> {
  return examplePod({ labels: { 'pod-template-hash': '7f9' }, ...of, container: { resources: { limits: { memory: '128Mi' } } } });
}
