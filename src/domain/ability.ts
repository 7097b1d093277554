/** What somebody may let Stanch do to a cluster; each is a ClusterRole of its own. */
export const abilities = ['read', 'secret-names', 'act', 'exec', 'debug-pods'] as const;

export type Ability = (typeof abilities)[number];

/** Which roles are wanted. */
export interface RoleWish {
  readonly abilities: readonly Ability[];
  /** Ids. Absent: all that there are. Others than these get no rights by `act`. */
  readonly mitigations?: readonly string[];
}
