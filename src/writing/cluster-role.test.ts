import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { writeClusterRoles } from './cluster-role.ts';
import { accessRequestOf, maySend } from './testing-access.ts';

test('each right stands in its group, with its reason, and each role after its own', () => {
  expect(
    writeClusterRoles([
      {
        name: 'stanch-read',
        because: ['What is read.', 'It changes nothing.'],
        permissions: [
          { resource: '/version', verbs: ['get'], why: 'the version' },
          { resource: 'pods', verbs: ['list'], why: 'who fails' },
          { resource: 'namespaces', verbs: ['get'], names: ['kube-system'], why: 'which cluster' },
          { resource: 'apps/deployments', verbs: ['list'], why: 'what should run' },
          { resource: 'nodes', verbs: ['list'], why: 'where' },
          { resource: 'pods/log', verbs: ['get'], why: 'what they say\nto us' },
        ],
      },
      { name: 'stanch-exec', because: [], permissions: [{ resource: 'pods/exec', verbs: ['get', 'create'], why: 'to try' }] },
      { name: 'stanch-act', because: [], permissions: [] },
    ]).split('\n'),
  ).toEqual([
    '# What is read.',
    '# It changes nothing.',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    '  name: stanch-read',
    'rules:',
    '  - nonResourceURLs:',
    '      - /version  # the version',
    '    verbs: [get]',
    '  - apiGroups: [""]',
    '    resources:',
    '      - pods   # who fails',
    '      - nodes  # where',
    '    verbs: [list]',
    '  - apiGroups: [""]',
    '    resources:',
    '      - namespaces  # which cluster',
    '    resourceNames: [kube-system]',
    '    verbs: [get]',
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
    '  name: stanch-exec',
    'rules:',
    '  - apiGroups: [""]',
    '    resources:',
    '      - pods/exec  # to try',
    '    verbs: [create, get]',
    '---',
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: ClusterRole',
    'metadata:',
    '  name: stanch-act',
    'rules: []',
    '',
  ]);
});

test('what is written is YAML that Kubernetes understands, and grants what it says', () => {
  const roles = writeClusterRoles([
    {
      name: 'stanch-read',
      because: ['Whatever: it is'],
      permissions: [
        { resource: 'namespaces', verbs: ['get'], names: ['kube-system'], why: 'which: cluster # this is' },
        { resource: 'rbac.authorization.k8s.io/clusterroles', verbs: ['list'], why: 'who may' },
      ],
    },
  ]);

  expect(loadAll(roles)).toHaveLength(1);
  expect(
    [
      'GET /api/v1/namespaces/kube-system',
      'GET /api/v1/namespaces/shop',
      'GET /api/v1/namespaces',
      'GET /apis/rbac.authorization.k8s.io/v1/clusterroles?limit=500',
      'GET /apis/rbac.authorization.k8s.io/v1/clusterroles/admin',
      'DELETE /apis/rbac.authorization.k8s.io/v1/clusterroles',
    ].filter((request) => maySend(roles, { method: request.split(' ')[0] ?? '', path: request.split(' ')[1] ?? '' })),
  ).toEqual(['GET /api/v1/namespaces/kube-system', 'GET /apis/rbac.authorization.k8s.io/v1/clusterroles?limit=500']);
});

test.each([
  ['GET', '/version', { verb: 'get', path: '/version' }],
  ['GET', '/api/v1/pods?limit=500', { verb: 'list', resource: 'pods', group: '' }],
  ['GET', '/api/v1/namespaces/shop/pods', { verb: 'list', resource: 'pods', namespace: 'shop', name: undefined }],
  ['GET', '/api/v1/namespaces/shop', { verb: 'get', resource: 'namespaces', namespace: undefined, name: 'shop' }],
  ['GET', '/api/v1/namespaces/shop/pods/a/log?x=y', { verb: 'get', resource: 'pods/log', namespace: 'shop', name: 'a' }],
  ['POST', '/api/v1/namespaces/shop/pods/a/eviction', { verb: 'create', resource: 'pods/eviction', name: 'a' }],
  ['PATCH', '/apis/apps/v1/namespaces/shop/deployments/a', { verb: 'patch', resource: 'deployments', group: 'apps', namespace: 'shop' }],
  ['DELETE', '/api/v1/nodes/a', { verb: 'delete', resource: 'nodes', name: 'a' }],
])('%s %s is checked as the API server does', (method, path, expected) => {
  expect(accessRequestOf({ method, path })).toMatchObject(expected);
});
