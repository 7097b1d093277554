import { existsSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { archiveOf, ask, directoryOf, fileOf, linesOf, namesOf, nowOf, open, removeBundles, type TestFiles } from './testing.ts';

afterAll(removeBundles);

const realBundle = new URL('../../../../shared/data/support-bundle-kurl.tar.gz', import.meta.url).pathname;

test.skipIf(!existsSync(realBundle))('A real troubleshoot.sh support bundle is read for what it holds', async () => {
  const bundle = await open(realBundle);
  expect([bundle.kind, bundle.layout, bundle.gaps]).toEqual(['bundle', 'troubleshoot support bundle', []]);
  const counts: { [kind: string]: number | string } = {};
  for (const kind of [
    'pods',
    'nodes',
    'events',
    'deployments',
    'statefulsets',
    'customresourcedefinitions',
    'endpoints',
    'secrets',
  ] as const) {
    const { value } = await ask(bundle, kind);
    counts[kind] = typeof value === 'string' ? value : value.length;
  }
  expect(counts).toEqual({
    pods: 58,
    nodes: 3,
    events: 67,
    deployments: 12,
    statefulsets: 0,
    customresourcedefinitions: 32,
    endpoints: 'not-recorded: the troubleshoot support bundle holds no endpoints',
    secrets: 'not-recorded: the troubleshoot support bundle holds no secrets',
  });
  // The archive was repacked in 2026 and holds ConfigMaps of another cluster from 2024; its own cluster lived in April 2022.
  expect(await nowOf(bundle)).toBe('2022-04-12T00:59:01.000Z');
  expect(await bundle.source.identify(new AbortController().signal)).toMatchObject({
    cluster: { source: 'bundle', name: 'support-bundle-kurl', version: 'v1.23.5' },
  });
  expect(await ask(bundle, 'configmaps')).toMatchObject({
    gaps: [{ because: 'not-recorded', namespaces: ['kube-system', 'kurl', 'longhorn-system', 'minio', 'projectcontour', 'velero'] }],
  });
  expect(await linesOf(bundle, { namespace: 'velero', pod: 'velero-6996dd565b-xl44t', container: 'velero', isPrevious: true })).toEqual([
    'Error: unknown command "server-junk" for "velero"',
    "Run 'velero --help' for usage.",
    'An error occurred: unknown command "server-junk" for "velero"',
  ]);
});

const pod = (name: string, namespace = 'shop'): object => ({
  metadata: { name, namespace, creationTimestamp: '2026-03-01T09:00:00Z' },
  spec: { containers: [{ name: 'app' }, { name: 'sidecar' }] },
});
/** As the API server writes a list: its elements do not name their kind. */
const listOf = (kind: string, items: readonly object[], apiVersion = 'v1'): string =>
  JSON.stringify({ kind: `${kind}List`, apiVersion, metadata: {}, items }, undefined, 2);
const section = (container: string, pod: string, body: string): string =>
  `==== START logs for container ${container} of pod ${pod} ====\n${body}==== END logs for container ${container} of pod ${pod} ====\n`;

test('A troubleshoot.sh bundle tells by its files which namespaces were listed, and by its error files which were refused', async () => {
  const bundle = await open(
    await archiveOf({
      'bundle/cluster-resources/pods/shop.json': listOf('Pod', [pod('web')]),
      'bundle/cluster-resources/pods/idle.json': listOf('Pod', []),
      'bundle/cluster-resources/pods-errors.json': JSON.stringify({ billing: 'pods is forbidden: cannot list resource' }),
      'bundle/cluster-resources/nodes-errors.json': JSON.stringify(['nodes is forbidden']),
      'bundle/cluster-resources/namespaces.json': listOf(
        'Namespace',
        ['shop', 'idle', 'billing', 'kube-system'].map((name) => ({ metadata: { name } })),
      ),
      'bundle/cluster-resources/pods/logs/shop/web/app-previous.log': 'gone\n',
      'bundle/app-logs/web/sidecar.log': 'beside\n',
    }),
  );
  expect(await ask(bundle, 'pods')).toMatchObject({
    value: [{ metadata: { name: 'web' } }],
    gaps: [
      { what: 'pods in namespace kube-system', because: 'not-recorded', namespaces: ['kube-system'] },
      { what: 'pods in namespace billing', because: 'forbidden', namespaces: ['billing'] },
    ],
  });
  expect(await ask(bundle, 'pods', { namespaces: ['idle'] })).toMatchObject({ value: [], gaps: [] });
  expect(await namesOf(bundle, 'nodes')).toBe('forbidden: nodes is forbidden');
  expect(await linesOf(bundle, { namespace: 'shop', pod: 'web', container: 'app', isPrevious: true })).toEqual(['gone']);
  expect(await linesOf(bundle, { namespace: 'shop', pod: 'web', container: 'sidecar', isPrevious: false })).toEqual(['beside']);
});

test('kubectl cluster-info dump as a directory: lists without kinds in their elements, and logs of several containers in one file', async () => {
  const files: TestFiles = {
    'nodes.json': listOf('Node', [{ metadata: { name: 'worker-1' } }]),
    'shop/pods.json': listOf('Pod', [pod('web')]),
    'shop/deployments.json': listOf('Deployment', [], 'apps/v1'),
    'shop/web/logs.txt': section('app', 'shop/web', 'first\nsecond without an end') + section('sidecar', 'shop/web', ''),
  };
  for (const path of [directoryOf(files), await archiveOf(files)]) {
    const bundle = await open(path);
    expect(bundle.layout).toBe('kubectl cluster-info dump');
    expect([await namesOf(bundle, 'nodes'), await namesOf(bundle, 'pods'), await namesOf(bundle, 'deployments')]).toEqual([
      ['worker-1'],
      ['shop/web'],
      [],
    ]);
    expect(await linesOf(bundle, { namespace: 'shop', pod: 'web', container: 'app', isPrevious: false })).toEqual([
      'first',
      'second without an end',
    ]);
    expect(await linesOf(bundle, { namespace: 'shop', pod: 'web', container: 'sidecar', isPrevious: false })).toEqual([]);
  }
});

test('kubectl cluster-info dump as one stream, in JSON and in YAML', async () => {
  const logs = section('app', 'shop/web', '{"looks":"like json"\n---\nkind: Pod\n') + section('sidecar', 'shop/web', 'x\n');
  const json = `${listOf('Node', [{ metadata: { name: 'worker-1' } }])}\n${listOf('Pod', [pod('web')])}\n${logs}${listOf('Pod', [pod('dns', 'kube-system')])}\n`;
  const yaml = `apiVersion: v1
items:
- metadata:
    name: worker-1
kind: NodeList
metadata: {}
---
apiVersion: v1
items:
- metadata:
    name: web
    namespace: shop
  spec:
    containers:
    - name: app
    - name: sidecar
kind: PodList
${logs}---
apiVersion: v1
items:
- metadata:
    name: dns
    namespace: kube-system
kind: PodList
`;
  for (const path of [fileOf('dump.json', json), fileOf('dump.yaml', yaml), fileOf('dump.txt', json)]) {
    const bundle = await open(path);
    expect([bundle.layout, bundle.gaps]).toEqual(['kubectl cluster-info dump', []]);
    expect([await namesOf(bundle, 'nodes'), await namesOf(bundle, 'pods')]).toEqual([['worker-1'], ['kube-system/dns', 'shop/web']]);
    expect(await linesOf(bundle, { namespace: 'shop', pod: 'web', container: 'app', isPrevious: false })).toEqual([
      '{"looks":"like json"',
      '---',
      'kind: Pod',
    ]);
  }
});

test('An OpenShift must-gather: lists, single objects, and logs in their deep places', async () => {
  const image = 'must-gather/quay-io-openshift-sha256-1234';
  const bundle = await open(
    await archiveOf({
      'must-gather/timestamp': '2026-03-01 10:00:00 +0000 UTC\n',
      [`${image}/namespaces/shop/core/pods.yaml`]: `apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: web, namespace: shop}\nkind: PodList\n`,
      [`${image}/namespaces/shop/core/configmaps.yaml`]: 'apiVersion: v1\nitems: []\nkind: ConfigMapList\n',
      [`${image}/namespaces/shop/apps/deployments.yaml`]: '---\napiVersion: apps/v1\nitems: []\nkind: DeploymentList\n',
      [`${image}/namespaces/shop/pods/web/web.yaml`]:
        '---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app}]}\n',
      [`${image}/namespaces/shop/pods/web/app/app/logs/current.log`]: '2026-03-01T09:59:00.5Z up\n',
      [`${image}/namespaces/shop/pods/web/app/app/logs/previous.log`]: '2026-03-01T09:58:00.5Z down\n',
      [`${image}/cluster-scoped-resources/core/nodes/worker-1.yaml`]:
        '---\napiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\nstatus: {conditions: [{type: Ready, status: "True", lastHeartbeatTime: "2026-03-01T10:01:00Z"}]}\n',
      [`${image}/cluster-scoped-resources/config.openshift.io/nodes.yaml`]:
        'apiVersion: config.openshift.io/v1\nkind: Node\nmetadata: {name: cluster}\n',
    }),
  );
  expect([bundle.layout, bundle.gaps, await nowOf(bundle)]).toEqual(['OpenShift must-gather', [], '2026-03-01T10:01:00.000Z']);
  expect(await ask(bundle, 'pods')).toMatchObject({
    value: [{ metadata: { name: 'web' }, spec: { containers: [{ name: 'app' }] } }],
    gaps: [],
  });
  expect(await ask(bundle, 'nodes')).toMatchObject({ value: [{ metadata: { name: 'worker-1' } }], gaps: [] });
  expect([await namesOf(bundle, 'configmaps'), await namesOf(bundle, 'deployments')]).toEqual([[], []]);
  expect(await linesOf(bundle, { namespace: 'shop', pod: 'web', container: 'app', isPrevious: false })).toEqual(['up']);
  expect(await linesOf(bundle, { namespace: 'shop', pod: 'web', container: 'app', isPrevious: true })).toEqual(['down']);
});

test('A plain tree of kubectl get: coverage follows what was listed', async () => {
  const kubectlList = (items: readonly object[]): string =>
    JSON.stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } });
  const named = (kind: string, name: string, namespace?: string): object => ({ apiVersion: 'v1', kind, metadata: { name, namespace } });
  const bundle = await open(
    directoryOf({
      'everything/pods.json': kubectlList([named('Pod', 'web', 'shop'), named('Pod', 'dns', 'kube-system')]),
      'everything/services.yaml': 'apiVersion: v1\nkind: List\nitems: []\n',
      'shop/configmaps.json': kubectlList([named('ConfigMap', 'settings', 'shop')]),
      'one-secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n',
      'nodes.json': JSON.stringify({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        reason: 'Forbidden',
        message: 'nodes is forbidden',
      }),
      'version.json': JSON.stringify({ clientVersion: { gitVersion: 'v1.30.0' }, serverVersion: { gitVersion: 'v1.33.2' } }),
    }),
  );
  expect(await ask(bundle, 'pods')).toMatchObject({ value: [{}, {}], gaps: [] });
  expect(await ask(bundle, 'services')).toMatchObject({ value: [], gaps: [] });
  expect(await ask(bundle, 'configmaps')).toMatchObject({ value: [{}], gaps: [{ namespaces: ['kube-system'] }] });
  expect(await ask(bundle, 'secrets')).toMatchObject({ value: [{}], gaps: [{ namespaces: ['kube-system', 'shop'] }] });
  expect(await namesOf(bundle, 'nodes')).toBe('forbidden: nodes is forbidden');
  expect(await bundle.source.identify(new AbortController().signal)).toMatchObject({ cluster: { version: 'v1.33.2' } });
});

