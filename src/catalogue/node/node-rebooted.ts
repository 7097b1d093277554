import type { JudgedAlert } from '../../domain/alert.ts';
import { type Claim, citeNodeCommand, claim } from '../../domain/citation.ts';
import { citeEvent, eventIndex, lastSeenAt } from '../../domain/event-index.ts';
import { minutesAgo } from '../../domain/example.ts';
import { exampleEvent, exampleJudgedAlert } from '../../domain/example-happenings.ts';
import { crashLooping, exampleNode, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import { clockTime, type Instant, millisecondsPerHour, millisecondsPerMinute } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import { nodeFinding } from '../../domain/node-finding.ts';
import type { Replica } from '../../domain/replica.ts';

export const nodeRebooted = defineFailureMode({
  id: 'node-rebooted',
  title: 'A node was rebooted, and pods on it have not recovered',
  role: 'cause',
  explanation: {
    whatItIs: 'The machine restarted, and with it everything on it; some of its pods have not found their feet again.',
    howItLooks: 'An event "Node … has been rebooted"; containers ended with exit code 255 and reason Unknown at the same moment.',
    whyItHappens: "The provider's maintenance, an unattended upgrade, a kernel crash, or somebody who did not drain first.",
    whatStopsTheBleeding: 'Restart the pods that have not recovered, or move them to other nodes.',
    whatFixesIt: 'Repair what they lack after a start (order of start, lost local data), and find out what restarted the machine.',
    howToPreventIt: 'Drain before reboots, let one node reboot at a time, and keep replicas on several nodes.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/',
    'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/',
  ],
  needs: ['nodes', 'replicas'],
  helpedBy: ['events', 'node-reports', 'judged-alert'],
  explains: [
    'degraded-node-link',
    'kube-proxy-rules-incomplete',
    'kube-proxy-down',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
    'all-endpoints-unready',
    'node-not-ready',
  ],
  mitigations: [],
  recognise: (facts) =>
    facts.nodes.all.flatMap((node): readonly Finding[] => {
      const { name } = node.metadata;
      const isRecent = (at: number | undefined): boolean => at !== undefined && facts.now - at < millisecondsPerHour;
      const reboots = facts.events === undefined ? [] : eventIndex(facts.events).withReason('Rebooted');
      const events = reboots.filter((event) => event.involvedObject.name === name && isRecent(lastSeenAt(event)));
      const lines = (facts['node-reports']?.find((report) => report.node === name)?.findings ?? []).filter(
        (each) => each.kind === 'rebooted' && isRecent(each.at),
      );
      const at = [...events.map(lastSeenAt), ...lines.map((each) => each.at)].filter((each) => each !== undefined);
      const bootedAt = at.length === 0 ? undefined : Math.min(...at);
      if (isFirstBoot(node, bootedAt)) return [];
      // A reboot from which everything has recovered is history, not trouble.
      const suffering = facts.replicas.onNode(name).filter((replica) => replica.health === 'failing' && isSinceBoot(replica, bootedAt));
      const because: readonly Claim[] = [
        ...events.slice(0, 1).map((event) => claim(`${name} was rebooted at ${clockTime(lastSeenAt(event) ?? 0)}.`, citeEvent(event))),
        ...lines
          .slice(0, 1)
          .map((each) =>
            claim(
              `The log of ${name} begins a new boot at ${clockTime(each.at ?? 0)}.`,
              citeNodeCommand(name, each.command, each.line.slice(0, 200)),
            ),
          ),
      ];
      const [first, ...more] = because;
      const isPaged = isPageAfterReboot(node, bootedAt, facts['judged-alert']);
      if (first === undefined || (suffering.length === 0 && !isPaged)) return [];
      const isOnlyHere = facts.replicas.failing.every((replica) => replica.pod.spec.nodeName === name);
      return [
        nodeFinding(
          { node: name, weight: isOnlyHere || isPaged ? 'strong' : 'suggestive', because: [first, ...more], since: bootedAt, suffering },
          facts.replicas,
        ),
      ];
    }),
  recognises: [
    {
      story: 'Ten minutes ago the node rebooted; a pod on it crashes since.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [
          examplePod({
            name: 'cart-1-a',
            isReady: false,
            status: crashLooping({ exitCode: 255, reason: 'Unknown', minutesAgo: 2 }),
            podStatus: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: minutesAgo(9) }] },
          }),
        ],
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'Rebooted',
            message: 'Node node-1 has been rebooted, boot id: 5f0c',
            minutesAgo: 10,
          }),
        ],
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
    {
      story: 'Everything on it is back already; the page that names it came while it was away.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [],
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'Rebooted',
            message: 'Node node-1 has been rebooted',
            minutesAgo: 6,
          }),
        ],
        'judged-alert': exampleJudgedAlert('real', { instance: 'node-1:9100' }),
      },
      finds: [{ kind: 'Node', name: 'node-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The node rebooted half an hour ago and everything is back.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-1-a' })],
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'Rebooted',
            message: 'Node node-1 has been rebooted',
            minutesAgo: 30,
          }),
        ],
      },
    },
    {
      story: 'The machine booted and joined the cluster for the first time; what was put there a minute later crashes.',
      given: {
        nodes: [{ ...exampleNode({ name: 'node-1' }), metadata: { name: 'node-1', creationTimestamp: minutesAgo(9) } }],
        pods: [examplePod({ name: 'cart-1-a', isReady: false, startedMinutesAgo: 8, status: crashLooping({ exitCode: 1 }) })],
        'node-commands': [
          {
            node: 'node-1',
            command: 'journal-kernel',
            output: `${minutesAgo(10).replace('Z', '+00:00')} node-1 kernel: Linux version 6.18.0`,
          },
        ],
      },
    },
    {
      story: 'The pod was made twenty minutes after the reboot, so that it crashes has nothing to do with it.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-1-a', isReady: false, startedMinutesAgo: 10, status: crashLooping({ exitCode: 1 }) })],
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'Rebooted',
            message: 'Node node-1 has been rebooted',
            minutesAgo: 30,
          }),
        ],
      },
    },
    {
      story: 'The pod had failed long before the reboot.',
      given: {
        nodes: [exampleNode({ name: 'node-1' })],
        pods: [examplePod({ name: 'cart-1-a', isReady: false, startedMinutesAgo: 300, status: crashLooping({ exitCode: 1 }) })],
        events: [
          exampleEvent({
            about: { kind: 'Node', name: 'node-1' },
            reason: 'Rebooted',
            message: 'Node node-1 has been rebooted',
            minutesAgo: 10,
          }),
        ],
      },
    },
  ],
});

