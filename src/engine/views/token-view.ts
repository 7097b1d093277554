import { z } from 'zod';
import { formatInstant } from '../../domain/instant.ts';
import { roles } from '../../domain/role.ts';
import type { AccessToken } from '../../ports/access-store.ts';
import { oneLine } from '../../writing/terminal-safe.ts';
import { moment } from './fields.ts';

export const tokenShape = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  createdAt: moment('When it was made.'),
  expiresAt: z.exactOptional(moment('Absent: it does not run out.')),
  revokedAt: z.exactOptional(moment('Absent: it is not revoked.')),
});

/** Without its hash, which is nobody's business. */
export function tokenView({ id, name, role, createdAt, expiresAt, revokedAt }: AccessToken): z.input<typeof tokenShape> {
  return {
    id,
    name: oneLine(name),
    role,
    createdAt: formatInstant(createdAt),
    ...(expiresAt === undefined ? {} : { expiresAt: formatInstant(expiresAt) }),
    ...(revokedAt === undefined ? {} : { revokedAt: formatInstant(revokedAt) }),
  };
}