test('A single file of kubectl get, also as PowerShell redirects it, or compressed', async () => {
  const text = `Warning: v1 ComponentStatus is deprecated in v1.19+\n${listOf('Pod', [pod('web')])}`;
  for (const path of [
    fileOf('pods.json', text),
    fileOf('pods.json', Buffer.from(`\ufeff${text}`, 'utf16le')),
    fileOf('pods.yaml', `\ufeff${listOf('Pod', [pod('web')])}`),
  ]) {
    expect(await namesOf(await open(path), 'pods')).toEqual(['shop/web']);
  }
});

test('Objects of other projects with the same kind are not taken for those of Kubernetes', async () => {
  const bundle = await open(
    directoryOf({
      'a.json': JSON.stringify([
        { apiVersion: 'longhorn.io/v1beta2', kind: 'Node', metadata: { name: 'storage' } },
        { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' } },
        { apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: { name: 'old', namespace: 'shop' } },
        { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
      ]),
    }),
  );
  expect([await namesOf(bundle, 'nodes'), await namesOf(bundle, 'ingresses')]).toEqual([['worker-1'], ['shop/old']]);
  expect(await namesOf(bundle, 'services')).toBe('not-recorded: the tree of kubectl output holds no services');
});

test('Events of the newer API are read like those of the older', async () => {
  const event = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'e', namespace: 'shop' },
    reason: 'Failed',
    note: 'no',
    regarding: { kind: 'Pod', name: 'web', namespace: 'shop' },
    deprecatedCount: 3,
    eventTime: '2026-03-01T09:00:00Z',
  };
  const bundle = await open(fileOf('events.json', JSON.stringify(event)));
  expect(await ask(bundle, 'events')).toMatchObject({ value: [{ message: 'no', count: 3, involvedObject: { kind: 'Pod', name: 'web' } }] });
});

