import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../domain/alert.ts';
import { fingerprintOf } from './fingerprint-of.ts';

function alert(labels: { readonly [name: string]: string }, more: Partial<Alert> = {}): Alert {
  const { alertname = 'alert' } = labels;
  return {
    source: 'alertmanager',
    name: alertname,
    summary: 'something is wrong',
    labels,
    startedAt: 0,
    state: 'firing',
    severity: 'critical',
    expression: undefined,
    ...more,
  };
}

const crashLoop = { alertname: 'KubePodCrashLooping', namespace: 'payments', container: 'app', job: 'kube-state-metrics' };

function marks(...alerts: readonly Alert[]): number {
  return new Set(alerts.map((each) => fingerprintOf(each, 'production'))).size;
}

describe('one cause', () => {
  test.each([
    ['pods of one Deployment', ['payment-service-5ffc94c6d7-56png', 'payment-service-5ffc94c6d7-nd8dl', 'payment-service-7f8b9c4d5-x2k9m']],
    ['pods of one StatefulSet', ['postgres-0', 'postgres-12']],
    ['pods of one DaemonSet', ['fluentd-x2k9m', 'fluentd-56png']],
    ['pods of one CronJob', ['backup-28472834-56png', 'backup-28472841-x2k9m']],
  ])('%s', (_name, pods) => {
    expect(marks(...pods.map((pod) => alert({ ...crashLoop, pod })))).toBe(1);
  });

  test('a page that is a sentence, with the figures of two moments', () => {
    const said = (name: string): Alert => alert({ service: 'payment-service' }, { source: 'pagerduty', name });
    expect(marks(said('payment-service 5xx rate is 7.3% (> 5%)'), said('payment-service  5xx rate is 11% (> 5%)'))).toBe(1);
  });

  test('claims of one StatefulSet that fill up', () => {
    const filling = { alertname: 'KubePersistentVolumeFillingUp', namespace: 'db', job: 'kubelet' };
    const claim = (index: number): Alert =>
      alert({ ...filling, persistentvolumeclaim: `data-postgres-${index}`, node: `n-${index}`, instance: `10.0.0.${index}:10250` });
    expect(marks(claim(0), claim(1))).toBe(1);
  });

  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  const volatileLabels = fc.record(
    {
      severity: fc.constantFrom('warning', 'critical'),
      instance: fc.stringMatching(/^10\.0\.\d{1,2}\.\d{1,2}:\d{4}$/),
      prometheus: word,
      prometheus_replica: word,
      uid: fc.uuid(),
      endpoint: word,
      receiver: word,
      team: word,
    },
    { requiredKeys: [] },
  );

  test('whatever is worded, measured and scraped otherwise, in whatever order', () => {
    const moment = fc.record({
      summary: fc.string(),
      startedAt: fc.nat(),
      state: fc.constantFrom('firing', 'resolved'),
      more: volatileLabels,
    });
    fc.assert(
      fc.property(moment, moment, word, (one, other, deployment) => {
        const fixed = { alertname: 'HighErrorRate', namespace: 'payments', deployment };
        const first = alert({ ...fixed, ...one.more }, { summary: one.summary, startedAt: one.startedAt, state: one.state });
        const second = alert({ ...other.more, ...fixed }, { summary: other.summary, startedAt: other.startedAt, state: other.state });
        expect(fingerprintOf(first, 'production')).toBe(fingerprintOf(second, 'production'));
      }),
    );
  });
});

describe('different causes', () => {
  test('what differs in rule, place, workload or cluster', () => {
    const base = { alertname: 'HighErrorRate', namespace: 'payments', deployment: 'payment-service', cluster: 'eu' };
    const changed = [{ alertname: 'HighLatency' }, { namespace: 'shop' }, { deployment: 'cart' }, { cluster: 'us' }];
    expect(marks(alert(base), ...changed.map((each) => alert({ ...base, ...each })))).toBe(5);
  });

  test('the same disk trouble on two nodes, although the exporter is one DaemonSet', () => {
    const disk = { alertname: 'NodeFilesystemAlmostOutOfSpace', job: 'node-exporter', namespace: 'monitoring' };
    const full = (instance: string, pod: string): Alert => alert({ ...disk, instance, pod });
    expect(marks(full('10.0.0.5:9100', 'node-exporter-x2k9m'), full('10.0.0.6:9100', 'node-exporter-56png'))).toBe(2);
    expect(marks(full('10.0.0.5:9100', 'node-exporter-x2k9m'), full('10.0.0.5:9100', 'node-exporter-56png'))).toBe(1);
  });

  test('pods of two Deployments, also where one is named as the beginning of the other', () => {
    const pods = ['cart-5ffc94c6d7-56png', 'cart-worker-5ffc94c6d7-nd8dl'];
    expect(marks(...pods.map((pod) => alert({ ...crashLoop, pod })))).toBe(2);
  });

  test('parts do not run into one another, whatever they hold', () => {
    const part = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', '"', ',', ' ', '\\', ']') });
    const parts = fc.tuple(part, part, part);
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const of = ([alertname, namespace, app]: readonly [string, string, string]): Alert => alert({ alertname, namespace, app });
        expect(marks(of(one), of(other))).toBe(one.every((each, index) => each === other[index]) ? 1 : 2);
      }),
    );
  });
});
