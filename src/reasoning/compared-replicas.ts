import { chanceOfOnePlace } from '../domain/chance-of-place.ts';
import { groupBy } from '../domain/collection.ts';
import type { Axis, BlastRadius, Scope } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { subjectKey } from '../domain/subject.ts';
import { type AxisDefinition, axisDefinitions } from './axes.ts';
import type { FactSource } from './fact-source.ts';
import { troubleClass } from './trouble-class.ts';

/** Who is held against whom to see what separates them. */
export interface ComparedReplicas {
  readonly population: BlastRadius['population'];
  /** True: only replicas whose siblings fail are counted as healthy, so that a healthy one speaks against an axis. */
  readonly areSiblings: boolean;
  readonly failing: readonly Replica[];
  readonly healthy: readonly Replica[];
  readonly definitions: readonly AxisDefinition[];
}

/** Axes that mean something only among replicas of one workload. */
const workloadAxes: ReadonlySet<string> = new Set(['revision', 'image digest', 'configuration', 'service account', 'namespace']);

/** Siblings, or where no sibling is healthy, everything that fails alike and everything that is healthy. */
export function comparedReplicas(scope: Scope, facts: FactSource): ComparedReplicas {
  const { failing, healthy } = scope;
  if (failing.length > 0 && healthy.length > 0 && scope.target?.kind !== 'Node')
    return { population: 'target', areSiblings: true, failing, healthy, definitions: axisDefinitions };
  const classes = new Set(failing.map(troubleClass));
  const alike = scope.alsoFailing.filter((replica) => classes.has(troubleClass(replica)));
  return {
    population: 'widened',
    areSiblings: false,
    failing: [...failing, ...alike],
    healthy: facts.get('replicas')?.all.filter((replica) => replica.health === 'healthy') ?? [],
    definitions: axisDefinitions.filter((each) => !workloadAxes.has(each.axis)),
  };
}

/** So many workloads can prove together what none of them does alone. */
const fewestWorkloads = 2;

/**
 * All workloads that fail alike, each held against its own healthy siblings. Undefined: too few of them have any.
 */
export function pooledSiblings(scope: Scope, facts: FactSource): ComparedReplicas | undefined {
  const classes = new Set(scope.failing.map(troubleClass));
  const alike = [...scope.failing, ...scope.alsoFailing].filter((replica) => classes.has(troubleClass(replica)));
  const siblings = (replica: Replica): readonly Replica[] =>
    facts
      .get('replicas')
      ?.ofWorkload(replica.workload)
      .filter((other) => other.health === 'healthy') ?? [];
  const groups = [...groupBy(alike, ({ workload }) => subjectKey(workload)).values()].flatMap((failing) => {
    const healthy = failing[0] === undefined ? [] : siblings(failing[0]);
    return healthy.length === 0 ? [] : [{ failing, healthy }];
  });
  if (groups.length < fewestWorkloads) return undefined;
  return {
    population: 'widened',
    areSiblings: true,
    failing: groups.flatMap((each) => each.failing),
    healthy: groups.flatMap((each) => each.healthy),
    definitions: axisDefinitions.filter((each) => !workloadAxes.has(each.axis)),
  };
}

/** How probable the axis is to hold by chance, where each workload is drawn from its own replicas. */
export function chanceOf(
  { axis, value }: Pick<Axis, 'axis' | 'value'>,
  { failing, healthy, definitions }: ComparedReplicas,
  facts: FactSource,
): number {
  const valueOf = definitions.find((each) => each.axis === axis)?.valueOf;
  const at = (replica: Replica): string | undefined => valueOf?.(replica, facts.get('nodes')?.named(undefined, replica.pod.spec.nodeName));
  const failed = new Set(failing);
  const strata = [...groupBy([...failing, ...healthy], ({ workload }) => subjectKey(workload)).values()].map((members) => ({
    failing: members.filter((each) => failed.has(each)).length,
    members: members.length,
    membersThere: members.filter((each) => at(each) === value).length,
  }));
  return chanceOfOnePlace(strata, new Set([...failing, ...healthy].map(at)).size);
}
