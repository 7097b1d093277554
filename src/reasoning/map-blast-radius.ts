import { groupBy } from '../domain/collection.ts';
import { type Claim, citeProbe, claimFromAll } from '../domain/citation.ts';
import type { ConnectivityProbe } from '../domain/evidence.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import type { Axis, BlastRadius, Scope } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { axesOfWorkload, type AxisDefinition, axisDefinitions } from './axes.ts';
import { chanceOf, type ComparedReplicas, comparedReplicas, pooledSiblings } from './compared-replicas.ts';
import type { FactSource } from './fact-source.ts';
import { fisherOneSided } from './statistics/fishers-exact-test.ts';
import { adjustByHolm } from './statistics/holm.ts';

/** The usual level; Holm's correction keeps the whole family of axes below it. */
const significance = 0.05;
/** In a mixed population some replicas on a bad node still look healthy, so a clean split is not asked for there. */
const tolerableStrays = 0.1;

/** Axes on which each replica may have a value of its own. */
const individualAxes: ReadonlySet<string> = new Set(['node', 'pod network']);

/** Who fails, who is healthy, and what separates them. */
export function mapBlastRadius(scope: Scope, facts: FactSource): BlastRadius {
  const own = comparedReplicas(scope, facts);
  const radius = radiusOf(own, facts);
  if (own.population !== 'target' || radius.leading?.verdict === 'separates') return radius;
  // One replica of a workload proves nothing about its node; one of each of many, all on the same node, do.
  const pooled = pooledSiblings(scope, facts);
  const wider = pooled === undefined ? undefined : radiusOf(pooled, facts);
  const isProven =
    pooled !== undefined && wider?.leading?.verdict === 'separates' && chanceOf(wider.leading, pooled, facts) <= significance;
  return wider !== undefined && isProven ? wider : radius;
}

function radiusOf(compared: ComparedReplicas, facts: FactSource): BlastRadius {
  const split = splitOf(compared, facts);
  const measured = compared.definitions.map((definition) => measure(definition, split));
  const axes = judge(measured, compared);
  const settled = settleByProbes(axes, facts);
  return {
    population: compared.population,
    areSiblings: compared.areSiblings,
    axes: settled.axes,
    leading: leadingOf(settled.axes),
    isSettledByProbes: settled.because !== undefined,
    because: settled.because === undefined ? [] : [settled.because],
  };
}

/** Replicas that cannot differ on any axis that is looked at, by one of them. */
interface Member {
  readonly replica: Replica;
  readonly node: Node | undefined;
  readonly count: number;
}

interface Split {
  readonly failing: readonly Member[];
  readonly healthy: readonly Member[];
}

/**
 * Siblings one by one. In a mixed population the axes of workloads mean nothing, and on all others the replicas of one node
 * are alike, however many a cluster has.
 */
function splitOf({ areSiblings, failing, healthy }: ComparedReplicas, facts: FactSource): Split {
  const nodes = facts.get('nodes');
  const member = (replica: Replica, count: number): Member => ({
    replica,
    node: nodes?.named(undefined, replica.pod.spec.nodeName),
    count,
  });
  const members = (replicas: readonly Replica[]): readonly Member[] =>
    areSiblings
      ? replicas.map((replica) => member(replica, 1))
      : [...groupBy(replicas, (replica) => replica.pod.spec.nodeName ?? '').values()].flatMap((group) =>
          group[0] === undefined ? [] : [member(group[0], group.length)],
        );
  return { failing: members(failing), healthy: members(healthy) };
}

interface Measured {
  readonly definition: AxisDefinition;
  readonly best: Omit<Axis, 'adjustedPValue' | 'verdict' | 'confoundedWith' | 'wouldSettle'> | undefined;
  /** Which failing replicas carry the best value: equal signatures cannot be told apart. */
  readonly signature: string;
  readonly distinctValues: number;
}

function measure(definition: AxisDefinition, { failing, healthy }: Split): Measured {
  const failingCounts = countValues(definition, failing);
  const healthyCounts = countValues(definition, healthy);
  const rows = [...failingCounts.byValue.keys()].map((value) => row(definition.axis, value, failingCounts, healthyCounts));
  const [best] = rows.toSorted(
    (left, right) => left.pValue - right.pValue || right.failingWith - left.failingWith || left.value.localeCompare(right.value),
  );
  const carries = ({ replica, node }: Member): string => (definition.valueOf(replica, node) === best?.value ? '1' : '0');
  return {
    definition,
    best,
    signature: [...failing.map(carries), '|', ...healthy.map(carries)].join(''),
    distinctValues: new Set([...failingCounts.byValue.keys(), ...healthyCounts.byValue.keys()]).size,
  };
}

interface ValueCounts {
  readonly byValue: ReadonlyMap<string, number>;
  /** Those whose value is not known included. */
  readonly total: number;
}

function countValues({ valueOf }: AxisDefinition, members: readonly Member[]): ValueCounts {
  const byValue = new Map<string, number>();
  let total = 0;
  for (const { replica, node, count } of members) {
    const value = valueOf(replica, node);
    if (value !== undefined) byValue.set(value, (byValue.get(value) ?? 0) + count);
    total += count;
  }
  return { byValue, total };
}

function row(axis: string, value: string, failing: ValueCounts, healthy: ValueCounts): NonNullable<Measured['best']> {
  const failingWith = failing.byValue.get(value) ?? 0;
  const healthyWith = healthy.byValue.get(value) ?? 0;
  const counts = { failingWith, failingWithout: failing.total - failingWith, healthyWith, healthyWithout: healthy.total - healthyWith };
  return { axis, value, ...counts, pValue: fisherOneSided(counts) };
}

