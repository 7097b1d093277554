import type { BlastRadius, Scope } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import { type AxisDefinition, axisDefinitions } from './axes.ts';
import type { FactSource } from './fact-source.ts';
import { troubleClass } from './trouble-class.ts';

/** Who is held against whom to see what separates them. */
export interface ComparedReplicas {
  readonly population: BlastRadius['population'];
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
    return { population: 'target', failing, healthy, definitions: axisDefinitions };
  const classes = new Set(failing.map(troubleClass));
  const alike = scope.alsoFailing.filter((replica) => classes.has(troubleClass(replica)));
  return {
    population: 'widened',
    failing: [...failing, ...alike],
    healthy: facts.get('replicas')?.all.filter((replica) => replica.health === 'healthy') ?? [],
    definitions: axisDefinitions.filter((each) => !workloadAxes.has(each.axis)),
  };
}
