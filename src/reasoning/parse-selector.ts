import type { LabelRequirement, LabelSelector } from '../domain/label-selector.ts';

const name = '[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?';
const key = `${name}(?:/${name})?`;
const exists = new RegExp(`^(!?)\\s*(${key})$`);
const compares = new RegExp(`^(${key})\\s*(==?|!=|>|<)\\s*((?:${name})?)$`);
const isOneOf = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const value = new RegExp(`^(?:${name})?$`);

/** An address line does not hold more, and no label selector comes near. */
const longestSelector = 8192;

/** Reads a selector as `kubectl -l` takes it. Undefined: some part of it is no requirement, so it is not known what is meant. */
export function parseSelector(written: string): LabelSelector | undefined {
  if (written.length > longestSelector) return undefined;
  // Parts end at commas outside of parentheses.
  const parts = written.replaceAll(/\([^()]*\)/g, (list) => list.replaceAll(',', '\n')).split(',');
  const requirements = parts.map((part) => requirementIn(part.replaceAll('\n', ',').trim()));
  const matchExpressions = requirements.filter((each) => each !== undefined);
  return matchExpressions.length === requirements.length ? { matchLabels: {}, matchExpressions } : undefined;
}

function requirementIn(part: string): LabelRequirement | undefined {
  const [, negation, plain] = exists.exec(part) ?? [];
  if (plain !== undefined) return { key: plain, operator: negation === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  const [, compared, sign, to = ''] = compares.exec(part) ?? [];
  if (compared !== undefined) return comparison(compared, sign, to);
  const [, listed, word, list = ''] = isOneOf.exec(part) ?? [];
  const values = list.split(',').map((each) => each.trim());
  if (listed === undefined || !values.every((each) => value.test(each))) return undefined;
  return { key: listed, operator: word === 'in' ? 'In' : 'NotIn', values };
}

function comparison(of: string, sign: string | undefined, to: string): LabelRequirement | undefined {
  if (sign !== '>' && sign !== '<') return { key: of, operator: sign === '!=' ? 'NotIn' : 'In', values: [to] };
  return /^\d+$/.test(to) ? { key: of, operator: sign === '>' ? 'Gt' : 'Lt', values: [to] } : undefined;
}
