import type { Collection } from './collection.ts';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from './kubernetes/access.ts';

/** What somebody wanted to do and was not allowed to. */
export interface AccessRequest {
  /** "system:serviceaccount:shop:cart". */
  readonly user: string;
  readonly verb: string;
  /** With its subresource: "pods/log". Absent: a path. */
  readonly resource: string | undefined;
  readonly group: string;
  /** Absent: at the cluster scope. */
  readonly namespace: string | undefined;
  /** The single object that was asked for. Absent: none, as for lists. */
  readonly name: string | undefined;
  /** "/metrics". Absent: a resource. */
  readonly path: string | undefined;
}

export interface AccessFacts {
  readonly roles: Collection<Role> | undefined;
  readonly rolebindings: Collection<RoleBinding> | undefined;
  readonly clusterroles: Collection<ClusterRole> | undefined;
  readonly clusterrolebindings: Collection<ClusterRoleBinding> | undefined;
}

/**
 * The API server's refusal, as its clients print it.
 * Source: k8s.io/apiserver/pkg/endpoints/handlers/responsewriters (forbiddenMessage). Absent: the line is none.
 */
export function parseRefusal(line: string): AccessRequest | undefined {
  const plain = line.replaceAll('\\"', '"');
  const resource =
    /(?:\b[\w.-]+(?:\/[\w.-]+)? "(?<name>[^"]*)" is forbidden: )?User "(?<user>[^"]+)" cannot (?<verb>\w+) resource "(?<resource>[^"]+)"(?: in API group "(?<group>[^"]*)")?(?<scope> in the namespace "(?<namespace>[^"]+)"| at the cluster scope)?/.exec(
      plain,
    )?.groups;
  if (resource?.['user'] !== undefined && resource['verb'] !== undefined) {
    return {
      user: resource['user'],
      verb: resource['verb'],
      resource: resource['resource'],
      group: resource['group'] ?? '',
      namespace: resource['namespace'],
      name: resource['name'],
      path: undefined,
    };
  }
  const path = /User "([^"]+)" cannot (\w+) path "([^"]+)"/.exec(plain);
  return path?.[1] === undefined || path[2] === undefined
    ? undefined
    : { user: path[1], verb: path[2], resource: undefined, group: '', namespace: undefined, name: undefined, path: path[3] };
}

/** Whether the role bindings that were read allow it. Undefined: not all of them could be read. Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/. */
export function isAllowed(request: AccessRequest, facts: AccessFacts): boolean | undefined {
  const { roles, rolebindings, clusterroles, clusterrolebindings } = facts;
  if (roles === undefined || rolebindings === undefined || clusterroles === undefined || clusterrolebindings === undefined)
    return undefined;
  const fromCluster = clusterrolebindings.all
    .filter((binding) => isBound(binding, request.user))
    .flatMap((binding) => clusterroles.named(undefined, binding.roleRef.name)?.rules ?? []);
  const local =
    request.namespace === undefined ? [] : rolebindings.inNamespace(request.namespace).filter((binding) => isBound(binding, request.user));
  const fromNamespace = local.flatMap(
    (binding) =>
      (binding.roleRef.kind === 'ClusterRole'
        ? clusterroles.named(undefined, binding.roleRef.name)
        : roles.named(request.namespace, binding.roleRef.name)
      )?.rules ?? [],
  );
  if ([...fromCluster, ...fromNamespace].some((rule) => permits(rule, request))) return true;
  const isWhole =
    clusterroles.isComplete(undefined) &&
    clusterrolebindings.isComplete(undefined) &&
    (request.namespace === undefined || (roles.isComplete(request.namespace) && rolebindings.isComplete(request.namespace)));
  return isWhole ? false : undefined;
}

function isBound(binding: RoleBinding | ClusterRoleBinding, user: string): boolean {
  const [, , namespace, name] = user.startsWith('system:serviceaccount:') ? user.split(':') : [];
  return binding.subjects.some((each) => {
    if (each.kind === 'ServiceAccount') return each.name === name && (each.namespace ?? binding.metadata.namespace) === namespace;
    if (each.kind === 'User') return each.name === user;
    return (
      each.kind === 'Group' &&
      [
        'system:authenticated',
        ...(namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]),
      ].includes(each.name ?? '')
    );
  });
}

function permits(rule: Role['rules'][number], request: AccessRequest): boolean {
  const has = (allowed: readonly string[], wanted: string): boolean => allowed.includes('*') || allowed.includes(wanted);
  if (!has(rule.verbs, request.verb)) return false;
  if (request.path !== undefined)
    return rule.nonResourceURLs.some(
      (url) => url === '*' || url === request.path || (url.endsWith('*') && request.path?.startsWith(url.slice(0, -1)) === true),
    );
  const [, subresource] = request.resource?.split('/') ?? [];
  const isResource =
    has(rule.resources, request.resource ?? '') || (subresource !== undefined && rule.resources.includes(`*/${subresource}`));
  const isNamed = rule.resourceNames.length === 0 || (request.name !== undefined && rule.resourceNames.includes(request.name));
  return has(rule.apiGroups, request.group) && isResource && isNamed;
}
