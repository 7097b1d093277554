import type { Citation } from '../../domain/citation.ts';
import { citeEnd, lastEnd, livedMilliseconds } from '../../domain/container-evidence.ts';
import type { ContainerLog } from '../../domain/evidence.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { killing, restarted, unhealthy } from '../../domain/example-probed.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerMinute, millisecondsPerSecond } from '../../domain/instant.ts';
import type { Probe, Terminated } from '../../domain/kubernetes/pod-template.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import {
  citeProbeSpec,
  isHinderedByOthers,
  killsByProbe,
  probeBudgetMilliseconds,
  type ProbeFailure,
  probeFailures,
  probeOf,
} from '../../domain/probe-failures.ts';
import { judgeProbe } from '../../domain/probe-verdict.ts';
import type { Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf, healthySiblings, siblingsAreFine, type Sighting } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The kubelet restarts a program that does its work, because the liveness probe asks in the wrong place or too impatiently. */
export const livenessProbeMisconfigured = defineFailureMode({
  id: 'liveness-probe-misconfigured',
  title: 'The liveness probe kills a program that works',
  role: 'cause',
  explanation: {
    whatItIs:
      'The liveness probe asks a port, path, protocol or command that the program does not have, or gives it less time than it needs, so the kubelet restarts it again and again.',
    howItLooks:
      'Restarts at a steady pace, "failed liveness probe, will be restarted" in the events, exit code 137 or 143, and a log that shows a program at work.',
    whyItHappens: 'A changed port or path, a start that became slower, a time-out of one second under load, no startup probe.',
    whatStopsTheBleeding: 'Roll back the revision, or relax the probe: a program that is not restarted can serve.',
    whatFixesIt:
      'Point the probe at what the program serves; cover the start with a startup probe; probe liveness more patiently than readiness.',
    howToPreventIt: 'Let liveness ask only whether the process is stuck, and measure how long it takes to start on a loaded node.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  ],
  needs: ['replicas'],
  helpedBy: ['events', 'container-logs', 'log-clues'],
  explains: ['bad-revision'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.all
      .filter((replica) => replica.health !== 'finished' && replica.health !== 'leaving')
      .flatMap((replica) => killedByProbe(replica, facts));
    return byWorkload(seen, (each) => `${each.container} ${each.fault}`).map((group) => {
      const [{ container, says, weight, fault, replica }] = group;
      const siblings = healthySiblings(replica, facts.replicas.ofWorkload(replica.workload)).filter(
        (other) => !group.some((each) => each.replica === other),
      );
      const isDoubtful = siblings.length > 0;
      return findingOf(group, {
        // Whom a pause hits is chance, so those that it spares clear no probe that has no patience.
        weight: isDoubtful && fault !== 'haste' ? (fault === 'patience' ? 'weak' : 'suggestive') : weight,
        because: [claimOfAll(`Container ${container} of ${countOf(group)} is restarted by its liveness probe, which ${says}.`, group)],
        against: fault === 'haste' ? [] : siblingsAreFine(siblings, 'Replicas with the same template pass the same probe.'),
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} logs ${replica.pod.metadata.name} -c ${container} --previous`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'The probe asks a port that nobody listens on.',
      given: {
        pods: [restarted({ httpGet: { path: '/healthz', port: 9999 } })],
        events: [unhealthy('Get "http://10.244.1.10:9999/healthz": dial tcp 10.244.1.10:9999: connect: connection refused'), killing()],
        'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'listening on :8080' }],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The program does not know the path.',
      given: {
        pods: [restarted({ httpGet: { path: '/helth', port: 8080 } })],
        events: [unhealthy('HTTP probe failed with statuscode: 404'), killing()],
      },
    },
    {
      story: 'It asks in clear text, and the program serves TLS and says so.',
      given: {
        pods: [restarted({ httpGet: { path: '/healthz', port: 8080 } })],
        events: [unhealthy('HTTP probe failed with statuscode: 400'), killing()],
        'container-logs': [
          { namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'client sent an HTTP request to an HTTPS server' },
        ],
      },
    },
    {
      story: 'It is killed before it listens, every time after the same short while.',
      given: {
        pods: [restarted({ httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5, failureThreshold: 2 })],
        events: [unhealthy('Get "http://10.244.1.10:8080/healthz": dial tcp 10.244.1.10:8080: connect: connection refused'), killing()],
        'container-logs': [],
      },
    },
    {
      story: 'Its command looks for a file that the program never writes.',
      given: {
        pods: [restarted({ exec: { command: ['cat', '/tmp/healthy'] } })],
        events: [unhealthy("cat: can't open '/tmp/healthy': No such file or directory"), killing()],
        'container-logs': [],
      },
    },
    {
      story:
        'It pauses for two seconds now and then, the probe waits for one, and each time it stops in good order; a sibling has had no pause.',
      given: {
        pods: [
          restarted({ httpGet: { path: '/healthz', port: 8080 }, timeoutSeconds: 1, failureThreshold: 2 }, { exitCode: 143 }),
          examplePod({ name: 'cart-7f9-b', node: 'node-2', labels: { 'pod-template-hash': '7f9' } }),
        ],
        events: [unhealthy('Get "http://10.244.1.10:8080/healthz": context deadline exceeded'), killing()],
        'container-logs': [],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Its command says no after hours in which it said yes: the program is stuck.',
      given: {
        pods: [restarted({ exec: { command: ['check'] } }, { startedAt: '2026-03-01T03:00:00Z' })],
        events: [unhealthy('worker has not reported for 60 s'), killing()],
        'container-logs': [],
      },
    },
    {
      story: 'It is killed for memory.',
      given: {
        pods: [restarted({ httpGet: { path: '/healthz', port: 8080 } }, { reason: 'OOMKilled' })],
        events: [unhealthy('Get "http://10.244.1.10:8080/healthz": EOF')],
      },
    },
    {
      story: 'The program says of itself that it is not well.',
      given: {
        pods: [restarted({ httpGet: { path: '/healthz', port: 8080 } })],
        events: [unhealthy('HTTP probe failed with statuscode: 500'), killing()],
      },
    },
    {
      story: 'One restart last week.',
      given: {
        pods: [
          examplePod({
            name: 'cart-7f9-a',
            container: { livenessProbe: { httpGet: { path: '/', port: 9999 } }, ports: [{ containerPort: 8080 }] },
            status: { restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: '2026-02-22T10:00:00Z' } } },
          }),
        ],
        events: [],
      },
    },
  ],
});

interface KilledByProbe extends Sighting {
  readonly container: string;
  readonly fault: string;
  readonly says: string;
  readonly weight: Weight;
}

type Seen = Parameters<typeof probeFailures>[1];
interface Given {
  readonly now: Instant;
  readonly events: Seen;
  readonly 'container-logs': readonly ContainerLog[] | undefined;
  readonly 'log-clues': readonly LogClue[] | undefined;
}

/** The kubelet forgets its back-off after ten minutes of running, so what ended longer ago is not a loop. */
const loopMilliseconds = 10 * millisecondsPerMinute;
/** From the last failed probe the container has its grace period, half a minute unless the pod says otherwise. */
const defaultGraceSeconds = 30;

function killedByProbe(replica: Replica, facts: Given): readonly KilledByProbe[] {
  return replica.pod.status.containerStatuses.flatMap((status) => {
    const end = lastEnd(status);
    const isLooping =
      status.state.waiting?.reason === 'CrashLoopBackOff' ||
      (end?.finishedAt !== undefined && facts.now - end.finishedAt < loopMilliseconds);
    if (probeOf(replica, status.name, 'liveness') === undefined || end === undefined || !isLooping || end.reason === 'OOMKilled') return [];
    const kills = killsByProbe(replica, 'liveness', facts);
    const failure = probeFailures(replica, facts.events, facts.now).find(
      (each) => each.probe === 'liveness' && each.container === status.name,
    );
    const wasKilled =
      kills.length > 0 || ((end.exitCode === 137 || end.exitCode === 143) && (failure !== undefined || facts.events === undefined));
    if (!wasKilled) return [];
    const verdict = judgeProbe({
      replica,
      container: status.name,
      probe: 'liveness',
      failure,
      logs: facts['container-logs'],
      clues: facts['log-clues'],
    });
    const more: readonly Citation[] = [...kills.slice(0, 1), citeEnd(replica.pod, status.name)];
    if (verdict !== undefined)
      return [
        {
          replica,
          container: status.name,
          fault: verdict.fault,
          says: verdict.says,
          weight: verdict.weight,
          citations: [...verdict.citations, ...more] as const,
          since: failure?.since,
        },
      ];
    return tooImpatient(replica, { container: status.name, failure, more }, facts);
  });
}

/** Killed as soon as the probe allows, each time, and nothing in its log says that it was stuck. */
function tooImpatient(
  replica: Replica,
  killed: { readonly container: string; readonly failure: ProbeFailure | undefined; readonly more: readonly Citation[] },
  facts: Given,
): readonly KilledByProbe[] {
  const { container, failure, more } = killed;
  const probe = probeOf(replica, container, 'liveness');
  const status = replica.pod.status.containerStatuses.find((each) => each.name === container);
  const lived = livedMilliseconds(lastEnd(status));
  if (probe === undefined || failure === undefined || isHinderedByOthers(replica, container, facts['log-clues'])) return [];
  const allowed =
    probeBudgetMilliseconds(probe) +
    ((probe.periodSeconds ?? 10) + (replica.pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds)) * millisecondsPerSecond;
  const isShort = lived !== undefined && lived <= allowed;
  const neverUp = failure.outcome === 'refused' && probeOf(replica, container, 'startup') === undefined && isShort;
  // A command that has not succeeded in any life of the container asks for something that the program does not do.
  const neverGood = failure.outcome === 'command-failed' && isShort && (status?.restartCount ?? 0) > 1;
  // One slow answer in the life of a pod is bad luck.
  const isSlow = failure.outcome === 'timed-out' && (status?.restartCount ?? 0) > 1;
  if (!neverUp && !neverGood && !isSlow) return [];
  const says = neverGood
    ? 'runs a command that has never succeeded'
    : neverUp
      ? `gives it ${Math.round(probeBudgetMilliseconds(probe) / millisecondsPerSecond)} s to start, and it never gets longer`
      : `gives it ${probe.timeoutSeconds ?? 1} s to answer, and it needs longer`;
  const isHasty = isSlow && isTight(probe) && endedOrderly(lastEnd(status)) && facts['log-clues'] !== undefined && more.length > 1;
  const weight: Weight = ((neverUp || neverGood) && facts['log-clues'] !== undefined) || isHasty ? 'strong' : 'suggestive';
  return [
    {
      replica,
      container,
      fault: isHasty ? 'haste' : 'patience',
      says,
      weight,
      citations: [failure.citation, citeProbeSpec(replica, container, 'liveness'), ...more],
      since: failure.since,
    },
  ];
}

/** A collection of garbage or a burst of load takes longer than this in many a healthy program. */
const tightSeconds = 2;

function isTight(probe: Probe): boolean {
  return (probe.timeoutSeconds ?? 1) <= tightSeconds;
}

/** It obeyed the request to stop within its grace period: what is stuck for good does not, and is killed with 137. */
function endedOrderly(end: Terminated | undefined): boolean {
  return end?.exitCode === 143 || end?.exitCode === 0;
}
