/*
 * How old something is, is counted by the server's clock: a laptop that was asleep, or a phone abroad, may have another one.
 */

let aheadMilliseconds = 0;
const listeners = new Set<() => void>();
/** The header has whole seconds, so a smaller difference means nothing. */
const toleratedMilliseconds = 2_000;

export function noteServerDate(header: string | null): void {
  const at = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(at)) return;
  const difference = at - Date.now();
  const ahead = Math.abs(difference) > toleratedMilliseconds ? difference : 0;
  if (Math.abs(ahead - aheadMilliseconds) <= toleratedMilliseconds) return;
  aheadMilliseconds = ahead;
  for (const listener of listeners) listener();
}

/** Calls back when it is found out that the server's clock stands elsewhere. */
export function onClockSet(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function serverNow(): number {
  return Date.now() + aheadMilliseconds;
}

/** What this machine's clock said, as the server's clock would have said it. */
export function asServerTime(ownMilliseconds: number): number {
  return ownMilliseconds + aheadMilliseconds;
}
