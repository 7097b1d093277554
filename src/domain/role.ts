/** What somebody may do. Each may do what the one before it may. */
export const roles = ['view', 'operate', 'administer'] as const;
export type Role = (typeof roles)[number];

export function mayActAs(has: Role, needs: Role): boolean {
  return roles.indexOf(has) >= roles.indexOf(needs);
}
