/** Milliseconds since 1970-01-01T00:00:00Z. The core never asks for the time; instants arrive inside evidence. */
export type Instant = number;

export const millisecondsPerSecond = 1000;
export const millisecondsPerMinute = 60_000;
export const millisecondsPerHour = 3_600_000;
export const millisecondsPerDay = 86_400_000;

/** Reads RFC 3339. Absent: the text is not a time. */
export function parseInstant(text: unknown): Instant | undefined {
  if (typeof text !== 'string' || text.length < 10) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

/** RFC 3339 in UTC without needless milliseconds, as Kubernetes writes it. */
export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** "02:43:10", in UTC, for prose. */
export function clockTime(instant: Instant): string {
  return new Date(instant).toISOString().slice(11, 19);
}

/** "4 min", "7 d": the largest unit that keeps the figure above one, for prose. */
export function spokenDuration(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  if (size < 90 * millisecondsPerSecond) return `${Math.round(size / millisecondsPerSecond)} s`;
  if (size < 90 * millisecondsPerMinute) return `${Math.round(size / millisecondsPerMinute)} min`;
  if (size < 36 * millisecondsPerHour) return `${Math.round(size / millisecondsPerHour)} h`;
  return `${Math.round(size / millisecondsPerDay)} d`;
}