function judge(measured: readonly Measured[], { areSiblings }: ComparedReplicas): readonly Axis[] {
  const separable = measured.filter((each) => each.best !== undefined && each.distinctValues > 1);
  const distinct = [...new Map(separable.map((each) => [each.signature, each])).values()];
  const adjusted = adjustByHolm(distinct.map((each) => each.best?.pValue ?? 1));
  const adjustedBySignature = new Map(distinct.map((each, index) => [each.signature, adjusted[index] ?? 1]));
  return measured.flatMap((each) => {
    if (each.best === undefined) return [];
    const isSeparable = each.distinctValues > 1;
    const adjustedPValue = isSeparable ? (adjustedBySignature.get(each.signature) ?? 1) : 1;
    const confoundedWith = isSeparable
      ? separable.filter((other) => other !== each && other.signature === each.signature).map((other) => other.definition.axis)
      : [];
    const verdict = isSeparable ? verdictOf(each.best, adjustedPValue, areSiblings) : 'cannot-tell';
    return [
      {
        ...each.best,
        adjustedPValue,
        verdict,
        confoundedWith,
        wouldSettle: isSeparable ? wouldSettle(each.best, verdict, confoundedWith) : undefined,
      },
    ];
  });
}

function verdictOf(best: NonNullable<Measured['best']>, adjustedPValue: number, areSiblings: boolean): Axis['verdict'] {
  const failing = best.failingWith + best.failingWithout;
  const healthy = best.healthyWith + best.healthyWithout;
  const isPure = best.failingWithout === 0 && best.healthyWith === 0;
  if (best.failingWith === 1 && best.failingWithout > 0 && individualAxes.has(best.axis)) return 'no';
  // Wherever a single failing replica stands, some node, zone or kernel there is its alone.
  if (failing === 1 && best.healthyWith === 0 && !axesOfWorkload.has(best.axis)) return 'cannot-tell';
  if (best.healthyWithout === 0) return 'no';
  const isNearlyPure = best.failingWithout <= failing * tolerableStrays && (!areSiblings || best.healthyWith <= healthy * tolerableStrays);
  if (isNearlyPure && adjustedPValue <= significance) return 'separates';
  return isPure && best.failingWith > 0 ? 'suggestive' : 'no';
}

function wouldSettle(best: NonNullable<Measured['best']>, verdict: Axis['verdict'], confoundedWith: readonly string[]): string | undefined {
  if (verdict === 'separates' && confoundedWith.length === 0) return undefined;
  if (verdict === 'no') return undefined;
  const others = confoundedWith.length === 0 ? '' : ` (it splits exactly like ${confoundedWith.join(', ')})`;
  return best.axis === 'revision'
    ? `Start one replica of another revision beside the failing ones and see whether it fails too${others}.`
    : `Run the same connection attempt from a pod where ${best.axis} is ${best.value} and from one where it is not${others}.`;
}

const rankOfVerdict: { readonly [Verdict in Axis['verdict']]: number } = { separates: 0, suggestive: 1, no: 2, 'cannot-tell': 2 };

/** The strongest axis; among those that split alike, the one that a human can act on first. */
function leadingOf(axes: readonly Axis[]): Axis | undefined {
  const order = new Map(axisDefinitions.map((each) => [each.axis, each.order]));
  const [first] = axes
    .filter((axis) => rankOfVerdict[axis.verdict] < 2)
    .toSorted(
      (left, right) =>
        rankOfVerdict[left.verdict] - rankOfVerdict[right.verdict] ||
        left.pValue - right.pValue ||
        (order.get(left.axis) ?? 99) - (order.get(right.axis) ?? 99),
    );
  return first;
}

/** The same attempt failing where the value holds and succeeding where it does not turns a weak statistic into a fact. */
function settleByProbes(axes: readonly Axis[], facts: FactSource): { readonly axes: readonly Axis[]; readonly because: Claim | undefined } {
  const probes = facts.get('connectivity-probes') ?? [];
  for (const axis of axes.filter((each) => each.axis === 'node' && each.failingWith > 0 && each.verdict !== 'no')) {
    const isFrom = (probe: ConnectivityProbe): boolean =>
      (probe.from.kind === 'node'
        ? probe.from.name
        : (probe.from.node ?? facts.get('pods')?.named(probe.from.namespace, probe.from.name)?.spec.nodeName)) === axis.value;
    const target = (probe: ConnectivityProbe): string => `${probe.host}:${probe.port ?? ''}`;
    const failed = probes.filter((probe) => isFrom(probe) && probe.outcome !== 'connected');
    const pairs = failed.flatMap((bad) => {
      const good = probes.find((other) => !isFrom(other) && target(other) === target(bad) && other.outcome === 'connected');
      return good === undefined ? [] : [{ bad, good }];
    });
    const because = claimFromAll(
      `The same connection fails from ${axis.value} and succeeds from elsewhere, so the node is what separates them, few as the replicas are.`,
      pairs.flatMap(({ bad, good }) => [
        citeProbe(bad, `${target(bad)} ${bad.outcome}: ${bad.detail}`),
        citeProbe(good, `${target(good)} ${good.outcome}: ${good.detail}`),
      ]),
    );
    if (because !== undefined) {
      return { axes: axes.map((each) => (each === axis ? { ...each, verdict: 'separates', wouldSettle: undefined } : each)), because };
    }
  }
  return { axes, because: undefined };
}
