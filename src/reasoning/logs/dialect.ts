import type { ClueKind } from '../../domain/log-clue.ts';

/** One way in which programs say that something went wrong. */
export interface Dialect {
  readonly kind: ClueKind;
  /** Literal words first, no nested repetition: it runs over every suspicious line. Group `name` is the setting, file or module. */
  readonly says: RegExp;
  /** True: the line may name the peer that was called. */
  readonly hasPeer?: true;
}

/** The words in short form: each pattern is one saying of the kind. */
export function sayings(kind: ClueKind, says: readonly RegExp[]): readonly Dialect[] {
  return says.map((each) => ({ kind, says: each }));
}

export function sayingsOfPeers(kind: ClueKind, says: readonly RegExp[]): readonly Dialect[] {
  return says.map((each) => ({ kind, says: each, hasPeer: true }));
}
