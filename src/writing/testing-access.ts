import { loadAll } from 'js-yaml';
import { type AccessRequest, isAllowed } from '../domain/access-review.ts';
import { collect } from '../domain/collection.ts';
import { clusterRole, clusterRoleBinding } from '../domain/kubernetes/access.ts';

export interface Asked {
  readonly method: string;
  /** With or without its query. */
  readonly path: string;
}

const user = 'stanch';

/** Whether somebody who has exactly these ClusterRoles, as they were written, may ask this of an API server. */
export function maySend(roles: string, asked: Asked): boolean {
  const clusterroles = loadAll(roles).map((each) => clusterRole.read(each));
  const clusterrolebindings = clusterroles.map(({ metadata: { name } }) =>
    clusterRoleBinding.read({ metadata: { name }, roleRef: { kind: 'ClusterRole', name }, subjects: [{ kind: 'User', name: user }] }),
  );
  return (
    isAllowed(accessRequestOf(asked), {
      roles: collect([]),
      rolebindings: collect([]),
      clusterroles: collect(clusterroles),
      clusterrolebindings: collect(clusterrolebindings),
    }) === true
  );
}

const verbs: { readonly [method: string]: string } = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** What the API server checks for a request. Source: k8s.io/apiserver/pkg/endpoints/request (RequestInfoFactory). */
export function accessRequestOf({ method, path }: Asked): AccessRequest {
  const [pathname = ''] = path.split('?');
  const place =
    /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/[a-z]))?\/(?<resource>[a-z]+)(?:\/(?<name>[^/]+)(?:\/(?<part>[a-z]+))?)?$/.exec(
      pathname,
    )?.groups;
  const one = { user, verb: method === 'GET' ? 'get' : (verbs[method] ?? method) };
  if (place === undefined) return { ...one, resource: undefined, group: '', namespace: undefined, name: undefined, path: pathname };
  const { group = '', namespace, resource = '', name, part } = place;
  return {
    user,
    verb: method === 'GET' && name === undefined ? 'list' : one.verb,
    resource: part === undefined ? resource : `${resource}/${part}`,
    group,
    namespace,
    name,
    path: undefined,
  };
}
