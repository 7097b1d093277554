import { changedSubject, type ClusterChange } from './cluster-change.ts';
import type { Instant } from './instant.ts';
import { isBlocked, type MitigationPlan } from './mitigation.ts';
import { isSame, type PreparedChange } from './prepared-change.ts';

/** Who let the plan run. */
export interface Approval {
  /** A person's name, or what the policy file calls its rule. */
  readonly by: string;
  readonly how: 'human' | 'policy';
  readonly at: Instant;
}

/**
 * What an actuator must be handed to change anything. There is no other way to make one than `Permit.forPlan`, and that
 * gives none for a blocked plan: no surface can execute one by mistake or on purpose.
 */
export class Permit {
  readonly #changes: readonly ClusterChange[];
  readonly approval: Approval;

  private constructor(changes: readonly ClusterChange[], approval: Approval) {
    this.#changes = changes;
    this.approval = approval;
  }

  /** Undefined: the plan is blocked. */
  static forPlan(plan: MitigationPlan, approval: Approval): Permit | undefined {
    return isBlocked(plan) ? undefined : new Permit(plan.changes, approval);
  }

  /** True: the change is one of the approved plan, or puts back one of its fields. False too for what only looks like a permit. */
  static covers(permit: Permit, prepared: PreparedChange): boolean {
    return #changes in permit && permit.#changes.some((change) => isSame(change, prepared.change)) && isOn(prepared);
  }
}

/** The written object is the one that the change speaks of; a stored change that was tampered with is not. */
function isOn({ change, object }: PreparedChange): boolean {
  const { namespace, name } = changedSubject(change);
  return (
    object.path.endsWith(`/${encodeURIComponent(name)}`) &&
    (namespace === undefined || object.path.includes(`/namespaces/${encodeURIComponent(namespace)}/`))
  );
}