test('Logs in layouts that name the pod somewhere in the path are found once the pods are known', async () => {
  const uid = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const bundle = await open(
    directoryOf({
      'pods.json': listOf('Pod', [pod('web-1'), pod('web-2'), pod('web-3'), pod('twin', 'a'), pod('twin', 'b')]),
      'my logs/web-1-app.log': 'by file name\n',
      'logs-of/shop/web-2/sidecar.txt': 'by folder\n',
      'logs-of/shop/web-2/sidecar-previous.txt': 'by folder, before\n',
      [`var/log/pods/shop_web-3_${uid}/app/0.log`]: '2026-03-01T09:00:00.000000001Z stderr F oldest\n',
      [`var/log/pods/shop_web-3_${uid}/app/1.log`]: '2026-03-01T09:01:00.000000001Z stderr F before\n',
      [`var/log/pods/shop_web-3_${uid}/app/2.log`]: '2026-03-01T09:02:00.000000001Z stdout F latest\n',
      'x/twin_app.log': 'whose?\n',
      'dump/shop/web-1/logs-sidecar-previous.txt': 'beside a dump\n',
    }),
  );
  const lines = (namespace: string, name: string, container: string, isPrevious = false): ReturnType<typeof linesOf> =>
    linesOf(bundle, { namespace, pod: name, container, isPrevious });
  expect(await lines('shop', 'web-1', 'app')).toEqual(['by file name']);
  expect(await lines('shop', 'web-2', 'sidecar')).toEqual(['by folder']);
  expect(await lines('shop', 'web-2', 'sidecar', true)).toEqual(['by folder, before']);
  expect([await lines('shop', 'web-3', 'app'), await lines('shop', 'web-3', 'app', true)]).toEqual([['latest'], ['before']]);
  expect(await lines('shop', 'web-1', 'sidecar', true)).toEqual(['beside a dump']);
  expect(await lines('a', 'twin', 'app')).toBe('not in the bundle');
});

