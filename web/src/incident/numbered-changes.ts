import type { Change } from '../contract-parts.ts';

export interface NumberedChange {
  readonly change: Change;
  /** The same in the drawing and in the list. Undefined: unrelated, and only marked. */
  readonly number: number | undefined;
}

export function numbered(changes: readonly Change[]): readonly NumberedChange[] {
  let count = 0;
  return changes.map((change) => {
    if (change.standing === 'unrelated') return { change, number: undefined };
    count += 1;
    return { change, number: count };
  });
}
