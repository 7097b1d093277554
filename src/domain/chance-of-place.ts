/** One workload of which some replicas fail, all of them at the place in question. */
export interface Stratum {
  readonly failing: number;
  /** Failing and healthy ones, wherever they are. */
  readonly members: number;
  /** Failing and healthy ones at the place. */
  readonly membersThere: number;
}

/**
 * How probable it is that the failing replicas of all these workloads meet at one place by chance alone, each workload's
 * being drawn from its own replicas. 0 to 1. Many workloads with a few replicas each prove what none of them does alone.
 */
export function chanceOfOnePlace(strata: readonly Stratum[], places: number): number {
  const here = strata.reduce(
    (product, { failing, members, membersThere }) => product * (choose(membersThere, failing) / choose(members, failing)),
    1,
  );
  return Math.min(1, here * places);
}

function choose(from: number, count: number): number {
  let ways = 1;
  for (let taken = 1; taken <= count; taken += 1) ways *= (from - count + taken) / taken;
  return ways;
}
