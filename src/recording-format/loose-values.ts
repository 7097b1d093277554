import { type Instant, millisecondsPerSecond, parseInstant } from '../domain/instant.ts';
import { isRecord } from '../domain/shape.ts';

/** Fields of a value that people wrote by hand or another program exported. Not a map: no fields. */
export type LooseRecord = { readonly [field: string]: unknown };
const noFields: LooseRecord = Object.freeze({});

export function recordOf(raw: unknown): LooseRecord {
  return isRecord(raw) ? raw : noFields;
}

/** The first of these fields that is set. Writers name the same thing differently. */
export function firstOf(from: LooseRecord, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = from[name];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Text that is not empty; numbers and flags as YAML writers leave quotes out. */
export function textOf(raw: unknown): string | undefined {
  if (typeof raw === 'string') return raw.trim() === '' ? undefined : raw;
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : undefined;
}

export function numberOf(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Above this a number counts milliseconds: as seconds it would lie beyond the year 5000. */
const firstMillisecondCount = 100_000_000_000;

/** RFC 3339, or seconds or milliseconds since 1970. Go's zero time means "not set". */
export function timeOf(raw: unknown): Instant | undefined {
  const count = typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw;
  if (typeof count !== 'number') return typeof raw === 'string' && raw.startsWith('0001-') ? undefined : parseInstant(raw);
  if (!Number.isFinite(count) || count <= 0) return undefined;
  return Math.round(count >= firstMillisecondCount ? count : count * millisecondsPerSecond);
}

const secondsPerUnit: { readonly [unit: string]: number } = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** 15, "15", "15s", "1m30s": seconds. */
export function secondsOf(raw: unknown): number | undefined {
  const plain = numberOf(raw);
  if (plain !== undefined) return plain > 0 ? plain : undefined;
  if (typeof raw !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(raw)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of raw.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) seconds += Number(count) * (secondsPerUnit[unit ?? ''] ?? 0);
  return seconds > 0 ? seconds : undefined;
}

/** Labels as text; anything else in them is dropped. */
export function labelsOf(raw: unknown): { readonly [name: string]: string } {
  const entries = Object.entries(recordOf(raw)).flatMap(([name, value]) => {
    const written = textOf(value);
    return written === undefined ? [] : [[name, written] as const];
  });
  return Object.fromEntries(entries);
}

/** What a part of a recording holds, and what in it could not be understood: one line each. */
export interface Understood<Item> {
  readonly items: readonly Item[];
  readonly complaints: readonly string[];
}

export function understandEach<Item>(raws: readonly unknown[], understand: (raw: unknown) => Item | string): Understood<Item> {
  const items: Item[] = [];
  const complaints: string[] = [];
  for (const [position, raw] of raws.entries()) {
    const result = understand(raw);
    if (typeof result === 'string') complaints.push(`entry ${position + 1}: ${result}`);
    else items.push(result);
  }
  return { items, complaints };
}

/** The list in a value that is one, or holds one under a name that exporters use; else the value as the only entry. */
export function entriesOf(raw: unknown, ...names: readonly string[]): readonly unknown[] {
  if (Array.isArray(raw)) return raw;
  const within = firstOf(recordOf(raw), ...names);
  if (Array.isArray(within)) return within;
  return isRecord(raw) && Object.keys(raw).length > 0 ? [raw] : [];
}