/** Machines take a few minutes to be scraped and probed again, and rules wait before they fire and before they rest. */
const pageMilliseconds = 15 * millisecondsPerMinute;

/** True where a page that is still open names this node by a label and came around its reboot. */
function isPageAfterReboot({ metadata, status }: Node, bootedAt: Instant | undefined, page: JudgedAlert | undefined): boolean {
  const startedAt = page?.alert.startedAt;
  const isOpen = page?.judgement.verdict === 'real' || page?.judgement.verdict === 'cannot-tell';
  if (!isOpen || startedAt === undefined || bootedAt === undefined || Math.abs(startedAt - bootedAt) > pageMilliseconds) return false;
  const names = [metadata.name, ...status.addresses.map((each) => each.address)];
  return Object.values(page.alert.labels).some((value) => names.includes(value.replace(/:\d+$/, '')));
}

/** The kubelet notices a reboot only after it is back, so times around it may be a few minutes off. */
const slackMilliseconds = 5 * millisecondsPerMinute;

/** A machine has booted before it joins the cluster: nothing of the cluster was on it then. */
function isFirstBoot({ metadata }: Node, bootedAt: Instant | undefined): boolean {
  return bootedAt !== undefined && metadata.creationTimestamp !== undefined && metadata.creationTimestamp >= bootedAt;
}

/** A pod that was made after the boot has never been through it, so it has nothing to recover from. */
function isSinceBoot({ failingSince, pod }: Replica, bootedAt: Instant | undefined): boolean {
  if (failingSince === undefined || bootedAt === undefined) return false;
  const madeAt = pod.metadata.creationTimestamp;
  return failingSince >= bootedAt - slackMilliseconds && (madeAt === undefined || madeAt <= bootedAt + slackMilliseconds);
}
