import { type Instant, parseInstant } from './instant.ts';
import { redactArguments, redactEnvironmentValue, redactText } from './redaction.ts';

/**
 * How one value of a raw API object becomes a trusted value. Reading never throws: what is missing or of another
 * type than the API promises is read as absent, so that one malformed object cannot stop an investigation.
 */
export interface Shape<Value> {
  /**
   * `like` is a value that this shape read before, from a similar object. What comes back always equals what reading
   * without it would give; parts that equal the earlier ones are the earlier ones. So replicas of one workload share
   * what they have in common: a third of the memory, and secrets are looked for once.
   *
   * A shape that reads a single text, number or flag gives back unchanged what it gave before, so where the raw value
   * is already the earlier one, nothing needs to be read.
   */
  read(raw: unknown, like?: Value): Value;
  /** What the value is put together from, for readers that take it straight from text. Absent: it is read as a whole. */
  readonly parts?: ShapeParts;
}

export type ShapeParts =
  | { readonly kind: 'section'; readonly fields: { readonly [name: string]: Shape<unknown> } }
  | { readonly kind: 'list'; readonly of: Shape<unknown> };

export type Shaped<Of> = Of extends Shape<infer Value> ? Value : never;
type Fields = { readonly [name: string]: Shape<unknown> };
type ShapedFields<Of extends Fields> = { readonly [Name in keyof Of]: Shaped<Of[Name]> };

/** A name, enum word or other text that cannot carry a secret. Absent: not set. */
export const text: Shape<string | undefined> = { read: (raw, like) => (raw === like ? like : typeof raw === 'string' ? raw : undefined) };

/**
 * The API server lets no name with other characters in, so such a name was made to harm whoever pastes it into a shell.
 * It is changed, not refused: the object still counts.
 */
const validName = /^[A-Za-z0-9_.:@][A-Za-z0-9_.:@/-]*$/;

function safeName(raw: string): string {
  return raw === '' || validName.test(raw) ? raw : raw.replace(/^-+/, '_').replace(/[^A-Za-z0-9_.:@/-]+/g, '_');
}

/** The name of an object, safe to show and to paste. Absent: not set. */
export const name: Shape<string | undefined> = {
  read: (raw, like) => (raw === like ? like : typeof raw === 'string' ? safeName(raw) : undefined),
};

/** A name that every object of its kind has. Read as empty where it is missing all the same. */
export const requiredName: Shape<string> = { read: (raw, like) => (typeof raw !== 'string' ? '' : raw === like ? like : safeName(raw)) };

/** Text written by people or programs: secrets in it are masked before anything else sees it. Absent: not set. */
export const freeText: Shape<string | undefined> = {
  // Redacting twice changes nothing, so what equals redacted text needs no second look.
  read: (raw, like) => (raw === like ? like : typeof raw === 'string' && raw !== '' ? redactText(raw) : undefined),
};

/**
 * What a component says happened or is the case. Some write whole lists into it, and not every component is a friend: what
 * anybody can write is read up to a length at which rules are quick, whatever it holds. Absent: not set.
 */
export function message(mostCharacters: number): Shape<string | undefined> {
  return {
    read: (raw, like) => (raw === like ? like : freeText.read(raw)?.slice(0, mostCharacters)),
  };
}

export const number: Shape<number | undefined> = { read: (raw) => (typeof raw === 'number' && Number.isFinite(raw) ? raw : undefined) };
export const flag: Shape<boolean | undefined> = { read: (raw) => (typeof raw === 'boolean' ? raw : undefined) };
export const instant: Shape<Instant | undefined> = { read: (raw) => (typeof raw === 'number' ? number.read(raw) : parseInstant(raw)) };

/** A port or a share: a number, or a name or percentage. */
export const numberOrText: Shape<number | string | undefined> = {
  read: (raw) => (typeof raw === 'number' || typeof raw === 'string' ? raw : undefined),
};

/** A Kubernetes quantity as written ("128Mi", "100m"); see quantity.ts. Numbers are accepted as YAML writers leave quotes out. */
export const quantity: Shape<string | undefined> = {
  read: (raw, like) => (raw === like ? like : typeof raw === 'string' ? raw : typeof raw === 'number' ? String(raw) : undefined),
};

/** Prototype of all maps: what a cluster calls "constructor" or "__proto__" is a key like any other, and is there only where somebody set it. */
const nothingInherited: object = Object.freeze(Object.create(null));
const noEntries: TextByKey = Object.freeze(newMap());

/** Text by key, such as labels. Always present; empty where the API has none. */
export const textMap: Shape<TextByKey> = mapOf((_key, value) =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined,
);

/** Text by key, written by people or programs, such as annotations. Secrets are masked; the last-applied copy is dropped. */
export const freeTextMap: Shape<TextByKey> = mapOf((key, value) =>
  typeof value !== 'string' || key.endsWith('/last-applied-configuration') ? undefined : redactEnvironmentValue(key, value),
);

/** Quantities by resource name ("cpu", "memory", "nvidia.com/gpu"). Always present; empty where the API has none. */
export const quantityMap: Shape<TextByKey> = mapOf((_key, value) => quantity.read(value));

