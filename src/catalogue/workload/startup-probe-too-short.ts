import { citeEnd, lastEnd } from '../../domain/container-evidence.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { millisecondsPerSecond } from '../../domain/instant.ts';
import {
  citeProbeSpec,
  isHinderedByOthers,
  killsByProbe,
  probeBudgetMilliseconds,
  probeFailures,
  probeOf,
} from '../../domain/probe-failures.ts';
import { judgeProbe } from '../../domain/probe-verdict.ts';
import { byWorkload, claimOfAll, countOf, findingOf, healthySiblings, siblingsAreFine } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The startup probe gives up before the program is up, or asks it in the wrong place, and the kubelet starts it over. */
export const startupProbeTooShort = defineFailureMode({
  id: 'startup-probe-too-short',
  title: 'The startup probe gives up before the program is up',
  role: 'cause',
  explanation: {
    whatItIs: 'The startup probe fails as often as it may, so the kubelet kills the container during its start, again and again.',
    howItLooks:
      '"failed startup probe, will be restarted" in the events, exit code 137 or 143, and a log that ends in the middle of starting.',
    whyItHappens: 'The start became slower (more data, less cpu, a cold cache, a migration), or port or path of the probe are wrong.',
    whatStopsTheBleeding: 'Roll back, or raise failureThreshold so that one start can come to its end.',
    whatFixesIt: 'Allow a start several times longer than the usual one; correct port and path.',
    howToPreventIt: 'Measure how long a start takes on a busy node, and allow three times that.',
  },
  sources: ['https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/'],
  needs: ['replicas'],
  helpedBy: ['events', 'container-logs', 'log-clues'],
  explains: ['bad-revision', 'liveness-probe-misconfigured'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      replica.pod.status.containerStatuses.flatMap((status) => {
        const container = status.name;
        const probe = probeOf(replica, container, 'startup');
        const kills = killsByProbe(replica, 'startup', facts);
        const failure = probeFailures(replica, facts.events, facts.now).find(
          (each) => each.probe === 'startup' && each.container === container,
        );
        const [kill] = kills;
        if (probe === undefined || kill === undefined || status.started === true || lastEnd(status)?.reason === 'OOMKilled') return [];
        const verdict = judgeProbe({
          replica,
          container,
          probe: 'startup',
          failure,
          logs: facts['container-logs'],
          clues: facts['log-clues'],
        });
        if (verdict === undefined && isHinderedByOthers(replica, container, facts['log-clues'])) return [];
        const says = verdict?.says ?? `gives up after ${Math.round(probeBudgetMilliseconds(probe) / millisecondsPerSecond)} s`;
        const weight: Weight = verdict?.weight ?? (facts['log-clues'] === undefined ? 'suggestive' : 'strong');
        const citations = [
          ...(failure === undefined ? [] : [failure.citation]),
          citeProbeSpec(replica, container, 'startup'),
          citeEnd(replica.pod, container),
        ];
        return [{ replica, container, says, weight, citations: [kill, ...citations] as const, since: failure?.since }];
      }),
    );
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ container, says, weight, replica }] = group;
      const siblings = healthySiblings(replica, facts.replicas.ofWorkload(replica.workload));
      return findingOf(group, {
        weight: siblings.length > 0 ? 'suggestive' : weight,
        because: [claimOfAll(`Container ${container} of ${countOf(group)} is killed during its start: the startup probe ${says}.`, group)],
        against: siblingsAreFine(siblings, 'Replicas with the same template came up in time.'),
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} logs ${replica.pod.metadata.name} -c ${container} --previous --timestamps`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'The log stops in the middle of the start, and the kubelet says that it killed.',
      given: {
        pods: [starting()],
        events: [failed('Get "http://10.244.1.10:8080/": dial tcp 10.244.1.10:8080: connect: connection refused'), killing()],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            isPrevious: true,
            text: 'loading catalogue: 10 %\nloading catalogue: 20 %',
          },
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'The program waits for its database, and says so.',
      given: {
        pods: [starting()],
        events: [failed('Get "http://10.244.1.10:8080/": dial tcp 10.244.1.10:8080: connect: connection refused'), killing()],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            isPrevious: true,
            text: 'dial tcp 10.96.3.4:5432: connect: connection refused, retrying',
          },
        ],
      },
    },
    {
      story: 'The first probes failed while it started, as they may.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', container: { startupProbe: { httpGet: { port: 8080 } } } })],
        events: [failed('Get "http://10.244.1.10:8080/": dial tcp 10.244.1.10:8080: connect: connection refused')],
      },
    },
  ],
});

function starting(): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    container: {
      ports: [{ containerPort: 8080 }],
      startupProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 2, failureThreshold: 5 },
    },
    status: {
      restartCount: 5,
      ready: false,
      started: false,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 137, reason: 'Error', startedAt: '2026-03-01T09:58:00Z', finishedAt: '2026-03-01T09:58:12Z' } },
    },
  });
}

function failed(words: string): ReturnType<typeof exampleEvent> {
  return exampleEvent({
    about: { kind: 'Pod', name: 'cart-7f9-a' },
    reason: 'Unhealthy',
    message: `Startup probe failed: ${words}`,
    count: 25,
  });
}

function killing(): ReturnType<typeof exampleEvent> {
  return exampleEvent({
    about: { kind: 'Pod', name: 'cart-7f9-a' },
    reason: 'Killing',
    type: 'Normal',
    message: 'Container app failed startup probe, will be restarted',
    count: 5,
  });
}
