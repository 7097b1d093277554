import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { EvidenceKind, Reading, Readings, Snapshot } from '../../domain/evidence.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { type ApiObject, resources } from '../../domain/kubernetes/resources.ts';
import type { Shape } from '../../domain/shape.ts';
import { openRecording } from '../../evidence-sources/recorded-bundle/open-recording.ts';
import { defaultReadingLimits } from '../../evidence-sources/recorded-bundle/reading-limits.ts';
import type { EvidenceRequest, EvidenceSource, LogRequest } from '../../ports/evidence-source.ts';
import type { Recorder } from '../../ports/recorder.ts';
import { readLogLines, writeLogLines } from '../../recording-format/log-text.ts';
import { redactObject } from '../../recording-format/redact-object.ts';
import { openRecorder } from './open-recorder.ts';

const takenAt = Date.parse('2026-03-01T10:00:00Z');
const word = 'hunter2-Xk9';
function place(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'stanch-recorder-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, name);
}

async function begin(path: string, overwrites = false): Promise<Recorder> {
  const opened = await openRecorder(path, { overwrites });
  if (opened.state === 'failed') throw new Error(opened.happened);
  return opened.recorder;
}

function read<Kind extends EvidenceKind>(
  value: Extract<Reading<Kind>, { state: 'read' }>['value'],
  gaps: Extract<Reading<Kind>, { state: 'read' }>['gaps'] = [],
): Reading<Kind> {
  return { state: 'read', at: takenAt, value, gaps };
}

