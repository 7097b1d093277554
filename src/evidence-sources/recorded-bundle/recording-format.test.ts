import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { fromJSONSchema } from 'zod';
import { nodeCommands } from '../../domain/node-command.ts';
import { archiveOf, ask, directoryOf, linesOf, namesOf, nowOf, open, removeBundles } from './testing.ts';

afterAll(removeBundles);

const page = readFileSync(new URL('../../../docs/recording-format.md', import.meta.url), 'utf8');
const schema = JSON.parse(readFileSync(new URL('../../../docs/recording.schema.json', import.meta.url), 'utf8')) as Parameters<
  typeof fromJSONSchema
>[0];

/** The files of the worked example: a path on a line of its own, then a fenced block. */
function exampleFiles(): { readonly [path: string]: string } {
  const example = page.slice(page.indexOf('<!-- example: begin -->'), page.indexOf('<!-- example: end -->'));
  return Object.fromEntries(
    [...example.matchAll(/^`([^`]+)`\n\n```\w*\n([\s\S]*?)^```/gm)].map(([, path = '', content = '']) => [path, content]),
  );
}

test('The worked example of the documentation loads as it says', async () => {
  const recording = await open(directoryOf(exampleFiles()));
  expect(Object.keys(exampleFiles())).toHaveLength(5);
  expect([recording.kind, recording.layout, recording.gaps]).toEqual(['recording', 'recording', []]);
  expect(await recording.source.identify(new AbortController().signal)).toEqual({
    state: 'reached',
    now: Date.parse('2026-03-01T10:00:00Z'),
    cluster: { source: 'recording', name: 'shop-production', version: 'v1.34.1' },
  });
  expect(await namesOf(recording, 'deployments')).toEqual(['shop/cart']);
  expect(await namesOf(recording, 'pods')).toEqual(['shop/cart-5d4f8c7b9-x2k9m']);
  expect(await namesOf(recording, 'events')).toEqual(['shop/cart-5d4f8c7b9-x2k9m.1']);
  expect(await ask(recording, 'secrets')).toMatchObject({ value: [], gaps: [] });
  expect(await namesOf(recording, 'nodes')).toBe('forbidden: nodes is forbidden: cannot list resource "nodes" at the cluster scope');
  expect(await namesOf(recording, 'services')).toBe('not-recorded: the recording holds no services');
  expect(await linesOf(recording, { namespace: 'shop', pod: 'cart-5d4f8c7b9-x2k9m', container: 'cart', isPrevious: true })).toEqual([
    'listening on :8080',
    'stopping',
  ]);
  expect(recording.alert).toMatchObject({ status: 'firing', alerts: [{ labels: { alertname: 'CartUnavailable' } }] });
});

test('A directory and an archive of it, two directories deep, give the same answers', async () => {
  const files = exampleFiles();
  const packed = await open(
    await archiveOf(Object.fromEntries(Object.entries(files).map(([path, content]) => [`./backup/incident-7/${path}`, content]))),
  );
  const plain = await open(directoryOf(files));
  for (const kind of plain.source.provides) expect(await ask(packed, kind)).toEqual(await ask(plain, kind));
  expect([packed.alert, await nowOf(packed)]).toEqual([plain.alert, await nowOf(plain)]);
});

test('The manifest of the worked example satisfies the published schema, and other versions do not', () => {
  const manifest: unknown = JSON.parse(exampleFiles()['recording.json'] ?? '');
  expect(fromJSONSchema(schema).safeParse(manifest).success).toBe(true);
  expect(fromJSONSchema(schema).safeParse({ formatVersion: 2 }).success).toBe(false);
});

test('The documentation lists every node command with the line that runs it', () => {
  const rows = [...page.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| .* \|$/gm)].map(([, id, line]) => [id, line]);
  expect(rows).toEqual(nodeCommands.map(({ id, argv }) => [id, argv.join(' ')]));
});

const manifest = (more: object = {}): string => JSON.stringify({ formatVersion: 1, collectedAt: '2026-03-01T10:00:00Z', ...more });
const pod = (name: string, namespace = 'shop'): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } });

test('Metrics, alert history, targets, node commands, probes and calls are read from their files', async () => {
  const recording = await open(
    directoryOf({
      'recording.json': manifest(),
      'objects/pod.json': JSON.stringify(pod('web')),
      'metrics/errors.json': JSON.stringify({
        query: 'sum(rate(errors[5m]))',
        purpose: 'alert',
        start: '2026-03-01T09:00:00Z',
        end: '2026-03-01T10:00:00Z',
        step: '60s',
        result: {
          resultType: 'matrix',
          result: [
            {
              metric: { job: 'web' },
              values: [
                [1772355600, '0.1'],
                [1772355660, 'NaN'],
                [1772355720, '0.3'],
              ],
            },
          ],
        },
      }),
      'metrics/traffic.yaml': 'query: up\nresult: []\n',
      'alerts/history.json': JSON.stringify([{ alert: 'Errors', labels: { severity: 'page' }, startedAt: '2026-03-01T09:50:00Z' }]),
      'scrape-targets.json': JSON.stringify({
        status: 'success',
        data: { activeTargets: [{ labels: { job: 'web', instance: '10.0.0.1:80' }, health: 'down', lastError: 'refused' }] },
      }),
      'nodes/worker-1/journalctl-u-kubelet.log': 'one\ntwo\n',
      'nodes/worker-1/systemctl-status-kubelet.txt': 'inactive',
      'nodes/worker-1/commands.json': JSON.stringify([{ command: 'systemctl-status-kubelet', exitStatus: 3, at: '2026-03-01T09:59:00Z' }]),
      'probes.json': JSON.stringify([{ from: { node: 'worker-1' }, host: '10.96.0.10', port: 53, outcome: 'timed-out' }]),
      'service-calls.json': JSON.stringify([{ caller: 'shop/web', callee: 'shop/cart', errorShare: 0.5 }]),
    }),
  );
  const at = (time: string): number => Date.parse(`2026-03-01T${time}Z`);
  expect((await ask(recording, 'metrics')).value).toEqual([
    {
      expression: 'sum(rate(errors[5m]))',
      purpose: 'alert',
      from: at('09:00:00'),
      until: at('10:00:00'),
      stepSeconds: 60,
      series: [
        {
          labels: { job: 'web' },
          points: [
            { at: at('09:00:00'), value: 0.1 },
            { at: at('09:02:00'), value: 0.3 },
          ],
        },
      ],
    },
    { expression: 'up', purpose: 'context', from: at('10:00:00'), until: at('10:00:00'), stepSeconds: 60, series: [] },
  ]);
  expect((await ask(recording, 'alert-history')).value).toEqual([
    { alert: 'Errors', labels: { severity: 'page' }, startedAt: at('09:50:00'), endedAt: undefined },
  ]);
  expect((await ask(recording, 'scrape-targets')).value).toEqual([
    {
      job: 'web',
      instance: '10.0.0.1:80',
      labels: { job: 'web', instance: '10.0.0.1:80' },
      health: 'down',
      lastScrapeAt: undefined,
      lastError: 'refused',
    },
  ]);
  expect((await ask(recording, 'node-commands')).value).toEqual([
    { node: 'worker-1', command: 'systemctl-status-kubelet', at: at('09:59:00'), exitStatus: 3, output: 'inactive' },
    { node: 'worker-1', command: 'journal-kubelet', at: undefined, exitStatus: undefined, output: 'one\ntwo\n' },
  ]);
  expect((await ask(recording, 'connectivity-probes')).value).toEqual([
    {
      from: { kind: 'node', name: 'worker-1' },
      host: '10.96.0.10',
      port: 53,
      protocol: 'tcp',
      outcome: 'timed-out',
      detail: '',
      at: undefined,
    },
  ]);
  expect((await ask(recording, 'service-calls')).value).toMatchObject([
    { caller: { namespace: 'shop', name: 'web' }, errorShare: 0.5, requestsPerSecond: undefined },
  ]);
});

test('A kind without files is not recorded, unless the manifest says that it was listed', async () => {
  const bare = await open(directoryOf({ 'recording.json': manifest(), 'objects/a.json': JSON.stringify(pod('web')) }));
  expect([await namesOf(bare, 'pods'), await namesOf(bare, 'configmaps')]).toEqual([
    ['shop/web'],
    'not-recorded: the recording holds no configmaps',
  ]);
  const listed = await open(
    directoryOf({ 'recording.json': manifest({ collected: ['cm', 'probes'] }), 'objects/a.json': JSON.stringify(pod('web')) }),
  );
  expect([await namesOf(listed, 'configmaps'), (await ask(listed, 'connectivity-probes')).value]).toEqual([[], []]);
  const complete = await open(
    directoryOf({ 'recording.json': manifest({ complete: true }), 'objects/a.json': JSON.stringify(pod('web')) }),
  );
  expect([await namesOf(complete, 'secrets'), (await ask(complete, 'metrics')).value]).toEqual([
    [],
    'not-recorded: the recording holds no metrics',
  ]);
});

test('An empty list in a file counts as looked and found nothing', async () => {
  const recording = await open(
    directoryOf({
      'recording.json': manifest(),
      'objects/pods.json': '{"kind":"PodList","apiVersion":"v1","items":[]}',
      'probes.json': '[]',
    }),
  );
  expect([await namesOf(recording, 'pods'), (await ask(recording, 'connectivity-probes')).value]).toEqual([[], []]);
});

test('A recording of some namespaces says that it does not know the others', async () => {
  const recording = await open(
    directoryOf({
      'recording.json': manifest({ namespaces: ['shop'] }),
      'objects/a.json': JSON.stringify([pod('web'), { kind: 'Namespace', metadata: { name: 'billing' } }]),
    }),
  );
  expect(await ask(recording, 'pods')).toMatchObject({
    gaps: [{ what: 'pods in namespace billing', because: 'not-recorded', namespaces: ['billing'] }],
  });
  expect(await ask(recording, 'pods', { namespaces: ['shop'] })).toMatchObject({ gaps: [] });
});

test('What could not be read in part arrives as a gap', async () => {
  const recording = await open(
    directoryOf({
      'recording.json': manifest({
        notRead: [
          { kind: 'pods', namespaces: ['billing'], because: 'forbidden', detail: 'no' },
          { kind: 'pods', part: 'the last page', because: 'timed-out', detail: '5 s' },
        ],
      }),
      'objects/a.json': JSON.stringify(pod('web')),
    }),
  );
  expect((await ask(recording, 'pods')).gaps).toEqual([
    { what: 'pods in namespace billing', because: 'forbidden', detail: 'no', namespaces: ['billing'] },
    { what: 'the last page', because: 'timed-out', detail: '5 s' },
  ]);
});

test('Without a time of collection, the newest time inside counts', async () => {
  const node = {
    kind: 'Node',
    metadata: { name: 'n', creationTimestamp: '2020-01-01T00:00:00Z' },
    status: { conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: '2026-03-01T09:59:40Z' }] },
  };
  const recording = await open(directoryOf({ 'recording.json': '{"formatVersion": 1}', 'objects/n.json': JSON.stringify(node) }));
  expect(await nowOf(recording)).toBe('2026-03-01T09:59:40.000Z');
});

test('A doubtful field of the manifest is told and does not stop the rest', async () => {
  const recording = await open(
    directoryOf({ 'recording.json': manifest({ collected: ['gizmos'] }), 'objects/a.json': JSON.stringify(pod('web')) }),
  );
  expect(recording.gaps).toEqual([
    { what: 'a field of recording.json', because: 'malformed', detail: 'collected: "gizmos" is no kind that Stanch knows' },
  ]);
});

test('Objects written by hand, without uids, are joined with their owners by name', async () => {
  const objects = [
    { kind: 'Pod', metadata: { name: 'web-5d-x', namespace: 'shop', ownerReferences: [{ kind: 'ReplicaSet', name: 'web-5d' }] } },
    { kind: 'ReplicaSet', metadata: { name: 'web-5d', namespace: 'shop', ownerReferences: [{ kind: 'Deployment', name: 'web' }] } },
    { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', uid: 'given' } },
    {
      kind: 'Lease',
      metadata: { name: 'worker-1', namespace: 'kube-node-lease', ownerReferences: [{ kind: 'Node', name: 'worker-1', uid: 'n' }] },
    },
  ];
  const recording = await open(directoryOf({ 'recording.json': manifest(), 'objects/all.json': JSON.stringify(objects) }));
  const owner = { controller: true };
  expect(await ask(recording, 'pods')).toMatchObject({
    value: [{ metadata: { uid: 'Pod/shop/web-5d-x', ownerReferences: [{ ...owner, uid: 'ReplicaSet/shop/web-5d' }] } }],
  });
  expect(await ask(recording, 'replicasets')).toMatchObject({
    value: [{ metadata: { uid: 'ReplicaSet/shop/web-5d', ownerReferences: [{ ...owner, uid: 'given' }] } }],
  });
  expect(await ask(recording, 'leases')).toMatchObject({ value: [{ metadata: { ownerReferences: [{ uid: 'n' }] } }] });
});