/** Only the keys of a map, for contents that must never be read. Always present. */
export const keysOnly: Shape<readonly string[]> = { read: (raw) => (isRecord(raw) ? Object.keys(raw) : noItems) };

/** Kept as it is. Only for parts whose form the reader checks himself. */
export const anything: Shape<unknown> = { read: (raw) => raw };

/** An object whose absence means the same as an empty one: always present. */
export function section<const Of extends Fields>(fields: Of): Shape<ShapedFields<Of>> {
  const names = Object.keys(fields);
  const shapes = Object.values(fields);
  const absent = shapes.map((shape) => shape.read(undefined));
  const empty = compact(names, absent);
  // Counted loops: this is where most of the time goes that reading a large bundle takes.
  return {
    parts: { kind: 'section', fields },
    read(raw, like) {
      if (!isRecord(raw)) return empty as ShapedFields<Of>;
      const before: FieldValues = like ?? empty;
      let shaped: { [name: string]: unknown } | undefined;
      for (let position = 0; position < names.length; position += 1) {
        const name = names[position] ?? '';
        const given = raw[name];
        const was = before[name];
        if (given === was) continue;
        const value = given === undefined ? absent[position] : shapes[position]?.read(given, was);
        if (value === was) continue;
        shaped ??= { ...before };
        shaped[name] = value;
      }
      return (shaped ?? before) as ShapedFields<Of>;
    },
  };
}

type FieldValues = { readonly [name: string]: unknown };

/**
 * All fields absent. Every shaped object is a copy of one of these with some fields set: V8 keeps objects that come out
 * of JSON.parse and their copies compact, but turns one that grows field by field past a dozen into a slow hash table.
 */
function compact(names: readonly string[], absent: readonly unknown[]): FieldValues {
  const made: { [name: string]: unknown } = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))));
  for (const [position, name] of names.entries()) made[name] = absent[position];
  return made;
}

/** An object whose absence means something. */
export function maybe<const Of extends Fields>(fields: Of): Shape<ShapedFields<Of> | undefined> {
  const present = section(fields);
  return { parts: { kind: 'section', fields }, read: (raw, like) => (isRecord(raw) ? present.read(raw, like) : undefined) };
}

const noItems: readonly never[] = Object.freeze([]);

/** A list. Always present; empty where the API has none. */
export function list<Item>(of: Shape<Item>): Shape<readonly Item[]> {
  return {
    parts: { kind: 'list', of },
    read(raw, like = noItems) {
      if (!Array.isArray(raw) || raw.length === 0) return noItems;
      let items: Item[] | undefined;
      for (let position = 0; position < raw.length; position += 1) {
        const was = like[position];
        const item = of.read(raw[position], was);
        if (item === was && items === undefined && position < like.length) continue;
        items ??= like.slice();
        items[position] = item;
      }
      // Copied, because a list that has grown holds room for more.
      return raw.length === like.length ? (items ?? like) : (items ?? like).slice(0, raw.length);
    },
  };
}

/** A list of texts; anything else in it is dropped. */
export const textList: Shape<readonly string[]> = {
  read: (raw, like) =>
    isSameList(raw, like) ? like : Array.isArray(raw) && raw.length > 0 ? raw.filter((item) => typeof item === 'string').slice() : noItems,
};

/** A list of texts written by people, such as a command line. Secrets are masked. */
export const freeTextList: Shape<readonly string[]> = {
  read(raw, like) {
    if (isSameList(raw, like)) return like;
    const safe = redactArguments(textList.read(raw));
    return isSameList(safe, like) ? like : safe;
  },
};

export function isRecord(raw: unknown): raw is { readonly [key: string]: unknown } {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function isSameList(raw: unknown, like: readonly string[] | undefined): like is readonly string[] {
  return like !== undefined && Array.isArray(raw) && raw.length === like.length && like.every((item, position) => item === raw[position]);
}

type TextByKey = { readonly [key: string]: string };

/** `keep` says what stays of an entry. Given what it returned before, it must return the same. */
function newMap(): { [key: string]: string } {
  return Object.create(nothingInherited);
}

function mapOf(keep: (key: string, value: unknown) => string | undefined): Shape<TextByKey> {
  return {
    read(raw, like = noEntries) {
      if (!isRecord(raw)) return noEntries;
      if (isSameMap(raw, like)) return like;
      const kept = newMap();
      for (const key of Object.keys(raw)) {
        const known = like[key];
        const value = known !== undefined && known === raw[key] ? known : keep(key, raw[key]);
        if (value !== undefined) kept[key] = value;
      }
      return isSameMap(kept, like) ? like : kept;
    },
  };
}

/** Equal with the keys in equal order, so that sharing never changes the order in which anything is walked or written. */
function isSameMap(raw: { readonly [key: string]: unknown }, like: TextByKey): boolean {
  const keys = Object.keys(raw);
  const known = Object.keys(like);
  if (known.length !== keys.length) return false;
  for (let position = 0; position < keys.length; position += 1) {
    const key = keys[position] ?? '';
    if (key !== known[position] || raw[key] !== like[key]) return false;
  }
  return true;
}