const pods = ['web-1', 'web-2'].map((name) => ({
  apiVersion: 'v1',
  ...examplePod({
    name,
    container: {
      env: [
        { name: 'DB_PASSWORD', value: word },
        { name: 'URL', value: `http://u:${word}@db` },
      ],
    },
  }),
}));
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    uid: 's-1',
    namespace: 'shop',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"password":"${word}"}}`, note: 'kept' },
  },
  data: { password: null },
};

const readings: Readings = {
  pods: read<'pods'>(
    pods.map((pod) => resources.pods.shape.read(pod)),
    [{ what: 'pods in namespace billing', because: 'forbidden', detail: 'no', namespaces: ['billing'] }],
  ),
  secrets: read<'secrets'>(
    [resources.secrets.shape.read(secret)],
    [{ what: 'secrets outside namespace shop', because: 'forbidden', detail: 'no', exceptNamespaces: ['shop'] }],
  ),
  configmaps: read<'configmaps'>([]),
  nodes: { state: 'unreadable', because: 'forbidden', detail: 'nodes is forbidden' },
  metrics: { state: 'unreadable', because: 'not-configured', detail: 'no Prometheus was given' },
  'container-logs': read<'container-logs'>(
    [
      {
        namespace: 'shop',
        pod: 'web-1',
        container: 'app',
        isPrevious: true,
        lines: [
          { at: takenAt - 1500, text: ' indented: last words' },
          { at: undefined, text: 'without a time' },
        ],
      },
      { namespace: 'shop', pod: 'web-1', container: 'app', isPrevious: false, lines: [] },
    ],
    [{ what: 'log of container app of pod shop/web-2', because: 'unreachable', detail: 'no route to the kubelet', namespaces: ['shop'] }],
  ),
  'alert-history': read<'alert-history'>([
    { alert: 'B', labels: { severity: 'page' }, startedAt: takenAt - 5000, endedAt: undefined },
    { alert: 'A', labels: {}, startedAt: takenAt - 9000, endedAt: takenAt - 8000 },
  ]),
  'scrape-targets': read<'scrape-targets'>([
    {
      job: 'web',
      instance: '10.0.0.1:80',
      labels: { job: 'relabelled' },
      health: 'down',
      lastScrapeAt: takenAt - 15_000,
      lastError: 'refused',
    },
  ]),
  'node-commands': read<'node-commands'>([
    { node: 'worker-1', command: 'systemctl-status-kubelet', at: takenAt, exitStatus: 3, output: 'inactive\n' },
    { node: 'worker-1', command: 'some other command | wc -l', at: undefined, exitStatus: undefined, output: '7' },
  ]),
  'connectivity-probes': read<'connectivity-probes'>([
    {
      from: { kind: 'pod', namespace: 'shop', name: 'web-1', node: undefined },
      host: 'fd00::1',
      port: undefined,
      protocol: 'icmp',
      outcome: 'timed-out',
      detail: 'x',
      at: undefined,
    },
    { from: { kind: 'node', name: 'worker-1' }, host: 'db', port: 5432, protocol: 'tcp', outcome: 'connected', detail: '', at: takenAt },
  ]),
  'service-calls': read<'service-calls'>([
    {
      caller: { namespace: undefined, name: 'ingress' },
      callee: { namespace: 'shop', name: 'web' },
      requestsPerSecond: 3.5,
      errorShare: 0,
      latencyMilliseconds: undefined,
      usualRequestsPerSecond: undefined,
      usualErrorShare: undefined,
      usualLatencyMilliseconds: undefined,
    },
  ]),
};
const snapshot: Snapshot = { takenAt, cluster: { source: 'live', name: 'shop-production', version: 'v1.34.1' }, readings };
const end = {
  snapshot,
  page: JSON.stringify({ alerts: [{ labels: { alertname: 'A' }, annotations: { hint: `password=${word}` } }] }),
  tool: 'stanch 0.1.0',
  origin: 'a test',
};

const logsAsked: readonly LogRequest[] = [
  ...['web-1', 'web-2'].map((pod) => ({ namespace: 'shop', pod, container: 'app', isPrevious: false, tailLines: 200 })),
  { namespace: 'shop', pod: 'web-1', container: 'app', isPrevious: true, tailLines: 200 },
];

async function readBack(
  path: string,
  kinds: readonly EvidenceKind[],
): Promise<{ readonly readings: Readings; readonly alert: unknown; readonly source: EvidenceSource }> {
  const opened = await openRecording(path);
  if (opened.state === 'failed') throw new Error(opened.happened);
  const answers = await Promise.all(
    kinds.map(async (kind) => {
      const request: EvidenceRequest = { kind, namespaces: [], logs: logsAsked, from: 0, until: 0, why: 'a test' };
      return [kind, await opened.source.read(request, new AbortController().signal)] as const;
    }),
  );
  return { readings: Object.fromEntries(answers) as Readings, alert: opened.alert, source: opened.source };
}

async function record(path: string): Promise<void> {
  const recorder = await begin(path);
  recorder.objects('pods', [
    pods[1] ?? {},
    { ...pods[0], status: { phase: 'Failed' } },
    { kind: 'Pod', metadata: { name: 'vanished', namespace: 'shop' } },
  ]);
  recorder.objects('secrets', [secret]);
  // The list began again: what comes last counts.
  recorder.objects('pods', [pods[0] ?? {}]);
  expect(await recorder.finish(end)).toMatchObject({ state: 'done', path });
}

test('What was read comes back as it was, from a directory and from an archive', async () => {
  for (const path of [place('case'), place('case.tar.gz')]) {
    await record(path);
    const kinds = Object.keys(readings) as readonly EvidenceKind[];
    const back = await readBack(path, kinds);
    const logs = readings['container-logs'];
    const asked = logs?.state === 'read' ? { ...logs, value: logs.value.toReversed() } : logs;
    expect(back.readings).toEqual({ ...readings, 'container-logs': asked });
    expect(back.alert).toEqual({ alerts: [{ labels: { alertname: 'A' }, annotations: { hint: 'password=‹redacted›' } }] });
    expect(await back.source.identify(new AbortController().signal)).toEqual({
      state: 'reached',
      now: takenAt,
      cluster: { ...snapshot.cluster, source: 'recording' },
    });
  }
});

test('The same evidence gives the same bytes', async () => {
  const [one, other] = [place('case.tar.gz'), place('case.tar.gz')];
  await record(one);
  await record(other);
  expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
});

test('No secret is written, and nothing is left beside the recording', async () => {
  const path = place('case');
  await record(path);
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(path, name)).isFile());
  expect(files.toSorted()).toEqual([
    'alerts/alert.json',
    'alerts/history.json',
    'logs/shop/web-1/app.log',
    'logs/shop/web-1/app.previous.log',
    'nodes/worker-1/commands.json',
    'nodes/worker-1/some-other-command-wc--l.txt',
    'nodes/worker-1/systemctl-status-kubelet.txt',
    'objects/pods.json',
    'objects/secrets.json',
    'probes.json',
    'recording.json',
    'scrape-targets.json',
    'service-calls.json',
  ]);
  expect(files.filter((name) => readFileSync(join(path, name), 'utf8').includes(word))).toEqual([]);
  expect(readFileSync(join(path, 'objects/secrets.json'), 'utf8')).toContain('"annotations":{"note":"kept"}},"data":{"password":""}');
  expect([readdirSync(join(path, '..')), statSync(path).mode & 0o077]).toEqual([['case'], 0]);
});

test('What stands at the path is not overwritten unless asked, and never when it is no recording', async () => {
  const path = place('case');
  await record(path);
  expect(await openRecorder(path, { overwrites: false })).toMatchObject({
    state: 'failed',
    happened: 'there is already something at that path',
    whatToDo: 'choose another path, or move away what stands there',
  });
  const again = await begin(path, true);
  expect(await again.finish({ ...end, snapshot: { ...snapshot, readings: {} }, page: undefined })).toMatchObject({
    state: 'done',
    files: 1,
  });
  expect([readdirSync(path), readdirSync(join(path, '..'))]).toEqual([['recording.json'], ['case']]);
  const home = place('home');
  mkdirSync(home);
  writeFileSync(join(home, 'thesis.txt'), 'years of work');
  expect(await openRecorder(home, { overwrites: true })).toMatchObject({
    state: 'failed',
    happened: 'what stands at that path is no recording, so it is not overwritten',
  });
});

test('A recording that is given up, or cannot be written, leaves nothing', async () => {
  const path = place('case');
  const recorder = await begin(path);
  recorder.objects('pods', pods);
  await recorder.discard();
  expect([existsSync(path), readdirSync(join(path, '..'))]).toEqual([false, []]);
  expect(await openRecorder('/no/such/place/case', { overwrites: false })).toMatchObject({
    state: 'failed',
    attempted: 'writing the recording /no/such/place/case',
    happened: 'there is no directory /no/such/place',
    whatToDo: 'make it, or choose another path',
  });
});

test('A kind whose source hands out no whole objects is told as missing, not as empty', async () => {
  const path = place('case');
  await (await begin(path)).finish(end);
  const back = await readBack(path, ['pods', 'configmaps']);
  expect([back.readings.pods, back.readings.configmaps]).toMatchObject([
    { state: 'unreadable', because: 'not-recorded' },
    { state: 'read', value: [] },
  ]);
});

test('Redacting an object does not change what is read from it', () => {
  const words = fc.constantFrom('plain', `password=${word}`, `http://u:${word}@h/`, 'token: expired', `--token ${word}`, '--password', '');
  // Where the API wants a name or another word of its own, it lets no sentence in.
  const name = fc.constantFrom('plain', 'Running', 'token', 'db-password');
  const fields = fc.constantFrom('name', 'env', 'items', 'data', 'key', 'state', 'reason', 'image');
  const { any } = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      name,
      fc.integer(),
      fc.boolean(),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fields, tie('any'), { maxKeys: 4 }),
    ),
  }));
  const container = fc.record({
    name,
    env: fc.array(fc.record({ name: fc.constantFrom('A', 'DB_PASSWORD', 'TOKEN_TTL'), value: words })),
    command: fc.array(words),
    args: fc.array(words),
    livenessProbe: fc.record({ httpGet: fc.record({ path: words }) }),
  });
  const pod = fc.record({
    metadata: fc.record({
      name,
      annotations: fc.dictionary(fc.constantFrom('note', 'db/password', 'kubectl.kubernetes.io/last-applied-configuration'), words),
      labels: any,
    }),
    spec: fc.record({ containers: fc.array(container), volumes: any, tolerations: any }),
    status: fc.record({ message: words, conditions: fc.array(fc.record({ type: name, message: words })), containerStatuses: any }),
  });
  fc.assert(
    fc.property(pod, (raw) => {
      expect(resources.pods.shape.read(redactObject('pods', raw))).toEqual(resources.pods.shape.read(raw));
    }),
  );
});

