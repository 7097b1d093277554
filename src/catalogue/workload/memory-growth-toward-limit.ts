import { limitOf, type Measured, memoryOf, recentPoints, trendOf } from '../../domain/container-metrics.ts';
import { exampleContainerMetric, examplePod } from '../../domain/example-objects.ts';
import type { MetricPoint } from '../../domain/evidence.ts';
import { defineFailureMode, type Weight } from '../../domain/failure-mode.ts';
import { type Instant, millisecondsPerHour, spokenDuration } from '../../domain/instant.ts';
import { spokenBytes } from '../../domain/quantity.ts';
import { byWorkload, claimOfAll, countOf, findingOf } from '../../domain/sightings.ts';

/** Growth is looked at over so long: shorter stretches are start-up and garbage collection. */
const stretchMilliseconds = 2 * millisecondsPerHour;
const shortestMilliseconds = 20 * 60_000;
/** Below four fifths of the limit there is time to look into it by day. */
const nearShare = 0.8;
/** A stretch in which less than a twentieth of the limit was added is a level with noise on it. */
const riseShare = 0.05;
/** How straight the line must be: caches fill in a curve, leaks in a line. */
const straightFit = 0.85;
const soonMilliseconds = 2 * millisecondsPerHour;
/** A leak over a day or more shows in the whole of what was measured: so long, so much of the limit, and the end in sight. */
const slowestMilliseconds = 6 * millisecondsPerHour;
const slowRiseShare = 0.25;
const slowSoonMilliseconds = 8 * millisecondsPerHour;
/** A cache that is nearly full has all but stopped to grow; a leak has not. */
const steadyShare = 0.5;

const shareOfLimit = 'container_memory_working_set_bytes{namespace="shop"} / container_spec_memory_limit_bytes';

