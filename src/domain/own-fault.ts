import type { Citation } from './citation.ts';
import type { ClueKind, LogClue } from './log-clue.ts';
import type { Replica } from './replica.ts';

/** What a program says of its own code, or of what its code expects to find, and of nobody and nothing that it was given. */
const faultsOfTheProgram: ReadonlySet<ClueKind> = new Set(['panic', 'schema-mismatch']);

/**
 * The last words of these replicas, where they speak of a fault of the program and of nothing else. Empty: some replica
 * names another reason, or none of them says anything.
 */
export function faultsOfProgram(replicas: readonly Replica[], clues: readonly LogClue[] | undefined): readonly Citation[] {
  const last = (clues ?? []).filter((clue) => clue.isNearEnd && replicas.includes(clue.replica));
  if (last.some(({ kind }) => !faultsOfTheProgram.has(kind))) return [];
  return last.filter((clue, index) => last.findIndex((each) => each.replica === clue.replica) === index).map(({ citation }) => citation);
}
