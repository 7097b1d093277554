import type { Replica } from '../domain/replica.ts';

/** Replicas of one class fail alike as far as the API tells: at the same step of a pod's life. */
export function troubleClass(replica: Replica): string {
  const [trouble] = replica.troubles;
  if (trouble === undefined) return 'none';
  switch (trouble.kind) {
    case 'waiting':
      return /image|registry/i.test(trouble.reason) ? 'image' : /Config|Create/.test(trouble.reason) ? 'creation' : 'crash';
    case 'ended':
      return 'crash';
    default:
      return trouble.kind;
  }
}
