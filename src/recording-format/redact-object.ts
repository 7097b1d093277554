import type { ResourceName } from '../domain/kubernetes/resources.ts';
import { redactArguments, redactEnvironmentValue, redactText } from '../domain/redaction.ts';
import { isRecord } from '../domain/shape.ts';
import type { LooseRecord } from './loose-values.ts';

/**
 * An object of the API without secrets, otherwise as the server gave it: what Stanch reads from it is the same before and
 * after. Contents of Secrets and ConfigMaps are emptied and their keys kept; variables are masked by their names, commands
 * as a whole, all other text by what it holds; the copy that `kubectl apply` leaves is dropped.
 */
export function redactObject(resource: ResourceName, raw: LooseRecord): LooseRecord {
  const safe = redactFields(raw, 0);
  if (resource !== 'secrets' && resource !== 'configmaps') return safe;
  const emptied: { [field: string]: unknown } = { ...safe };
  for (const field of contents) if (raw[field] !== undefined) emptied[field] = withoutValues(raw[field]);
  return emptied;
}

const contents = ['data', 'stringData', 'binaryData'];

function withoutValues(content: unknown): unknown {
  return isRecord(content) ? Object.fromEntries(Object.keys(content).map((key) => [key, ''])) : {};
}

/** Any other JSON value, such as the payload of a page. */
export function redactValue(value: unknown): unknown {
  return redactField('', value, 0);
}

/** Deeper values are no objects of the API; what they hold cannot be judged, so it is left out. */
const deepest = 100;

function redactFields(fields: LooseRecord, depth: number): LooseRecord {
  if (depth > deepest) return {};
  const safe: { [field: string]: unknown } = {};
  // A variable is {name, value}: its name tells about its value.
  const variable = typeof fields['name'] === 'string' && typeof fields['value'] === 'string' ? fields['name'] : undefined;
  for (const [name, value] of Object.entries(fields)) {
    if (name.endsWith('/last-applied-configuration')) continue;
    safe[name] = redactField(variable !== undefined && name === 'value' ? variable : name, value, depth);
  }
  return safe;
}

function redactField(name: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactEnvironmentValue(name, value);
  if (Array.isArray(value)) return redactList(name, value, depth);
  // Names of fields only; a value that stands among them belongs to a list and is no secret's.
  if (name === 'managedFields') return value;
  return isRecord(value) ? redactFields(value, depth + 1) : value;
}

function redactList(name: string, list: readonly unknown[], depth: number): unknown {
  if (name === 'managedFields') return list;
  if (depth > deepest) return [];
  if (list.every((item): item is string => typeof item === 'string')) return redactArguments(list);
  return list.map((item) => (typeof item === 'string' ? redactText(item) : redactField('', item, depth + 1)));
}
