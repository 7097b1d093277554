import { describe, expect, it } from 'vitest';
import { type AccessFacts, isAllowed, parseRefusal } from './access-review.ts';
import { collect } from './collection.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './kubernetes/access.ts';

const request = {
  user: 'system:serviceaccount:shop:cart',
  verb: 'list',
  resource: 'pods',
  group: '',
  namespace: 'shop',
  name: undefined,
  path: undefined,
};

function facts(of: {
  readonly roles?: readonly object[];
  readonly bindings?: readonly object[];
  readonly clusterRoles?: readonly object[];
  readonly clusterBindings?: readonly object[];
}): AccessFacts {
  return {
    roles: collect((of.roles ?? []).map((raw) => role.read(raw))),
    rolebindings: collect((of.bindings ?? []).map((raw) => roleBinding.read(raw))),
    clusterroles: collect((of.clusterRoles ?? []).map((raw) => clusterRole.read(raw))),
    clusterrolebindings: collect((of.clusterBindings ?? []).map((raw) => clusterRoleBinding.read(raw))),
  };
}

const reader = {
  metadata: { name: 'reader', namespace: 'shop' },
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
};
const binding = {
  metadata: { name: 'cart', namespace: 'shop' },
  subjects: [{ kind: 'ServiceAccount', name: 'cart', namespace: 'shop' }],
  roleRef: { kind: 'Role', name: 'reader' },
};

describe('a refusal of the API server', () => {
  it('is read from what a client prints, with or without escaped quotes', () => {
    const line =
      'pods is forbidden: User "system:serviceaccount:shop:cart" cannot list resource "pods" in API group "" in the namespace "shop"';
    expect(parseRefusal(line)).toEqual(request);
    expect(parseRefusal(`{"msg":"${line.replaceAll('"', '\\"')}"}`)).toEqual(request);
  });

  it('names the single object that was asked for', () => {
    expect(
      parseRefusal(
        'leases.coordination.k8s.io "cart" is forbidden: User "system:serviceaccount:shop:cart" cannot update resource "leases" in API group "coordination.k8s.io" in the namespace "shop"',
      ),
    ).toEqual({
      ...request,
      verb: 'update',
      resource: 'leases',
      group: 'coordination.k8s.io',
      name: 'cart',
    });
  });

  it('at the cluster scope has no namespace', () => {
    expect(
      parseRefusal('User "system:serviceaccount:shop:cart" cannot watch resource "nodes" in API group "" at the cluster scope')?.namespace,
    ).toBeUndefined();
  });

  it('is not seen in other lines', () => {
    expect(parseRefusal('permission denied')).toBeUndefined();
  });
});

describe('whether access is allowed', () => {
  it('is not known while any list of roles or bindings is missing', () => {
    expect(isAllowed(request, { ...facts({}), clusterroles: undefined })).toBeUndefined();
  });

  it.each([
    ['nothing is bound', facts({}), false],
    ['a Role of the namespace is bound', facts({ roles: [reader], bindings: [binding] }), true],
    [
      'the binding is for another account',
      facts({ roles: [reader], bindings: [{ ...binding, subjects: [{ kind: 'ServiceAccount', name: 'other', namespace: 'shop' }] }] }),
      false,
    ],
    ['the role was deleted', facts({ bindings: [binding] }), false],
    [
      'the verb is missing',
      facts({ roles: [{ ...reader, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }], bindings: [binding] }),
      false,
    ],
    [
      'the rule is for one name only',
      facts({
        roles: [{ ...reader, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'], resourceNames: ['one'] }] }],
        bindings: [binding],
      }),
      false,
    ],
    [
      'a ClusterRole is bound in the namespace',
      facts({
        clusterRoles: [{ metadata: { name: 'reader' }, rules: reader.rules }],
        bindings: [{ ...binding, roleRef: { kind: 'ClusterRole', name: 'reader' } }],
      }),
      true,
    ],
    [
      'all service accounts may do everything',
      facts({
        clusterRoles: [{ metadata: { name: 'all' }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }],
        clusterBindings: [
          {
            metadata: { name: 'all' },
            subjects: [{ kind: 'Group', name: 'system:serviceaccounts' }],
            roleRef: { kind: 'ClusterRole', name: 'all' },
          },
        ],
      }),
      true,
    ],
  ])('%s: %s', (_story, given, allowed) => {
    expect(isAllowed(request, given)).toBe(allowed);
  });
});
