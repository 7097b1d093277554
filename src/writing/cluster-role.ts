import { groupBy } from '../domain/collection.ts';
import { resources } from '../domain/kubernetes/resources.ts';
import { oneLine } from './terminal-safe.ts';

/** One thing that is read or done, as an evidence source declares it: "nodes", "apps/deployments", "pods/log", or a path such as "/version". */
export interface ReadPermission {
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly why: string;
}

/** Rights that only a flag makes use of, apart from the rest, so that who does not want them does not bind them. */
export interface OptionalRole {
  readonly name: string;
  /** What it is for, in lines of a comment. */
  readonly because: readonly string[];
  readonly permissions: readonly ReadPermission[];
}

/**
 * ClusterRoles in YAML, each right with its reason. Kubernetes has no right to list Secrets without their values, so that
 * one is a role of its own: Stanch asks for metadata only, and whoever does not want to rely on that does not bind it.
 */
export function writeClusterRoles(permissions: readonly ReadPermission[], optional: readonly OptionalRole[] = []): string {
  const isAboutSecrets = ({ resource }: ReadPermission): boolean => resource === 'secrets';
  const secrets = permissions.filter(isAboutSecrets);
  return [
    '# Everything that Stanch reads, generated from what its evidence sources declare. Nothing in it can change anything.',
    '# What is left out of it becomes a blind spot of the answer, not an error.',
    ...writeRole(
      'stanch-reader',
      permissions.filter((each) => !isAboutSecrets(each)),
    ),
    ...(secrets.length === 0
      ? []
      : [
          '---',
          '# Optional. Shows whether a Secret that is referred to exists, and which keys it has. Stanch asks for metadata only,',
          '# but Kubernetes cannot grant less than this, and whoever holds it could read values. Bind it only if you want to.',
          ...writeRole('stanch-secret-names', secrets),
        ]),
    ...optional.flatMap((role) => ['---', ...role.because.map((line) => `# ${line}`), ...writeRole(role.name, role.permissions)]),
    '',
  ].join('\n');
}

function writeRole(name: string, permissions: readonly ReadPermission[]): readonly string[] {
  const rules = [...groupBy(permissions, (permission) => JSON.stringify([groupOf(permission), permission.verbs.toSorted()])).values()];
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    `  name: ${name}`,
    'rules:',
    ...rules.flatMap(writeRule),
  ];
}

function writeRule(permissions: readonly ReadPermission[]): readonly string[] {
  const [first] = permissions;
  if (first === undefined) return [];
  const group = groupOf(first);
  const width = Math.max(...permissions.map((each) => nameOf(each).length));
  return [
    ...(group === undefined ? ['  - nonResourceURLs:'] : [`  - apiGroups: ["${group}"]`, '    resources:']),
    ...permissions.map((each) => `      - ${nameOf(each).padEnd(width)}  # ${oneLine(each.why)}`),
    `    verbs: [${first.verbs.toSorted().join(', ')}]`,
  ];
}

const groups: ReadonlySet<string> = new Set(Object.values(resources).map((resource) => resource.group));

/** Empty text: the core group. Absent: a path, which belongs to no group. */
function groupOf({ resource }: ReadPermission): string | undefined {
  if (resource.startsWith('/')) return undefined;
  const [first = ''] = resource.split('/');
  return resource.includes('/') && groups.has(first) ? first : '';
}

function nameOf(permission: ReadPermission): string {
  const group = groupOf(permission);
  return group === undefined || group === '' ? permission.resource : permission.resource.slice(group.length + 1);
}