/** A container's memory grows steadily and will soon be at its limit. */
export const memoryGrowthTowardLimit = defineFailureMode({
  id: 'memory-growth-toward-limit',
  title: 'Memory grows steadily toward the limit',
  role: 'cause',
  explanation: {
    whatItIs:
      'The working set of a container grows in a straight line and will reach the memory limit within hours; then the kernel kills it.',
    howItLooks: 'A saw tooth or a ramp in container_memory_working_set_bytes; restarts with OOMKilled at regular intervals.',
    whyItHappens: 'A leak, a cache or queue without bounds, more and more open connections.',
    whatStopsTheBleeding: 'Raise the limit for the night, or restart the replicas one after the other before they are killed together.',
    whatFixesIt: 'Find what grows with a heap profile, and bound it.',
    howToPreventIt: 'Alert on the projected time until the limit, and compare revisions by memory per request.',
  },
  sources: [
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
    'https://kubernetes.io/docs/concepts/cluster-administration/system-metrics/',
  ],
  needs: ['replicas', 'metrics'],
  helpedBy: [],
  explains: [],
  mitigations: ['raise-memory-limit', 'restart-rollout'],

  recognise(facts) {
    const seen = facts.replicas.all
      .filter((replica) => replica.health !== 'finished')
      .flatMap((replica) =>
        replica.pod.spec.containers.flatMap(({ name: container }) => {
          const limit = limitOf(replica, container, 'memory');
          const memory = limit === undefined ? undefined : memoryOf({ replica, container }, facts.metrics);
          if (limit === undefined || memory === undefined || memory.last.value < limit * nearShare) return [];
          const ramp = slowRamp(memory, limit, facts.now) ?? steepRamp(memory, limit, facts.now);
          return ramp === undefined
            ? []
            : [{ replica, container, limit, last: memory.last.value, ...ramp, citations: [memory.citation] as const }];
        }),
      );
    return byWorkload(seen, (each) => each.container).map((group) => {
      const [{ container, limit, last, rise, untilLimit }] = group;
      const weight: Weight = group.length > 1 || last >= limit * 0.9 ? 'strong' : 'suggestive';
      const says = `Container ${container} of ${countOf(group)} stands at ${spokenBytes(last)} of ${spokenBytes(limit)}, grew by ${spokenBytes(rise)} lately and will reach its limit in about ${spokenDuration(Math.max(0, untilLimit))}.`;
      return findingOf(group, { weight, because: [claimOfAll(says, group)] });
    });
  },

  recognises: [
    {
      story: 'A straight ramp up to nine tenths of the limit.',
      given: {
        pods: [limited()],
        metrics: [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', ramp(60e6, 122e6))],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
    {
      story: 'A straight ramp over a whole day, up to nine tenths of the limit, as the alert asks for it.',
      given: {
        pods: [limited()],
        metrics: [exampleContainerMetric(shareOfLimit, 'cart-7f9-a', ramp(0.24, 0.92, 721))],
      },
      finds: [{ kind: 'Deployment', namespace: 'shop', name: 'cart' }],
    },
  ],
  isNotFooledBy: [
    {
      story: 'A cache that filled over a day and is nearly full.',
      given: {
        pods: [limited()],
        metrics: [
          exampleContainerMetric(
            shareOfLimit,
            'cart-7f9-a',
            ramp(0, 1, 721).map((share) => 0.24 + 0.62 * Math.min(1, share * 1.25)),
          ),
        ],
      },
    },
    {
      story: 'High, and level.',
      given: {
        pods: [limited()],
        metrics: [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', ramp(121e6, 122e6))],
      },
    },
    {
      story: 'Growing, and far from the limit.',
      given: { pods: [limited()], metrics: [exampleContainerMetric('container_memory_working_set_bytes', 'cart-7f9-a', ramp(20e6, 60e6))] },
    },
    {
      story: 'Up and down.',
      given: {
        pods: [limited()],
        metrics: [
          exampleContainerMetric(
            'container_memory_working_set_bytes',
            'cart-7f9-a',
            ramp(60e6, 122e6).map((value, index) => (index % 2 === 0 ? value : 60e6)),
          ),
        ],
      },
    },
  ],
});

interface Ramp {
  /** Bytes that were added since `since`. */
  readonly rise: number;
  /** Milliseconds until the limit, if it goes on like this. */
  readonly untilLimit: number;
  readonly since: Instant;
}

function steepRamp(memory: Measured, limit: number, now: Instant): Ramp | undefined {
  const ramp = rampOf(recentPoints(memory.points, now, stretchMilliseconds), limit);
  return ramp !== undefined && ramp.lasted >= shortestMilliseconds && ramp.rise >= limit * riseShare && ramp.untilLimit < soonMilliseconds
    ? ramp
    : undefined;
}

function slowRamp(memory: Measured, limit: number, now: Instant): Ramp | undefined {
  const whole = rampOf(memory.points, limit);
  const lately = trendOf(recentPoints(memory.points, now, stretchMilliseconds));
  if (whole === undefined || lately === undefined || whole.lasted < slowestMilliseconds) return undefined;
  const isSteady = lately.perSecond >= whole.perSecond * steadyShare;
  return isSteady && whole.rise >= limit * slowRiseShare && whole.untilLimit < slowSoonMilliseconds ? whole : undefined;
}

function rampOf(
  points: readonly MetricPoint[],
  limit: number,
): (Ramp & { readonly perSecond: number; readonly lasted: number }) | undefined {
  const [first] = points;
  const last = points.at(-1);
  const trend = trendOf(points);
  if (first === undefined || last === undefined || trend === undefined || trend.perSecond <= 0 || trend.fit < straightFit) return undefined;
  return {
    rise: trend.rise,
    perSecond: trend.perSecond,
    lasted: last.at - first.at,
    untilLimit: Math.max(0, ((limit - last.value) / trend.perSecond) * 1000),
    since: first.at,
  };
}

function limited(): ReturnType<typeof examplePod> {
  return examplePod({
    name: 'cart-7f9-a',
    labels: { 'pod-template-hash': '7f9' },
    container: { resources: { limits: { memory: '128Mi' } } },
  });
}

function ramp(from: number, to: number, points = 31): readonly number[] {
  return Array.from({ length: points }, (_each, index) => from + ((to - from) * index) / (points - 1));
}
