import type { ClusterChange } from './cluster-change.ts';
import type { Instant } from './instant.ts';
import { isBlocked, type MitigationPlan } from './mitigation.ts';
import { objectPathOf } from './object-path.ts';
import { isSame, type PreparedChange } from './prepared-change.ts';
import { isWriteOf } from './write-of-change.ts';

/** Who let the plan run. */
export interface Approval {
  /** A person's name, or what the policy file calls its rule. */
  readonly by: string;
  readonly how: 'human' | 'policy';
  readonly at: Instant;
  /** True: it was given for a plan of which it was known that it destroys evidence that could not be saved. Absent: no. */
  readonly isWithoutEvidence?: true;
}

/**
 * What an actuator must be handed to change anything. There is no other way to make one than `Permit.forPlan`, and that
 * gives none for a blocked plan: no surface can execute one by mistake or on purpose.
 */
export class Permit {
  readonly #changes: readonly ClusterChange[];
  readonly approval: Approval;

  private constructor(changes: readonly ClusterChange[], approval: Approval) {
    // A copy: what is done to the plan afterwards was not approved.
    this.#changes = structuredClone(changes);
    this.approval = approval;
  }

  /** Undefined: the plan is blocked. */
  static forPlan(plan: MitigationPlan, approval: Approval): Permit | undefined {
    return isBlocked(plan) ? undefined : new Permit(plan.changes, approval);
  }

  /**
   * True: what would be written is one of the approved plan's changes, or puts one of them back, on the object that it
   * speaks of. False too for what only looks like a permit.
   */
  static covers(permit: Permit, prepared: PreparedChange): boolean {
    return #changes in permit && permit.#changes.some((change) => isSame(change, prepared.change)) && isFaithful(prepared);
  }
}

/** What is stored can be altered before it is carried out: the object and the write must still be those of the change. */
function isFaithful({ change, object, write }: PreparedChange): boolean {
  const place = objectPathOf(change);
  return (
    place.state === 'known' &&
    place.path === object.path &&
    (change.uid === undefined || change.uid === object.uid) &&
    isWriteOf(change, write)
  );
}
