import { citeObject, claimFromAll } from './citation.ts';
import type { Precondition } from './precondition.ts';
import type { Replica } from './replica.ts';

export interface Staying {
  /** All replicas of the workload. */
  readonly members: readonly Replica[];
  /** Those that are taken away for a while. */
  readonly leaving: readonly Replica[];
  /** How many the workload wants. Absent: not known. */
  readonly wanted: number | undefined;
  /** one: somebody still answers. majority: more than half of what is wanted. */
  readonly floor: 'one' | 'majority';
}

/** Whether enough healthy replicas are left to carry the load. Replicas that are neither healthy nor failing are counted for neither. */
export function enoughStay({ members, leaving, wanted, floor }: Staying): Precondition {
  const staying = members.filter((replica) => replica.health === 'healthy' && !leaving.includes(replica));
  const undecided = members.filter((replica) => replica.health === 'unknown' || replica.health === 'starting');
  const least = floor === 'one' ? 1 : wanted === undefined ? undefined : Math.floor(wanted / 2) + 1;
  const claim = floor === 'one' ? 'at least one healthy replica stays' : 'more than half of the wanted replicas stay healthy';
  const cited = claimFromAll(
    `${staying.length} healthy replica${staying.length === 1 ? ' stays' : 's stay'}${wanted === undefined ? '' : ` of ${wanted} wanted`}.`,
    (staying.length > 0 ? staying : members).slice(0, 4).map((replica) => citeObject(replica.pod, `it is ${replica.health}`)),
  );
  return { id: 'enough-stay', claim, holds: judge(staying.length, undecided.length, least), because: cited === undefined ? [] : [cited] };
}

function judge(staying: number, undecided: number, least: number | undefined): Precondition['holds'] {
  if (least === undefined) return 'cannot-tell';
  if (staying >= least) return 'yes';
  return staying + undecided >= least ? 'cannot-tell' : 'no';
}
