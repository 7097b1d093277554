import { citeCondition } from '../../domain/container-evidence.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode } from '../../domain/failure-mode.ts';
import { probeFailures } from '../../domain/probe-failures.ts';
import { judgeProbe } from '../../domain/probe-verdict.ts';
import { byWorkload, claimOfAll, countOf, findingOf, healthySiblings } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** The program runs and the readiness probe asks it in the wrong place, so it gets no traffic. */
export const readinessProbeMisconfigured = defineFailureMode({
  id: 'readiness-probe-misconfigured',
  title: 'The readiness probe asks in the wrong place',
  role: 'cause',
  explanation: {
    whatItIs:
      'The container runs, but its readiness probe asks a port, path, protocol or command that the program does not have, so the pod is never Ready.',
    howItLooks:
      'Running, 0/1 ready, no restarts; Unhealthy events with "connection refused" or "statuscode: 404"; the rollout does not progress.',
    whyItHappens:
      'The port or path of the program changed and the probe did not, or the other way round; http against https; a login in front of the health page.',
    whatStopsTheBleeding: 'Roll back to the revision whose probe fits its program.',
    whatFixesIt: 'Point the probe at the port and path that the program serves.',
    howToPreventIt:
      'Name the port once and use the name in probe and Service; start the image with its template in the pipeline and wait for Ready.',
  },
  sources: [
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
    'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  ],
  needs: ['replicas'],
  helpedBy: ['events', 'container-logs', 'log-clues'],
  explains: ['bad-revision'],
  mitigations: ['roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) => {
      // A replica with the same template that is Ready has passed the same probe.
      if (healthySiblings(replica, facts.replicas.ofWorkload(replica.workload)).length > 0) return [];
      const failures = probeFailures(replica, facts.events, facts.now);
      return replica.troubles
        .filter((trouble) => trouble.kind === 'not-ready' && !trouble.isInit && trouble.container !== undefined)
        .flatMap((trouble) => {
          const container = trouble.container ?? '';
          const failure = failures.find((each) => each.probe === 'readiness' && each.container === container);
          const verdict = judgeProbe({
            replica,
            container,
            probe: 'readiness',
            failure,
            logs: facts['container-logs'],
            clues: facts['log-clues'],
          });
          return verdict === undefined
            ? []
            : [{ replica, container, verdict, citations: [...verdict.citations, citeCondition(replica.pod, 'Ready')] as const }];
        });
    });
    return byWorkload(seen, (each) => `${each.container} ${each.verdict.fault}`).map((group) => {
      const [{ container, verdict, replica }] = group;
      return findingOf(group, {
        weight: verdict.weight,
        because: [claimOfAll(`${countOf(group)} run without being Ready: the readiness probe of ${container} ${verdict.says}.`, group)],
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} exec ${replica.pod.metadata.name} -c ${container} -- ss -ltn`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'Nothing listens on the port that the probe asks, which is not the one that the container declares.',
      given: {
        pods: [unready({ httpGet: { path: '/', port: 8081 } })],
        events: [unhealthy('Get "http://10.244.1.10:8081/": dial tcp 10.244.1.10:8081: connect: connection refused')],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'The program answers, and does not know the path.',
      given: {
        pods: [unready({ httpGet: { path: '/helthz', port: 8080 } })],
        events: [unhealthy('HTTP probe failed with statuscode: 404')],
      },
    },
    {
      story: 'The program listens on the loopback address, and the kubelet asks at the address of the pod.',
      given: refusedWhile(' * Running on http://127.0.0.1:8080'),
    },
    {
      story: 'The probe names a port that the container does not have; no events were kept.',
      given: { pods: [unready({ httpGet: { path: '/', port: 'web' } })] },
    },
  ],
  isNotFooledBy: [
    {
      story: 'The program says of itself that it is not well.',
      given: {
        pods: [unready({ httpGet: { path: '/ready', port: 8080 } })],
        events: [unhealthy('HTTP probe failed with statuscode: 503')],
      },
    },
    {
      story: 'Nothing listens on the declared port because the program waits for its database.',
      given: {
        pods: [unready({ httpGet: { path: '/ready', port: 8080 } })],
        events: [unhealthy('Get "http://10.244.1.10:8080/ready": dial tcp 10.244.1.10:8080: connect: connection refused')],
        'container-logs': [
          {
            namespace: 'shop',
            pod: 'cart-7f9-a',
            container: 'app',
            text: 'dial tcp 10.96.4.5:5432: connect: connection refused\nretrying',
          },
        ],
      },
    },
    {
      story: 'It listens on the loopback address and on that of the pod, and waits for its database.',
      given: refusedWhile(
        ' * Running on http://127.0.0.1:8080\n * Running on http://10.244.1.10:8080\ndial tcp 10.96.4.5:5432: connect: connection refused',
      ),
    },
    {
      story: 'Its server for metrics listens already, and the one for callers waits for the database.',
      given: refusedWhile('serving metrics on :9090\ndial tcp 10.96.4.5:5432: connect: connection refused'),
    },
    {
      story: 'Another replica with the same template is Ready.',
      given: {
        pods: [unready({ httpGet: { path: '/', port: 8081 } }), examplePod({ name: 'cart-7f9-b', labels: { 'pod-template-hash': '7f9' } })],
        events: [unhealthy('HTTP probe failed with statuscode: 404')],
      },
    },
  ],
});

function unready(readinessProbe: object): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    container: { ports: [{ containerPort: 8080 }], readinessProbe },
  });
}

function unhealthy(words: string): ReturnType<typeof exampleEvent> {
  return exampleEvent({
    about: { kind: 'Pod', name: 'cart-7f9-a' },
    reason: 'Unhealthy',
    message: `Readiness probe failed: ${words}`,
    count: 40,
  });
}

/** Nothing answers on the declared port, and this is what the program says. */
function refusedWhile(text: string): ExampleEvidence {
  return {
    pods: [unready({ httpGet: { path: '/', port: 8080 } })],
    events: [unhealthy('Get "http://10.244.1.10:8080/": dial tcp 10.244.1.10:8080: connect: connection refused')],
    'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text }],
  };
}
