export interface LabelRequirement {
  readonly key: string | undefined;
  /** "In", "NotIn", "Exists", "DoesNotExist"; for nodes also "Gt", "Lt". */
  readonly operator: string | undefined;
  readonly values: readonly string[];
}

export interface LabelSelector {
  readonly matchLabels: { readonly [key: string]: string };
  readonly matchExpressions: readonly LabelRequirement[];
}

type Labels = { readonly [key: string]: string };

/** A plain map selects what carries every pair. An empty map selects everything; callers decide whether that is meant. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => valueOf(labels, key) === value);
}

export function matchesRequirement(requirement: LabelRequirement, labels: Labels): boolean {
  const value = requirement.key === undefined ? undefined : valueOf(labels, requirement.key);
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(requirement.values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(requirement.values[0]);
    default:
      return false;
  }
}

/** Only the object's own labels: "constructor" is a valid key, and every object inherits something of that name. */
function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/. An empty selector selects everything. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  return matchesLabels(selector.matchLabels, labels) && selector.matchExpressions.every((each) => matchesRequirement(each, labels));
}

/** "app=cart,tier in (a, b)", as kubectl takes it. */
export function spokenSelector(selector: {
  readonly matchLabels: Labels;
  readonly matchExpressions?: readonly LabelRequirement[];
}): string {
  const pairs = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(spokenRequirement);
  return [...pairs, ...expressions].join(',');
}

function spokenRequirement({ key, operator, values }: LabelRequirement): string {
  if (operator === 'Exists') return `${key}`;
  return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator?.toLowerCase()} (${values.join(', ')})`;
}
