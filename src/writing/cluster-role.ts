import { groupBy } from '../domain/collection.ts';
import { resources } from '../domain/kubernetes/resources.ts';
import { oneLine } from './terminal-safe.ts';

/** One thing that is read or done: "nodes", "apps/deployments", "pods/log", or a path such as "/version". */
export interface WrittenPermission {
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly why: string;
  /** Only these objects. Absent: all of them. */
  readonly names?: readonly string[];
}

/** Rights that belong together, apart from others, so that who does not want them does not bind them. */
export interface NamedRole {
  readonly name: string;
  /** What it is for, in lines of a comment. */
  readonly because: readonly string[];
  readonly permissions: readonly WrittenPermission[];
}

/** ClusterRoles in YAML, each right with its reason. */
export function writeClusterRoles(roles: readonly NamedRole[]): string {
  return `${roles.map((role) => [...role.because.map((line) => `# ${line}`), ...writeRole(role)].join('\n')).join('\n---\n')}\n`;
}

function writeRole({ name, permissions }: NamedRole): readonly string[] {
  const alike = ({ verbs, names, ...permission }: WrittenPermission): string =>
    JSON.stringify([groupOf(permission), verbs.toSorted(), names]);
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    `  name: ${name}`,
    permissions.length === 0 ? 'rules: []' : 'rules:',
    ...[...groupBy(permissions, alike).values()].flatMap(writeRule),
  ];
}

function writeRule(permissions: readonly WrittenPermission[]): readonly string[] {
  const [first] = permissions;
  if (first === undefined) return [];
  const group = groupOf(first);
  const width = Math.max(...permissions.map((each) => nameOf(each).length));
  return [
    ...(group === undefined ? ['  - nonResourceURLs:'] : [`  - apiGroups: ["${group}"]`, '    resources:']),
    ...permissions.map((each) => `      - ${nameOf(each).padEnd(width)}  # ${oneLine(each.why)}`),
    ...(first.names === undefined ? [] : [`    resourceNames: [${first.names.join(', ')}]`]),
    `    verbs: [${first.verbs.toSorted().join(', ')}]`,
  ];
}

const groups: ReadonlySet<string> = new Set(Object.values(resources).map((resource) => resource.group));

/** Empty text: the core group. Absent: a path, which belongs to no group. */
function groupOf({ resource }: Pick<WrittenPermission, 'resource'>): string | undefined {
  if (resource.startsWith('/')) return undefined;
  const [first = ''] = resource.split('/');
  return resource.includes('/') && groups.has(first) ? first : '';
}

function nameOf(permission: WrittenPermission): string {
  const group = groupOf(permission);
  return group === undefined || group === '' ? permission.resource : permission.resource.slice(group.length + 1);
}