test('An empty list of one namespace among others in a stream does not speak for all namespaces', async () => {
  const stream = [
    listOf('Service', [{ metadata: { name: 'web', namespace: 'shop' } }]),
    listOf('Service', []),
    listOf('Pod', [pod('web'), pod('dns', 'kube-system')]),
  ].join('\n');
  const bundle = await open(fileOf('dump.json', stream));
  expect(await ask(bundle, 'services')).toMatchObject({ value: [{}], gaps: [{ namespaces: ['kube-system'] }] });
});

test('Namespaces that a must-gather looked into are not all namespaces', async () => {
  const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
  const looked = { 'image/namespaces/a/a.yaml': namespace('a'), 'image/namespaces/b/b.yaml': namespace('b') };
  expect(await ask(await open(directoryOf(looked)), 'namespaces')).toMatchObject({ value: [{}, {}], gaps: [{ because: 'not-recorded' }] });
  const listed = { ...looked, 'image/cluster-scoped-resources/core/namespaces/a.yaml': namespace('a') };
  expect(await ask(await open(directoryOf(listed)), 'namespaces')).toMatchObject({ value: [{}, {}], gaps: [] });
});

test('A Secret or ConfigMap without contents has keys that are not known', async () => {
  const objects = [
    { kind: 'ConfigMap', metadata: { name: 'bare', namespace: 'shop' } },
    { kind: 'ConfigMap', metadata: { name: 'empty', namespace: 'shop' }, data: {} },
    { kind: 'Secret', metadata: { name: 'db', namespace: 'shop' }, stringData: { password: 'x' } },
  ];
  const bundle = await open(fileOf('objects.json', JSON.stringify(objects)));
  expect(await ask(bundle, 'configmaps')).toMatchObject({
    value: [
      { data: [], hasKnownKeys: false },
      { data: [], hasKnownKeys: true },
    ],
  });
  expect(await ask(bundle, 'secrets')).toMatchObject({ value: [{ data: ['password'], hasKnownKeys: true }] });
});
