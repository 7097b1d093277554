import type { JudgedAlert } from '../../domain/alert.ts';
import { citeMetric, type Claim, claim } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import type { MetricResult, MetricSeries } from '../../domain/evidence.ts';
import { exampleNow, minutesAgo } from '../../domain/example.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import { defineFailureMode, type Finding } from '../../domain/failure-mode.ts';
import type { Replica } from '../../domain/replica.ts';
import { subject, subjectKey } from '../../domain/subject.ts';

/** Random balancing leaves replicas within a few tens of percent of one another; three times the middle is no chance. */
const hotFactor = 3;
const fewestSiblings = 2;

export const oneHotReplica = defineFailureMode({
  id: 'one-hot-replica',
  title: 'One replica gets most of the work',
  role: 'cause',
  explanation: {
    whatItIs: 'Requests are not spread evenly: one replica serves several times as many as its siblings and is overloaded while they idle.',
    howItLooks: "Request rate or CPU of one pod is a multiple of the others'; its latency and errors rise, the average looks harmless.",
    whyItHappens:
      'Long-lived connections (HTTP/2, gRPC, database pools) stick to one pod, session affinity, one hot key or shard, or a client that resolves a name once.',
    whatStopsTheBleeding: "Delete the hot pod's connections by restarting its clients one by one; adding replicas does not help.",
    whatFixesIt: 'Balance by request in the client or a mesh, limit the age of connections, split the hot key.',
    howToPreventIt: 'Watch the busiest replica, not only the average.',
  },
  sources: [
    'https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity',
    'https://grpc.io/docs/guides/custom-load-balancing/',
  ],
  needs: ['metrics', 'replicas'],
  helpedBy: ['judged-alert'],
  explains: [
    'cpu-overload',
    'cpu-throttling-fails-probes',
    'memory-growth-toward-limit',
    'liveness-probe-misconfigured',
    'readiness-probe-misconfigured',
  ],
  mitigations: [],
  recognise: (facts) =>
    onePerReplica(
      facts.metrics.filter(isLoad).flatMap((metric): readonly Finding[] => {
        const measured = metric.series.flatMap((series) => {
          const replica = facts.replicas.ofPod(series.labels['namespace'], series.labels['pod']);
          const level = recentLevel(series);
          return replica === undefined || level === undefined || !isOneOfEquals(replica) ? [] : [{ replica, level }];
        });
        return [...groupBy(measured, ({ replica }) => subjectKey(replica.workload)).values()].flatMap((group): readonly Finding[] => {
          const totals = [...groupBy(group, ({ replica }) => replica.pod.metadata.name).values()].flatMap((each) =>
            each[0] === undefined ? [] : [{ replica: each[0].replica, level: each.reduce((sum, part) => sum + part.level, 0) }],
          );
          const ordered = totals.toSorted((left, right) => right.level - left.level);
          const [hot, ...others] = ordered;
          const middle = others[Math.floor(others.length / 2)]?.level;
          if (hot === undefined || middle === undefined || others.length < fewestSiblings || middle <= 0 || hot.level < middle * hotFactor)
            return [];
          return [
            finding(
              hot.replica,
              metric,
              `${hot.replica.pod.metadata.name} has ${(hot.level / middle).toFixed(1)} times the load of a typical sibling (${others.length} others).`,
              hot.level,
              isAskedAbout(hot.replica, facts['judged-alert']),
            ),
          ];
        });
      }),
    ),
  recognises: [
    {
      story: 'One of four pods serves nearly all requests.',
      given: {
        pods: ['a', 'b', 'c', 'd'].map((name) => examplePod({ name: `web-1-${name}`, isReady: name !== 'a' })),
        metrics: [requests([900, 40, 35, 50])],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' }],
    },
    {
      story: 'All are Ready, somebody was paged for latency, and two measurements show the same busy pod: one finding.',
      given: {
        pods: ['a', 'b', 'c', 'd'].map((name) => examplePod({ name: `web-1-${name}` })),
        metrics: [
          requests([900, 40, 35, 50]),
          { ...requests([0.9, 0.04, 0.03, 0.05]), expression: 'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total[5m]))' },
        ],
      },
      finds: [{ kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'Requests are spread as evenly as chance does it.',
      given: { pods: ['a', 'b', 'c', 'd'].map((name) => examplePod({ name: `web-1-${name}` })), metrics: [requests([120, 90, 100, 80])] },
    },
    {
      story: 'Pods of a DaemonSet: each does the work of its node, and one node has more.',
      given: {
        pods: ['a', 'b', 'c', 'd'].map((name) =>
          examplePod({ name: `web-1-${name}`, owner: { kind: 'DaemonSet', name: 'web-1' }, isReady: name !== 'a' }),
        ),
        metrics: [requests([900, 40, 35, 50])],
      },
    },
    {
      story: 'The busy one starts over and over: that is the work of starting, and nobody sends it requests.',
      given: {
        pods: ['a', 'b', 'c', 'd'].map((name) =>
          examplePod({ name: `web-1-${name}`, ...(name === 'a' ? { isReady: false, status: crashLooping({ exitCode: 137 }) } : {}) }),
        ),
        metrics: [
          { ...requests([0.9, 0.04, 0.03, 0.05]), expression: 'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total[5m]))' },
        ],
      },
    },
    {
      story: 'Only two replicas, of which one leads by design.',
      given: { pods: ['a', 'b'].map((name) => examplePod({ name: `web-1-${name}` })), metrics: [requests([900, 40])] },
    },
  ],
});

/**
 * One of several among which work is spread: not of a DaemonSet, whose pods serve a node each, nor of a Job, whose pods take what
 * they find; and not one that ends again and again, which is busy with starting.
 */
function isOneOfEquals({ workload, health, troubles }: Replica): boolean {
  const isSpreadOver = workload.kind !== 'DaemonSet' && workload.kind !== 'Job' && workload.kind !== 'CronJob' && workload.kind !== 'Node';
  return isSpreadOver && health !== 'finished' && !troubles.some(({ kind }) => kind === 'waiting' || kind === 'ended' || kind === 'failed');
}

/** Rates of requests and of used CPU; errors and sizes say nothing about how work is spread. */
function isLoad(metric: MetricResult): boolean {
  return (
    /\b(?:i?rate)\(/.test(metric.expression) &&
    /requests?_|_requests|cpu_usage|calls_|_handled|messages/.test(metric.expression) &&
    !/5\.\.|5xx|error|fail/i.test(metric.expression)
  );
}

/** The mean of the last three samples: one spike is no load. */
function recentLevel({ points }: MetricSeries): number | undefined {
  const last = points.slice(-3);
  return last.length === 0 ? undefined : last.reduce((sum, point) => sum + point.value, 0) / last.length;
}

function finding(replica: Replica, metric: MetricResult, says: string, level: number, isPaged: boolean): Finding {
  const { metadata } = replica.pod;
  const because: readonly [Claim, ...Claim[]] = [claim(says, citeMetric(metric, `${metadata.name}: ${level.toPrecision(3)}`))];
  // Uneven work is everyday in healthy clusters; it explains something only where the busy replica suffers or somebody was paged for its workload.
  return {
    subject: replica.workload,
    weight: replica.health === 'failing' || replica.troubles.length > 0 || isPaged ? 'strong' : 'weak',
    because,
    affects: [subject('Pod', metadata.namespace, metadata.name), replica.workload],
  };
}

function isAskedAbout({ workload }: Replica, page: JudgedAlert | undefined): boolean {
  const isOpen = page?.judgement.verdict === 'real' || page?.judgement.verdict === 'cannot-tell';
  return (
    isOpen &&
    aboutLoad.test(`${page.alert.name} ${page.alert.summary}`) &&
    page.target !== undefined &&
    subjectKey(page.target) === subjectKey(workload)
  );
}

/** What one overloaded replica of several makes worse; a page about anything else is not explained by it. */
const aboutLoad = /latenc|slow|p9\d|duration|time ?out|saturat|overload|5xx|error/i;

/** Requests and CPU tell of the same load. */
function onePerReplica(findings: readonly Finding[]): readonly Finding[] {
  return [...groupBy(findings, ({ affects }) => affects.map(subjectKey).join(' ')).values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [{ ...first, because: [first.because[0], ...more.flatMap(({ because }) => because)] as const }],
  );
}

function requests(levels: readonly number[]): MetricResult {
  const at = Date.parse(exampleNow);
  return {
    expression: 'sum by (namespace, pod) (rate(http_requests_total[5m]))',
    purpose: 'context',
    from: Date.parse(minutesAgo(30)),
    until: at,
    stepSeconds: 60,
    series: levels.map((value, index) => ({
      labels: { namespace: 'shop', pod: `web-1-${'abcd'.charAt(index)}` },
      points: [
        { at: at - 60_000, value },
        { at, value },
      ],
    })),
  };
}
