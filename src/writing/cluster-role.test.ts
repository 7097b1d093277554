import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { kubernetesPermissions } from '../evidence-sources/kubernetes-api/permissions.ts';
import { writeClusterRoles } from './cluster-role.ts';

test('each right stands in its group, with its reason, and Secrets in a role of their own', () => {
  expect(
    writeClusterRoles([
      { resource: '/version', verbs: ['get'], why: 'the version' },
      { resource: 'pods', verbs: ['list'], why: 'who fails' },
      { resource: 'secrets', verbs: ['list'], why: 'which exist' },
      { resource: 'apps/deployments', verbs: ['list'], why: 'what should run' },
      { resource: 'nodes', verbs: ['list'], why: 'where' },
      { resource: 'pods/log', verbs: ['get'], why: 'what they say\nto us' },
    ])
      .split('\n')
      .filter((line) => !line.startsWith('#')),
  ).toEqual([
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    '  name: stanch-reader',
    'rules:',
    '  - nonResourceURLs:',
    '      - /version  # the version',
    '    verbs: [get]',
    '  - apiGroups: [""]',
    '    resources:',
    '      - pods   # who fails',
    '      - nodes  # where',
    '    verbs: [list]',
    '  - apiGroups: ["apps"]',
    '    resources:',
    '      - deployments  # what should run',
    '    verbs: [list]',
    '  - apiGroups: [""]',
    '    resources:',
    '      - pods/log  # what they say to us',
    '    verbs: [get]',
    '---',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    '  name: stanch-secret-names',
    'rules:',
    '  - apiGroups: [""]',
    '    resources:',
    '      - secrets  # which exist',
    '    verbs: [list]',
    '',
  ]);
});

test('what only a flag makes use of stands in a role of its own, after its reason', () => {
  const optional = {
    name: 'stanch-exec',
    because: ['Optional.', 'For one flag.'],
    permissions: [{ resource: 'pods/exec', verbs: ['get', 'create'], why: 'to try' }],
  };

  expect(
    writeClusterRoles([{ resource: 'pods', verbs: ['list'], why: 'who fails' }], [optional])
      .split('\n')
      .slice(-13),
  ).toEqual([
    '---',
    '# Optional.',
    '# For one flag.',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    '  name: stanch-exec',
    'rules:',
    '  - apiGroups: [""]',
    '    resources:',
    '      - pods/exec  # to try',
    '    verbs: [create, get]',
    '',
  ]);
});

interface Role {
  readonly rules: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
  }[];
}

test('what the cluster is really asked for is valid YAML, can only read, and names everything once', () => {
  const roles = loadAll(writeClusterRoles(kubernetesPermissions)) as readonly Role[];
  const rules = roles.flatMap((role) => role.rules);
  const names = rules.flatMap((rule) => (rule.resources ?? []).map((resource) => `${rule.apiGroups?.[0] ?? ''}/${resource}`));

  expect(roles).toHaveLength(2);
  expect(rules.flatMap((rule) => rule.verbs).filter((verb) => !['get', 'list', 'watch'].includes(verb))).toEqual([]);
  expect(names.length).toBe(kubernetesPermissions.filter(({ resource }) => !resource.startsWith('/')).length);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('rbac.authorization.k8s.io/clusterroles');
});
