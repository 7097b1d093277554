import { citeObject } from '../../domain/citation.ts';
import { citeEnd, type CrashedContainer, crashedContainers, livedMilliseconds } from '../../domain/container-evidence.ts';
import { eventsSince } from '../../domain/event-index.ts';
import { minutesAgo, type RawObject } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import type { Facts } from '../../domain/facts.ts';
import { spokenDuration } from '../../domain/instant.ts';
import { containerOf, type Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, type Sighting } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** Once is an accident of somebody's signal; a program that is done is done each time. */
const repeatedRestarts = 3;

/** A program comes to its end without an error, again and again, where its owner wants it to run for ever. */
export const endsWellButShouldStay = defineFailureMode({
  id: 'ends-well-but-should-stay',
  title: 'A program ends without an error where it should stay',
  role: 'cause',
  explanation: {
    whatItIs:
      'The program does what it has to do and exits with code 0. Its owner restarts whatever ends, with a growing pause, as if it had crashed.',
    howItLooks: 'CrashLoopBackOff, and yet reason Completed and exit code 0 in the last state; the log ends in good order.',
    whyItHappens:
      'A task that runs to its end in a Deployment, a server that puts itself into the background, a shell without a terminal or a command that only prints its help.',
    whatStopsTheBleeding: 'If the revision is new, roll it back; if its work is done, scale it to zero.',
    whatFixesIt: 'Make it a Job or CronJob; or keep the server in the foreground, as the first process of the container.',
    howToPreventIt: 'Run the image as the manifest does before it is rolled out, and see whether it stays.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
    'https://kubernetes.io/docs/concepts/workloads/controllers/job/',
  ],
  needs: ['replicas'],
  helpedBy: ['log-clues', 'container-logs', 'events'],
  explains: ['bad-revision'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      crashedContainers(replica).flatMap((crashed) => endedWell(replica, crashed, facts)),
    );
    const own = byWorkload(seen, (each) => each.container).filter(([{ replica }]) => !isSiblingStopped(replica, facts));
    return own.map((group) => {
      const [{ container, replica, lived, weight }] = group;
      const after = lived === undefined ? '' : ` after ${spokenDuration(lived)}`;
      return findingOf(group, {
        weight,
        because: [
          claimOfAll(`Container ${container} of ${countOf(group)} ends${after} each time with exit code 0, and is started again.`, group),
        ],
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} logs ${replica.pod.metadata.name} -c ${container} --previous --tail=50`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'A synchronisation runs for a few seconds, says that it is done, and is a Deployment.',
      given: { pods: [ending()], events: [], 'container-logs': [log('INFO synchronised 212 people\nINFO done, bye')] },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A probe was seen to stop its sibling of the same template; of this one no event is left.',
      given: {
        pods: [ending(), { ...ending(), metadata: { ...(ending()['metadata'] as object), name: 'cart-7f9-b', uid: 'uid-cart-7f9-b' } }],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-b' },
            reason: 'Killing',
            type: 'Normal',
            message: 'Container app failed liveness probe, will be restarted',
          }),
        ],
        'container-logs': [log('INFO bye')],
      },
    },
    {
      story: 'Its liveness probe has it stopped, and it obeys in good order.',
      given: {
        pods: [ending({ livenessProbe: { httpGet: { path: '/', port: 80 } } })],
        events: [
          exampleEvent({
            about: { kind: 'Pod', name: 'cart-7f9-a' },
            reason: 'Killing',
            type: 'Normal',
            message: 'Container app failed liveness probe, will be restarted',
          }),
        ],
        'container-logs': [log('INFO stopped')],
      },
    },
    {
      story: 'It gives up politely: what it needs does not answer.',
      given: {
        pods: [ending()],
        events: [],
        'container-logs': [log('ERROR dial tcp 10.96.45.12:5432: connect: connection refused\nINFO exiting')],
      },
    },
    {
      story: 'The pod of a Job that is done.',
      given: {
        pods: [
          examplePod({
            name: 'report-a',
            owner: { kind: 'Job', name: 'report' },
            phase: 'Succeeded',
            isReady: false,
            status: { ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
          }),
        ],
        events: [],
        'container-logs': [],
      },
    },
    {
      story: 'It ended well once, some minutes ago, and runs.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            status: { restartCount: 1, lastState: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: minutesAgo(3) } } },
          }),
        ],
        events: [],
        'container-logs': [],
      },
    },
  ],
});

interface EndedWell extends Sighting {
  readonly container: string;
  readonly lived: number | undefined;
  readonly weight: Weight;
}

type Given = Facts<'replicas', 'log-clues' | 'container-logs' | 'events'>;

function endedWell(replica: Replica, { container, end, status, isInit, since }: CrashedContainer, facts: Given): readonly EndedWell[] {
  const isWell = end.exitCode === 0 && end.signal === undefined && (status.restartCount ?? 0) >= repeatedRestarts;
  const isTold = (facts['log-clues'] ?? []).some(
    (clue) => clue.replica === replica && clue.container === container && (clue.isNearEnd || clue.count >= repeatedRestarts),
  );
  if (!isWell || isInit || isTold || isStopped(replica, facts)) return [];
  const spec = containerOf(replica.pod, container);
  // A request to stop ends a program in good order as well: without the events a probe may have sent it.
  const mayBeStopped = !isTalkedAbout(replica, facts) && (spec?.livenessProbe !== undefined || spec?.startupProbe !== undefined);
  const couldHear = facts['log-clues'] !== undefined && facts['container-logs'] !== undefined;
  return [
    {
      replica,
      container,
      lived: livedMilliseconds(end),
      since,
      // That it should stay is what its owner expects, and not what it says itself.
      weight: couldHear && !mayBeStopped ? 'likely' : 'suggestive',
      citations: [
        citeEnd(replica.pod, container),
        citeObject(replica.pod, `spec.restartPolicy: Always; command ${JSON.stringify(spec?.command ?? [])}`),
      ],
    },
  ];
}

/** A loop is told of within every hour that events are kept: of a pod without any they were lost or not read. */
function isTalkedAbout({ pod }: Replica, facts: Given): boolean {
  return eventsSince(facts.events, pod, pod.metadata.creationTimestamp).length > 0;
}

/** One template has one probe: what it does to one replica it does to all. */
function isSiblingStopped({ workload, revision }: Replica, facts: Given): boolean {
  return facts.replicas.ofWorkload(workload).some((other) => other.revision === revision && isStopped(other, facts));
}

/** The kubelet says when it stops a container, whether for a probe or for a change. */
function isStopped({ pod }: Replica, facts: Given): boolean {
  return eventsSince(facts.events, pod, pod.metadata.creationTimestamp).some(
    (event) => event.reason === 'Killing' && /will be (?:restarted|killed)/.test(event.message ?? ''),
  );
}

function ending(container: RawObject = {}): RawObject {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    container,
    status: crashLooping({ exitCode: 0, reason: 'Completed', restarts: 18 }),
  });
}

function log(text: string): {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly isPrevious: boolean;
  readonly text: string;
} {
  return { namespace: 'shop', pod: 'cart-7f9-a', container: 'app', isPrevious: true, text };
}
