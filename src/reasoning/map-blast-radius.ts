import { type Claim, citeProbe, claimFromAll } from '../domain/citation.ts';
import type { ConnectivityProbe } from '../domain/evidence.ts';
import type { Node } from '../domain/kubernetes/node.ts';
import type { Axis, BlastRadius, Scope } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { type AxisDefinition, axisDefinitions } from './axes.ts';
import type { FactSource } from './fact-source.ts';
import { fisherOneSided } from './statistics/fishers-exact-test.ts';
import { adjustByHolm } from './statistics/holm.ts';
import { troubleClass } from './trouble-class.ts';

/** The usual level; Holm's correction keeps the whole family of axes below it. */
const significance = 0.05;
/** In a mixed population some replicas on a bad node still look healthy, so a clean split is not asked for there. */
const tolerableStrays = 0.1;

/** Axes on which each replica may have a value of its own, so that a single failing replica always "separates". */
const individualAxes: ReadonlySet<string> = new Set(['node', 'pod network']);
/** Axes that mean something only among replicas of one workload. */
const workloadAxes: ReadonlySet<string> = new Set(['revision', 'image digest', 'configuration', 'service account', 'namespace']);

/** Who fails, who is healthy, and what separates them. */
export function mapBlastRadius(scope: Scope, facts: FactSource): BlastRadius {
  const canCompare = scope.failing.length > 0 && scope.healthy.length > 0 && scope.target?.kind !== 'Node';
  const population = canCompare ? 'target' : 'widened';
  const split = canCompare ? { failing: scope.failing, healthy: scope.healthy } : widenedSplit(scope, facts);
  const definitions = axisDefinitions.filter((each) => population === 'target' || !workloadAxes.has(each.axis));
  const measured = definitions.map((definition) => measure(definition, split, nodeOf(facts)));
  const axes = judge(measured, population);
  const settled = settleByProbes(axes, facts);
  return {
    population,
    axes: settled.axes,
    leading: leadingOf(settled.axes),
    isSettledByProbes: settled.because !== undefined,
    because: settled.because === undefined ? [] : [settled.because],
  };
}

interface Split {
  readonly failing: readonly Replica[];
  readonly healthy: readonly Replica[];
}

/** No healthy sibling to compare with: compare everything that fails alike with everything that is healthy. */
function widenedSplit(scope: Scope, facts: FactSource): Split {
  const classes = new Set(scope.failing.map(troubleClass));
  const alike = scope.alsoFailing.filter((replica) => classes.has(troubleClass(replica)));
  const healthy = facts.get('replicas')?.all.filter((replica) => replica.health === 'healthy') ?? [];
  return { failing: [...scope.failing, ...alike], healthy };
}

function nodeOf(facts: FactSource): (replica: Replica) => Node | undefined {
  return (replica) => facts.get('nodes')?.named(undefined, replica.pod.spec.nodeName);
}

interface Measured {
  readonly definition: AxisDefinition;
  readonly best: Omit<Axis, 'adjustedPValue' | 'verdict' | 'confoundedWith' | 'wouldSettle'> | undefined;
  /** Which failing replicas carry the best value: equal signatures cannot be told apart. */
  readonly signature: string;
  readonly distinctValues: number;
  readonly unknown: number;
}

function measure(definition: AxisDefinition, { failing, healthy }: Split, nodeFor: (replica: Replica) => Node | undefined): Measured {
  const valuesOf = (replicas: readonly Replica[]): readonly (string | undefined)[] =>
    replicas.map((replica) => definition.valueOf(replica, nodeFor(replica)));
  const failingValues = valuesOf(failing);
  const healthyValues = valuesOf(healthy);
  const known = [...failingValues, ...healthyValues].filter((value) => value !== undefined);
  const rows = [...new Set(failingValues)].flatMap((value) =>
    value === undefined ? [] : [row(definition.axis, value, failingValues, healthyValues)],
  );
  const [best] = rows.toSorted(
    (left, right) => left.pValue - right.pValue || right.failingWith - left.failingWith || left.value.localeCompare(right.value),
  );
  const carries = (value: string | undefined): string => (value === best?.value ? '1' : '0');
  return {
    definition,
    best,
    signature: [...failingValues.map(carries), '|', ...healthyValues.map(carries)].join(''),
    distinctValues: new Set(known).size,
    unknown: failing.length + healthy.length - known.length,
  };
}

function row(
  axis: string,
  value: string,
  failing: readonly (string | undefined)[],
  healthy: readonly (string | undefined)[],
): NonNullable<Measured['best']> {
  const failingWith = failing.filter((each) => each === value).length;
  const healthyWith = healthy.filter((each) => each === value).length;
  const counts = { failingWith, failingWithout: failing.length - failingWith, healthyWith, healthyWithout: healthy.length - healthyWith };
  return { axis, value, ...counts, pValue: fisherOneSided(counts) };
}

function judge(measured: readonly Measured[], population: BlastRadius['population']): readonly Axis[] {
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
    const verdict = isSeparable ? verdictOf(each.best, adjustedPValue, population) : 'cannot-tell';
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

function verdictOf(best: NonNullable<Measured['best']>, adjustedPValue: number, population: BlastRadius['population']): Axis['verdict'] {
  const failing = best.failingWith + best.failingWithout;
  const healthy = best.healthyWith + best.healthyWithout;
  const isPure = best.failingWithout === 0 && best.healthyWith === 0;
  const isAlone = best.failingWith === 1 && individualAxes.has(best.axis);
  if (isAlone) return best.failingWithout === 0 ? 'cannot-tell' : 'no';
  if (best.healthyWithout === 0) return 'no';
  const isNearlyPure =
    best.failingWithout <= failing * tolerableStrays && (population === 'widened' || best.healthyWith <= healthy * tolerableStrays);
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
