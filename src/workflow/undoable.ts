import { type Attempt, standingChanges } from '../domain/incident.ts';

/** Something of it is in force or may come to be by itself, and nobody asked to put it back yet. */
export function isUndoable(attempt: Attempt): boolean {
  return attempt.undoAsked === undefined && (isUnderWay(attempt) || standingChanges(attempt).length > 0);
}

/** Approved, and about to be carried out, or half of it: what is still to come must not happen either. */
export function isUnderWay({ approval, declined, appliedAt }: Attempt): boolean {
  return approval !== undefined && declined === undefined && appliedAt === undefined;
}
