import { type Citation, citeObject } from '../../domain/citation.ts';
import { limitOf, measured } from '../../domain/container-metrics.ts';
import { exampleEvent } from '../../domain/example-happenings.ts';
import { exampleContainerMetric, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { citeProbeSpec, isHinderedByOthers, probeFailures, type ProbeKind } from '../../domain/probe-failures.ts';
import { spokenCores } from '../../domain/quantity.ts';
import { containerOf, type Replica } from '../../domain/replica.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';
import { shellCommand } from '../../domain/shell-word.ts';

/** A quarter of all periods spent waiting makes a program of ordinary latency miss a time-out of one second. */
const heavyThrottling = 0.25;
/** Below a tenth of a core even a health page of a small program takes noticeable time; common runtimes need more to start. */
const tinyLimitCores = 0.1;

/** The container may use so little cpu that it does not answer its probes in time. */
export const cpuThrottlingFailsProbes = defineFailureMode({
  id: 'cpu-throttling-fails-probes',
  title: 'The cpu limit holds the program up, so its probes time out',
  role: 'cause',
  explanation: {
    whatItIs:
      'Once a container has used its cpu quota of a period, the kernel makes it wait for the next; held up like that, it answers probes too late.',
    howItLooks:
      'Unhealthy events with "context deadline exceeded", restarts by liveness under load, a high share of throttled periods, cpu use at the limit.',
    whyItHappens: 'A cpu limit sized for the average and not for the start or the peak; many threads that use up the quota at once.',
    whatStopsTheBleeding: 'Raise or remove the cpu limit; relax the probe time-out.',
    whatFixesIt: 'Size requests by use and leave cpu limits away where nodes are shared in good faith; match thread counts to the limit.',
    howToPreventIt: 'Alert on the throttled share beside latency.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run',
    'https://docs.kernel.org/scheduler/sched-bwc.html',
  ],
  needs: ['replicas', 'events'],
  helpedBy: ['metrics', 'log-clues'],
  explains: ['liveness-probe-misconfigured', 'readiness-probe-misconfigured', 'startup-probe-too-short', 'bad-revision'],
  mitigations: ['scale-out', 'roll-back-workload'],

  recognise(facts) {
    const seen = facts.replicas.failing.flatMap((replica) =>
      probeFailures(replica, facts.events, facts.now)
        .filter((failure) => failure.outcome === 'timed-out')
        .flatMap((failure) => {
          const { container, probe } = failure;
          const limit = limitOf(replica, container, 'cpu');
          if (limit === undefined || isHinderedByOthers(replica, container, facts['log-clues'])) return [];
          const throttled = measured('throttled-share', { replica, container }, facts.metrics);
          const used = measured('cpu-cores', { replica, container }, facts.metrics);
          const isThrottled = throttled !== undefined && throttled.last.value >= heavyThrottling;
          const isAtLimit = used !== undefined && used.last.value >= limit * 0.95;
          const isUnmeasured = throttled === undefined && used === undefined;
          if (!isThrottled && !isAtLimit && !(isUnmeasured && limit <= tinyLimitCores)) return [];
          const weight: Weight =
            isThrottled || isAtLimit || isTooLittleToAnswer({ replica, container, probe, limit }) ? 'strong' : 'suggestive';
          const shown: readonly Citation[] = [
            ...(isThrottled ? [throttled.citation] : []),
            ...(isAtLimit ? [used.citation] : []),
            citeObject(replica.pod, `resources.limits.cpu: ${containerOf(replica.pod, container)?.resources.limits['cpu']}`),
          ];
          return [
            {
              replica,
              container,
              probe,
              limit,
              weight,
              since: failure.since,
              citations: [failure.citation, ...shown, citeProbeSpec(replica, container, probe)] as const,
            },
          ];
        }),
    );
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ container, limit, probe, weight, replica }] = group;
      return findingOf(group, {
        weight,
        because: [
          claimOfAll(
            `Container ${container} of ${countOf([...new Set(group.map((each) => each.replica))])} answers its ${probe} probe too late: it may use ${spokenCores(limit)} cpu only.`,
            group,
          ),
        ],
        wouldSettle: [
          shellCommand`kubectl -n ${replica.pod.metadata.namespace} exec ${replica.pod.metadata.name} -c ${container} -- cat /sys/fs/cgroup/cpu.stat`,
        ],
      });
    });
  },

  recognises: [
    {
      story: 'Two thirds of all periods throttled, and the probe times out.',
      given: {
        pods: [slow('200m')],
        events: [late()],
        metrics: [
          exampleContainerMetric(
            'container_cpu_cfs_throttled_periods_total / container_cpu_cfs_periods_total',
            'cart-7f9-a',
            [0.6, 0.66, 0.68],
          ),
        ],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    { story: 'Nothing was measured, and the limit is a fiftieth of a core.', given: { pods: [slow('20m')], events: [late()] } },
  ],
  isNotFooledBy: [
    {
      story: 'The probe times out, and cpu is hardly used.',
      given: {
        pods: [slow('200m')],
        events: [late()],
        metrics: [
          exampleContainerMetric('container_cpu_cfs_throttled_periods_total / container_cpu_cfs_periods_total', 'cart-7f9-a', [0, 0.01, 0]),
        ],
      },
    },
    {
      story: 'Throttled, and well.',
      given: {
        pods: [examplePod({ name: 'cart-7f9-a', container: { resources: { limits: { cpu: '200m' } } } })],
        events: [],
        metrics: [
          exampleContainerMetric(
            'container_cpu_cfs_throttled_periods_total / container_cpu_cfs_periods_total',
            'cart-7f9-a',
            [0.6, 0.66, 0.68],
          ),
        ],
      },
    },
    {
      story: 'It answers late because it waits for its database, and says so.',
      given: {
        pods: [slow('20m')],
        events: [late()],
        'container-logs': [{ namespace: 'shop', pod: 'cart-7f9-a', container: 'app', text: 'dial tcp 10.96.3.4:5432: i/o timeout' }],
      },
    },
  ],
});

/** A health page of a small program costs milliseconds; in all the time that its probe gives it may use no more than this. */
const hopelessCpuSeconds = 0.02;

interface Probed {
  readonly replica: Replica;
  readonly container: string;
  readonly probe: ProbeKind;
  readonly limit: number;
}

/** The cpu that the container may use within the probe's time-out: with so little nothing has to be measured. */
function isTooLittleToAnswer({ replica, container, probe, limit }: Probed): boolean {
  return limit * (containerOf(replica.pod, container)?.[`${probe}Probe`]?.timeoutSeconds ?? 1) <= hopelessCpuSeconds;
}

function slow(cpu: string): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    isReady: false,
    labels: { 'pod-template-hash': '7f9' },
    container: { resources: { limits: { cpu } }, readinessProbe: { httpGet: { path: '/', port: 8080 } } },
  });
}

function late(): ReturnType<typeof exampleEvent> {
  return exampleEvent({
    about: { kind: 'Pod', name: 'cart-7f9-a' },
    reason: 'Unhealthy',
    message:
      'Readiness probe failed: Get "http://10.244.1.10:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    count: 12,
  });
}
