import { type Instant, parseInstant } from './instant.ts';
import { redactEnvironmentValue, redactText } from './redaction.ts';

/**
 * How one value of a raw API object becomes a trusted value. Reading never throws: what is missing or of another
 * type than the API promises is read as absent, so that one malformed object cannot stop an investigation.
 */
export interface Shape<Value> {
  readonly read: (raw: unknown) => Value;
}

export type Shaped<Of> = Of extends Shape<infer Value> ? Value : never;
type Fields = { readonly [name: string]: Shape<unknown> };
type ShapedFields<Of extends Fields> = { readonly [Name in keyof Of]: Shaped<Of[Name]> };

/** A name, enum word or other text that cannot carry a secret. Absent: not set. */
export const text: Shape<string | undefined> = { read: (raw) => (typeof raw === 'string' ? raw : undefined) };

/** Text written by people or programs: secrets in it are masked before anything else sees it. Absent: not set. */
export const freeText: Shape<string | undefined> = {
  read: (raw) => (typeof raw === 'string' && raw !== '' ? redactText(raw) : undefined),
};

export const number: Shape<number | undefined> = { read: (raw) => (typeof raw === 'number' && Number.isFinite(raw) ? raw : undefined) };
export const flag: Shape<boolean | undefined> = { read: (raw) => (typeof raw === 'boolean' ? raw : undefined) };
export const instant: Shape<Instant | undefined> = { read: parseInstant };

/** A port or a share: a number, or a name or percentage. */
export const numberOrText: Shape<number | string | undefined> = {
  read: (raw) => (typeof raw === 'number' || typeof raw === 'string' ? raw : undefined),
};

/** A Kubernetes quantity as written ("128Mi", "100m"); see quantity.ts. Numbers are accepted as YAML writers leave quotes out. */
export const quantity: Shape<string | undefined> = {
  read: (raw) => (typeof raw === 'string' ? raw : typeof raw === 'number' ? String(raw) : undefined),
};

const noEntries: { readonly [key: string]: string } = Object.freeze({});

/** Text by key, such as labels. Always present; empty where the API has none. */
export const textMap: Shape<{ readonly [key: string]: string }> = {
  read: (raw) => readMap(raw, (_key, value) => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined)),
};

/** Text by key, written by people or programs, such as annotations. Secrets are masked; the last-applied copy is dropped. */
export const freeTextMap: Shape<{ readonly [key: string]: string }> = {
  read: (raw) =>
    readMap(raw, (key, value) =>
      typeof value !== 'string' || key.endsWith('/last-applied-configuration') ? undefined : redactEnvironmentValue(key, value),
    ),
};

/** Only the keys of a map, for contents that must never be read. Always present. */
export const keysOnly: Shape<readonly string[]> = { read: (raw) => (isRecord(raw) ? Object.keys(raw) : noItems) };

/** Kept as it is. Only for parts whose form the reader checks himself. */
export const anything: Shape<unknown> = { read: (raw) => raw };

/** An object whose absence means the same as an empty one: always present. */
export function section<const Of extends Fields>(fields: Of): Shape<ShapedFields<Of>> {
  const entries = Object.entries(fields);
  return {
    read(raw) {
      const from: { readonly [key: string]: unknown } = isRecord(raw) ? raw : noEntries;
      const shaped: { [key: string]: unknown } = {};
      for (const [name, shape] of entries) shaped[name] = shape.read(from[name]);
      return shaped as ShapedFields<Of>;
    },
  };
}

/** An object whose absence means something. */
export function maybe<const Of extends Fields>(fields: Of): Shape<ShapedFields<Of> | undefined> {
  const present = section(fields);
  return { read: (raw) => (isRecord(raw) ? present.read(raw) : undefined) };
}

const noItems: readonly never[] = Object.freeze([]);

/** A list. Always present; empty where the API has none. */
export function list<Item>(of: Shape<Item>): Shape<readonly Item[]> {
  return { read: (raw) => (Array.isArray(raw) && raw.length > 0 ? raw.map((item) => of.read(item)) : noItems) };
}

/** A list of texts; anything else in it is dropped. */
export const textList: Shape<readonly string[]> = {
  read: (raw) => (Array.isArray(raw) && raw.length > 0 ? raw.filter((item): item is string => typeof item === 'string') : noItems),
};

/** A list of texts written by people, such as a command line. Secrets are masked. */
export const freeTextList: Shape<readonly string[]> = {
  read: (raw) => textList.read(raw).map((item) => redactText(item)),
};

export function isRecord(raw: unknown): raw is { readonly [key: string]: unknown } {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function readMap(raw: unknown, keep: (key: string, value: unknown) => string | undefined): { readonly [key: string]: string } {
  if (!isRecord(raw)) return noEntries;
  const kept: { [key: string]: string } = {};
  let isEmpty = true;
  for (const key of Object.keys(raw)) {
    const value = keep(key, raw[key]);
    if (value === undefined) continue;
    kept[key] = value;
    isEmpty = false;
  }
  return isEmpty ? noEntries : kept;
}