test('Log lines survive being written and read', () => {
  const line = fc.record({
    at: fc.option(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), { nil: undefined }),
    text: fc.string({ unit: 'binary', maxLength: 60 }),
  });
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.map(({ at, text: words }) => (at === undefined ? words : `${at.toISOString()} ${words}`)).join('\n');
      const once = readLogLines(text);
      expect(readLogLines(writeLogLines(once))).toEqual(once);
    }),
  );
});

const realBundle = new URL('../../../../shared/data/support-bundle-kurl.tar.gz', import.meta.url).pathname;

test.skipIf(!existsSync(realBundle))('A real foreign bundle becomes a recording that reads the same', async () => {
  const path = place('kurl.tar.gz');
  const recorder = await begin(path);
  const opened = await openRecording(realBundle, defaultReadingLimits, recorder);
  if (opened.state === 'failed') throw new Error(opened.happened);
  const { signal } = new AbortController();
  const identity = await opened.source.identify(signal);
  if (identity.state === 'failed') throw new Error(identity.happened);
  const kinds = opened.source.provides;
  const asked = async (kind: EvidenceKind): Promise<readonly [EvidenceKind, Reading<EvidenceKind>]> => [
    kind,
    await opened.source.read({ kind, namespaces: [], from: 0, until: 0, why: 'a test' }, signal),
  ];
  const real = Object.fromEntries(await Promise.all(kinds.map(asked))) as Readings;
  expect(
    await recorder.finish({
      snapshot: { takenAt: identity.now, cluster: identity.cluster, readings: real },
      page: undefined,
      tool: 'stanch',
      origin: undefined,
    }),
  ).toMatchObject({ state: 'done' });
  const back = await openRecording(path);
  if (back.state === 'failed') throw new Error(back.happened);
  for (const kind of kinds)
    expect(await back.source.read({ kind, namespaces: [], from: 0, until: 0, why: 'a test' }, signal)).toEqual(real[kind]);
});

test('Every shape reads the same before and after redaction where an object holds only words', () => {
  for (const [name, { shape }] of Object.entries(resources)) {
    const raw = {
      metadata: { name: 'x', namespace: 'shop', labels: { a: 'b' } },
      spec: { selector: { matchLabels: { app: 'web' } }, replicas: 2 },
      data: { key: '' },
      type: 'Opaque',
    };
    const read = (from: unknown): ApiObject => (shape as Shape<ApiObject>).read(from);
    expect(read(redactObject(name as keyof typeof resources, raw))).toEqual(read(raw));
  }
});
