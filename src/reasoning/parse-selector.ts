import type { LabelRequirement, LabelSelector } from '../domain/label-selector.ts';

/** Reads a selector as `kubectl -l` takes it. Parts that are no requirement are dropped: the command line checks them before. */
export function parseSelector(written: string): LabelSelector {
  const matchLabels: { [key: string]: string } = {};
  const matchExpressions: LabelRequirement[] = [];
  for (const part of written.split(/,(?![^(]*\))/).map((each) => each.trim())) {
    const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/i.exec(part);
    const equal = /^([^\s!=]+)\s*(==?|!=)\s*(\S*)$/.exec(part);
    if (set !== null) {
      const values = (set[3] ?? '').split(',').map((value) => value.trim());
      matchExpressions.push({ key: set[1], operator: set[2]?.toLowerCase() === 'in' ? 'In' : 'NotIn', values });
    } else if (equal !== null && equal[2] === '!=') {
      matchExpressions.push({ key: equal[1], operator: 'NotIn', values: [equal[3] ?? ''] });
    } else if (equal?.[1] !== undefined) {
      matchLabels[equal[1]] = equal[3] ?? '';
    } else if (/^![^\s!]+$/.test(part)) {
      matchExpressions.push({ key: part.slice(1), operator: 'DoesNotExist', values: [] });
    } else if (/^[^\s!]+$/.test(part)) {
      matchExpressions.push({ key: part, operator: 'Exists', values: [] });
    }
  }
  return { matchLabels, matchExpressions };
}
