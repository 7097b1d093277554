import { expect, test } from 'vitest';
import { nodeCommandId } from '../domain/node-command.ts';
import { readAlertHistory } from './alert-history.ts';
import { readConnectivityProbes } from './connectivity-probes.ts';
import { evidenceKindOf } from './evidence-names.ts';
import { readLogLines } from './log-text.ts';
import { secondsOf, timeOf } from './loose-values.ts';
import { readMetricResults } from './metric-results.ts';
import { logNameOf, pathStep, recordingPartOf } from './recording-paths.ts';
import { readScrapeTargets } from './scrape-targets.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const at = (time: string): number => Date.parse(`2026-03-01T${time}Z`);
const seconds = (time: string): number => at(time) / 1000;

test('Times are read as RFC 3339, in seconds and in milliseconds; what says "not set" is not', () => {
  expect([timeOf('2026-03-01T10:00:00Z'), timeOf(now / 1000), timeOf(String(now / 1000)), timeOf(now), timeOf(now / 1000 + 0.5)]).toEqual([
    now,
    now,
    now,
    now,
    now + 500,
  ]);
  expect([timeOf('0001-01-01T00:00:00Z'), timeOf(0), timeOf('soon'), timeOf(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('Durations are read as figures and as Prometheus writes them', () => {
  expect([
    secondsOf(15),
    secondsOf('15'),
    secondsOf('15s'),
    secondsOf('1m30s'),
    secondsOf('500ms'),
    secondsOf('often'),
    secondsOf(-1),
  ]).toEqual([15, 15, 15, 90, 0.5, undefined, undefined]);
});

test('Metric results are read in every form that Prometheus gives', () => {
  const series = {
    metric: { job: 'web' },
    values: [
      [seconds('09:59:00'), '1'],
      [seconds('09:59:30'), '+Inf'],
      [seconds('10:00:00'), '3'],
    ],
  };
  const expected = [
    {
      labels: { job: 'web' },
      points: [
        { at: at('09:59:00'), value: 1 },
        { at: at('10:00:00'), value: 3 },
      ],
    },
  ];
  const data = { resultType: 'matrix', result: [series] };
  for (const raw of [
    { query: 'up', result: data },
    { query: 'up', result: [series] },
    { query: 'up', status: 'success', data },
    { expr: 'up', result: { status: 'success', data } },
    [{ query: 'up', result: data }],
  ]) {
    expect(readMetricResults(raw, { fileName: 'file', now }).items).toEqual([
      { expression: 'up', purpose: 'context', from: at('09:59:00'), until: at('10:00:00'), stepSeconds: 60, series: expected },
    ]);
  }
  const bare = { fileName: 'errors.json', now };
  expect(readMetricResults(data, bare).items).toMatchObject([{ expression: 'errors', series: expected }]);
  expect(readMetricResults([series], bare).items).toMatchObject([{ expression: 'errors', series: expected }]);
  expect(
    readMetricResults({ query: 'up', result: { resultType: 'vector', result: [{ metric: {}, value: [seconds('10:00:00'), '0'] }] } }, bare)
      .items,
  ).toMatchObject([{ series: [{ labels: {}, points: [{ at: now, value: 0 }] }] }]);
  expect(readMetricResults({ query: '1', result: { resultType: 'scalar', result: [seconds('10:00:00'), '7'] } }, bare).items).toMatchObject(
    [{ series: [{ points: [{ value: 7 }] }] }],
  );
});

test('A failed query and a result that is none are told', () => {
  expect(readMetricResults({ status: 'error', error: 'query timed out' }, { fileName: 'x', now }).complaints).toEqual([
    'entry 1: the query failed when it was recorded: query timed out',
  ]);
  expect(readMetricResults({ query: 'up' }, { fileName: 'x', now }).complaints).toEqual([
    'entry 1: no "result" with Prometheus matrix or vector data',
  ]);
});

test('Alert history is read as a list, as Alertmanager and Prometheus list alerts, and from a query of ALERTS', () => {
  const fired = { alert: 'Errors', labels: { alertname: 'Errors' }, startedAt: at('09:50:00'), endedAt: undefined };
  const labels = { alertname: 'Errors' };
  expect(readAlertHistory([{ labels, startsAt: '2026-03-01T09:50:00Z', endsAt: '2026-03-01T10:03:00Z' }], now).items).toEqual([fired]);
  expect(readAlertHistory({ alerts: [{ labels, startsAt: '2026-03-01T09:50:00Z', endsAt: '0001-01-01T00:00:00Z' }] }, now).items).toEqual([
    fired,
  ]);
  expect(
    readAlertHistory(
      {
        status: 'success',
        data: {
          alerts: [
            { labels, state: 'firing', activeAt: '2026-03-01T09:50:00Z' },
            { labels, state: 'pending', activeAt: '2026-03-01T09:50:00Z' },
          ],
        },
      },
      now,
    ).items,
  ).toEqual([fired]);
  const samples = ['09:30:00', '09:31:00', '09:58:00', '09:59:00', '10:00:00'].map((time) => [seconds(time), '1']);
  const query = {
    query: 'ALERTS',
    end: '2026-03-01T10:00:00Z',
    step: 60,
    result: [{ metric: { __name__: 'ALERTS', alertname: 'Errors', alertstate: 'firing' }, values: samples }],
  };
  expect(readAlertHistory(query, now).items).toEqual([
    { ...fired, startedAt: at('09:30:00'), endedAt: at('09:31:00') },
    { ...fired, startedAt: at('09:58:00') },
  ]);
  expect(readAlertHistory([], now)).toEqual({ items: [], complaints: [] });
  expect(readAlertHistory([{ alert: 'x' }, { labels: {} }], now).complaints).toEqual([
    'entry 1: no time at which x began to fire ("startedAt")',
    'entry 2: no name of the alert ("alert", or the label "alertname")',
  ]);
});

test('Probes are read with the words that people use', () => {
  const probe = {
    from: { kind: 'pod', namespace: 'shop', name: 'web-1', node: undefined },
    host: 'db',
    port: 5432,
    protocol: 'tcp',
    outcome: 'timed-out',
    detail: '',
    at: undefined,
  };
  const spoken = [
    { from: { pod: 'web-1', namespace: 'shop' }, host: 'db', port: 5432, outcome: 'timed-out' },
    { from: { pod: 'shop/web-1' }, to: 'db:5432', outcome: 'timeout' },
    { from: 'pod/shop/web-1', target: { host: 'db' }, port: '5432', result: 'ETIMEDOUT' },
    { from: { kind: 'pod', namespace: 'shop', name: 'web-1' }, address: 'db:5432', outcome: 'Connection timed out' },
  ];
  expect(readConnectivityProbes(spoken).items).toEqual([probe, probe, probe, probe]);
  expect(readConnectivityProbes([{ from: 'node/worker-1', host: '[fd00::1]:53', protocol: 'UDP', outcome: 'open' }]).items).toMatchObject([
    { from: { kind: 'node', name: 'worker-1' }, host: 'fd00::1', port: 53, protocol: 'udp', outcome: 'connected' },
  ]);
  expect(
    readConnectivityProbes([{ host: 'x' }, { from: 'node/a' }, { from: 'node/a', host: 'x', outcome: 'maybe' }]).complaints,
  ).toHaveLength(3);
});

test('Scrape targets are read from Prometheus as it answers', () => {
  const answer = {
    status: 'success',
    data: {
      activeTargets: [
        { scrapePool: 'pods', labels: { job: 'web', instance: 'a:80' }, health: 'up', lastScrape: '2026-03-01T09:59:50.5Z', lastError: '' },
      ],
      droppedTargets: [],
    },
  };
  expect(readScrapeTargets(answer).items).toEqual([
    {
      job: 'web',
      instance: 'a:80',
      labels: { job: 'web', instance: 'a:80' },
      health: 'up',
      lastScrapeAt: at('09:59:50.500'),
      lastError: undefined,
    },
  ]);
  expect(readScrapeTargets({ status: 'success', data: { activeTargets: [] } }).items).toEqual([]);
});

test('Kinds are known by every name that is in use', () => {
  const names = [
    'pods',
    'Pod',
    'po',
    'PodList',
    'deployments.apps',
    'svc',
    'persistent-volume-claims',
    'storage-classes',
    'network-policy',
    'hpa',
    'logs',
    'probes',
    'alerts',
  ];
  expect(names.map(evidenceKindOf)).toEqual([
    'pods',
    'pods',
    'pods',
    'pods',
    'deployments',
    'services',
    'persistentvolumeclaims',
    'storageclasses',
    'networkpolicies',
    'horizontalpodautoscalers',
    'container-logs',
    'connectivity-probes',
    'alert-history',
  ]);
  expect(['nodes.longhorn.io', 'gizmo', ''].map(evidenceKindOf)).toEqual([undefined, undefined, undefined]);
});

test('Node commands are known by the ways in which people write them', () => {
  const written = [
    'systemctl-status-kubelet',
    'systemctl status kubelet',
    'journalctl -u kubelet',
    'sudo iptables -t nat -L KUBE-SERVICES',
    'df -h',
    'dmesg -T',
    'my own check',
  ];
  expect(written.map(nodeCommandId)).toEqual([
    'systemctl-status-kubelet',
    'systemctl-status-kubelet',
    'journal-kubelet',
    'iptables-kube-services',
    'df',
    'dmesg',
    'my own check',
  ]);
});

test('Paths tell what a file is', () => {
  expect(recordingPartOf('recording.yaml')).toEqual({ part: 'manifest' });
  expect(recordingPartOf('alert.json')).toEqual({ part: 'alert' });
  expect(recordingPartOf('metrics/deep/errors.yml')).toEqual({ part: 'metrics', fileName: 'errors' });
  expect(recordingPartOf('objects/metrics.json')).toBeUndefined();
  expect(recordingPartOf('nodes/worker-1.yaml')).toBeUndefined();
  expect(logNameOf('logs/shop/web-1/app-previous.log')).toEqual({ namespace: 'shop', pod: 'web-1', container: 'app', isPrevious: true });
  expect(logNameOf('logs/shop/web-1/previous/app.log')).toEqual({ namespace: 'shop', pod: 'web-1', container: 'app', isPrevious: true });
  expect(logNameOf('logs/shop/web-1.previous.log')).toEqual({ namespace: 'shop', pod: 'web-1', container: undefined, isPrevious: true });
  expect([pathStep('../../etc/passwd'), pathStep('web-1.example'), pathStep('…')]).toEqual(['-..-etc-passwd', 'web-1.example', '-']);
});

test('Log lines of kubectl, of container runtimes and of Docker are read alike', () => {
  const expected = [{ at: at('09:59:00.123'), text: 'hello' }];
  for (const line of [
    '2026-03-01T09:59:00.123456789Z hello',
    '2026-03-01T09:59:00.123456789Z stdout F hello',
    '{"log":"hello\\n","stream":"stdout","time":"2026-03-01T09:59:00.123456789Z"}',
    '2026-03-01T10:59:00.123+01:00 hello\r',
  ]) {
    expect(readLogLines(`${line}\n\n`)).toEqual(expected);
  }
  expect(readLogLines('plain\n  indented\n')).toEqual([
    { at: undefined, text: 'plain' },
    { at: undefined, text: '  indented' },
  ]);
});
