import type { PublishedMatrix, PublishedReplica } from '../domain/investigation.ts';
import type { Axis } from '../domain/reasoned.ts';
import type { Replica } from '../domain/replica.ts';
import type { Assessment } from './assess.ts';
import type { AxisDefinition } from './axes.ts';
import { comparedReplicas } from './compared-replicas.ts';
import { spokenTrouble } from './spoken-trouble.ts';

/** More rows than this are no longer seen at a glance. */
const mostRows = 60;
/** However many fail, so many rows are left to those that do not: without them nothing separates. */
const rowsForTheOthers = 20;

/** Every replica that was compared with its value on every axis. Empty: there was none. */
export function publishMatrix(assessment: Assessment): { readonly matrix?: PublishedMatrix } {
  const { scope, facts, radius } = assessment;
  const { failing, healthy, definitions } = comparedReplicas(scope, facts);
  const nodes = facts.get('nodes');
  const valueOf = (definition: AxisDefinition, replica: Replica): string | undefined =>
    definition.valueOf(replica, nodes?.named(undefined, replica.pod.spec.nodeName));
  const leading = definitions.find((each) => each.axis === radius.leading?.axis);
  const isLike = (replica: Replica): boolean => leading !== undefined && valueOf(leading, replica) === radius.leading?.value;

  const others = [...byLikeness(scope.undecided, isLike), ...byLikeness(healthy, isLike)];
  const shownFailing = byLikeness(failing, isLike).slice(0, Math.max(mostRows - others.length, mostRows - rowsForTheOthers));
  const shown = [...shownFailing, ...others.slice(0, mostRows - shownFailing.length)];
  if (shown.length === 0) return {};
  const known = definitions.filter((each) => shown.some((replica) => valueOf(each, replica) !== undefined));
  const axes = mostTellingFirst(known, { leading, measured: radius.axes });
  const more = failing.length + others.length - shown.length;
  return {
    matrix: {
      axes: axes.map((each) => each.axis),
      rows: shown.map((replica) => publishReplica(replica, (definition) => valueOf(definition, replica), axes)),
      ...(more === 0 ? {} : { more }),
    },
  };
}

/** Those with the value of the leading axis first: the failing that show the pattern, and the healthy that contradict it. */
function byLikeness(replicas: readonly Replica[], isLike: (replica: Replica) => boolean): readonly Replica[] {
  const named = replicas.toSorted((left, right) => (spokenName(left) < spokenName(right) ? -1 : 1));
  return [...named.filter(isLike), ...named.filter((replica) => !isLike(replica))];
}

function spokenName({ pod }: Replica): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
}

const rankOfVerdict: { readonly [Verdict in Axis['verdict']]: number } = { separates: 0, suggestive: 1, no: 2, 'cannot-tell': 3 };

function mostTellingFirst(
  definitions: readonly AxisDefinition[],
  { leading, measured }: { readonly leading: AxisDefinition | undefined; readonly measured: readonly Axis[] },
): readonly AxisDefinition[] {
  const verdicts = new Map(measured.map((axis) => [axis.axis, rankOfVerdict[axis.verdict]]));
  const rank = (each: AxisDefinition): number => (each === leading ? -1 : (verdicts.get(each.axis) ?? 4));
  return definitions.toSorted((left, right) => rank(left) - rank(right) || left.order - right.order);
}

function publishReplica(
  replica: Replica,
  valueOf: (definition: AxisDefinition) => string | undefined,
  axes: readonly AxisDefinition[],
): PublishedReplica {
  const { health, pod, workload } = replica;
  const trouble = spokenTrouble(replica);
  return {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    workload,
    health: health === 'failing' || health === 'healthy' ? health : 'undecided',
    ...(trouble === undefined ? {} : { trouble }),
    values: axes.map((axis) => valueOf(axis) ?? null),
  };
}
