import { createHash } from 'node:crypto';
import type { Attempt } from '../../domain/incident.ts';
import type { JsonValue } from '../../domain/prepared-change.ts';

const markLetters = 16;

/**
 * Marks what a human reads before saying yes: the plan, and the objects that it is for. An answer carries it back, so that
 * nobody agrees to another plan than the one on the screen. What is written follows from the change (see `Permit`), and is
 * masked where it is shown, so that it cannot be part of a mark that both sides work out.
 */
export function planMark({ number, plan, prepared }: Pick<Attempt, 'number' | 'plan' | 'prepared'>): string {
  const objects = prepared.map(({ object }) => object);
  const written = JSON.stringify(inOrder(JSON.parse(JSON.stringify({ number, plan, objects })) as JsonValue));
  return createHash('sha256').update(written).digest('hex').slice(0, markLetters);
}

/** A database may give the keys of an object back in another order. */
function inOrder(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, inOrder(each)] as const),
  );
}
