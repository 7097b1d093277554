/** What somebody may do. Each may do what the one before it may. */
export const roles = ['view', 'operate', 'administer'] as const;
export type Role = (typeof roles)[number];

/** The least that somebody must be to approve a plan, when they say yes and still when it is carried out. */
export const approvingRole = 'operate' satisfies Role;

export function mayActAs(has: Role, needs: Role): boolean {
  return roles.indexOf(has) >= roles.indexOf(needs);
}
