import { type Citation, type Claim, citeObject, claimFromAll, pointerKey } from './citation.ts';
import { groupBy } from './collection.ts';
import { firstRoundAtTheEarliest } from './container-evidence.ts';
import type { Finding, Step, Weight } from './failure-mode.ts';
import type { Instant } from './instant.ts';
import type { Replica } from './replica.ts';
import { type Subject, subject, subjectKey } from './subject.ts';

/** One replica in which a rule saw its sign. */
export interface Sighting {
  readonly replica: Replica;
  /** What was seen, most telling first. */
  readonly citations: readonly [Citation, ...Citation[]];
  /** When the sign was first seen. What it is a sign of began no later than the replica's own failure. Absent: not told. */
  readonly since?: Instant | undefined;
}

export type AtLeastOne<Item> = readonly [Item, ...Item[]];

/** Many pods of one broken template are one trouble: groups by workload and by what was seen in it. */
export function byWorkload<Seen extends Sighting>(
  sightings: readonly Seen[],
  detailOf: (seen: Seen) => string = () => '',
): readonly AtLeastOne<Seen>[] {
  return byDetail(sightings, (seen) => `${subjectKey(seen.replica.workload)} ${detailOf(seen)}`);
}

/** What was seen alike in pods of whichever workloads, such as what all of them miss. */
export function byDetail<Seen extends Sighting>(sightings: readonly Seen[], detailOf: (seen: Seen) => string): readonly AtLeastOne<Seen>[] {
  const groups = groupBy(sightings, detailOf);
  return [...groups.values()].flatMap(([first, ...more]) => (first === undefined ? [] : [[first, ...more] as const]));
}

/** Twelve places show a pattern as well as a thousand would. */
const mostCitations = 12;

/** A claim about a whole group, citing each member. */
export function claimOfAll(says: string, sightings: AtLeastOne<Sighting>): Claim {
  const [first] = sightings[0].citations;
  const cited = new Map(
    sightings.flatMap((seen) => seen.citations).map((citation) => [`${pointerKey(citation.of)} ${citation.shows}`, citation]),
  );
  return claimFromAll(says, [...cited.values()].slice(0, mostCitations)) ?? { says, citing: [first] };
}

export interface FindingParts {
  readonly weight: Weight;
  readonly because: readonly [Claim, ...Claim[]];
  /** Default: the workload of the replicas. */
  readonly subject?: Subject | undefined;
  readonly against?: readonly Claim[];
  readonly contributing?: readonly Claim[];
  readonly since?: Instant | undefined;
  readonly blames?: readonly Subject[];
  readonly explainsSplit?: true;
  readonly steps?: readonly Step[];
  readonly wouldSettle?: readonly string[];
}

/** The finding about a group: it affects each pod seen and their workload. */
export function findingOf(sightings: AtLeastOne<Sighting>, parts: FindingParts): Finding {
  const since = parts.since ?? earliest(sightings.flatMap((seen) => [seen.since, seen.replica.failingSince]));
  const began = earliest(sightings.map(({ replica }) => firstRoundAtTheEarliest(replica.pod)));
  const { subject: own, since: _since, ...rest } = parts;
  return {
    ...rest,
    subject: own ?? sightings[0].replica.workload,
    affects: affectedBy(sightings.map((seen) => seen.replica)),
    ...(since === undefined ? {} : { since }),
    ...(since === undefined || began === undefined || began >= since ? {} : { mayHaveBegun: began }),
  };
}

export function podSubject({ pod }: Replica): Subject {
  return subject('Pod', pod.metadata.namespace, pod.metadata.name);
}

/** The pods, and the workloads that they belong to. */
export function affectedBy(replicas: readonly Replica[]): readonly Subject[] {
  const all = [...replicas.map(podSubject), ...replicas.map((replica) => replica.workload)];
  return [...new Map(all.map((each) => [subjectKey(each), each])).values()];
}

export function earliest(times: readonly (Instant | undefined)[]): Instant | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** "3 replicas", "1 replica". */
export function countOf(replicas: readonly unknown[]): string {
  return replicas.length === 1 ? '1 replica' : `${replicas.length} replicas`;
}

/** Replicas of the same workload and revision that do what they should: they speak against whatever the template is accused of. */
export function healthySiblings(replica: Replica, all: readonly Replica[]): readonly Replica[] {
  return all.filter((other) => other.health === 'healthy' && other.revision === replica.revision);
}

/** A claim for "against" that names healthy replicas with the same template. Empty: there are none. */
export function siblingsAreFine(siblings: readonly Replica[], says: string): readonly Claim[] {
  const healthy = claimFromAll(
    says,
    siblings.slice(0, 3).map(({ pod }) => citeObject(pod, 'status.conditions[Ready]: True')),
  );
  return healthy === undefined ? [] : [healthy];
}
