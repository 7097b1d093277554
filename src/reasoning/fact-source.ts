import type { FactKind, FactOf } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';

/** All facts of one snapshot, each indexed or derived once, when first asked for. Undefined: could not be read. */
export interface FactSource {
  readonly now: Instant;
  readonly get: <Kind extends FactKind>(kind: Kind) => FactOf<Kind> | undefined;
}
