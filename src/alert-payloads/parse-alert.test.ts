import { array, assert, constantFrom, dictionary, json, jsonValue, oneof, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../domain/alert.ts';
import { parseAlert, type ParsedAlert } from './parse-alert.ts';

const firing = {
  status: 'firing',
  labels: { alertname: 'PaymentErrors', namespace: 'payments', service: 'payment-service', severity: 'Critical' },
  annotations: { summary: '5xx rate above 5%', description: 'for three minutes' },
  startsAt: '2026-03-01T02:46:00.123Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.example:9090/graph?g0.expr=sum%28rate%28errors%5B5m%5D%29%29+%3E+0.05&g0.tab=1',
  fingerprint: 'c0ffee',
};
const webhook = {
  version: '4',
  groupKey: '{}:{alertname="PaymentErrors"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'stanch',
  groupLabels: { alertname: 'PaymentErrors' },
  commonLabels: { cluster: 'one' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example:9093',
  alerts: [firing],
};
const paymentErrors: Alert = {
  source: 'alertmanager',
  name: 'PaymentErrors',
  summary: '5xx rate above 5%',
  labels: { cluster: 'one', alertname: 'PaymentErrors', namespace: 'payments', service: 'payment-service', severity: 'Critical' },
  startedAt: Date.parse('2026-03-01T02:46:00.123Z'),
  state: 'firing',
  severity: 'critical',
  expression: 'sum(rate(errors[5m])) > 0.05',
};
const templatedText = `Labels:
 - alertname = PaymentErrors
 - namespace = payments
 - severity = critical
Annotations:
 - summary = 5xx rate above 5%
Source: http://prometheus.example:9090/graph?g0.expr=errors+%3E+5&g0.tab=1
Labels:
 - alertname = CartErrors
 - namespace = shop
Annotations:
Source: `;
const incident = {
  id: 'PT4KHLK',
  type: 'incident',
  status: 'triggered',
  title: '[FIRING:1] PaymentErrors (payments critical)',
  created_at: '2026-03-01T02:47:00Z',
  urgency: 'high',
  service: { id: 'P1', type: 'service_reference', summary: 'payment-service' },
  priority: { id: 'P2', summary: 'P1' },
};
const v3 = {
  event: { id: 'e', event_type: 'incident.triggered', resource_type: 'incident', occurred_at: '2026-03-01T02:47:01Z', data: incident },
};

describe('Alertmanager', () => {
  test('its webhook gives the alert with its expression', () => {
    expect(read(webhook)).toEqual([paymentErrors]);
  });

  test('of a group, what fires comes first, then the graver, then the older', () => {
    const resolved = {
      ...firing,
      status: 'resolved',
      labels: { ...firing.labels, alertname: 'Resolved' },
      startsAt: '2026-03-01T01:00:00Z',
    };
    const mild = { ...firing, labels: { alertname: 'Mild', severity: 'warning' }, startsAt: '2026-03-01T01:00:00Z' };
    const older = { ...firing, labels: { ...firing.labels, alertname: 'Older' }, startsAt: '2026-03-01T02:00:00Z' };
    expect(read({ ...webhook, alerts: [resolved, mild, firing, older] }).map(({ name, state }) => [name, state])).toEqual([
      ['Older', 'firing'],
      ['PaymentErrors', 'firing'],
      ['Mild', 'firing'],
      ['Resolved', 'resolved'],
    ]);
  });

  test('its list at /api/v2/alerts, and Prometheus’s at /api/v1/alerts, are the same alerts', () => {
    expect(read([{ ...firing, labels: paymentErrors.labels, status: { state: 'active', silencedBy: [], inhibitedBy: [] } }])).toEqual([
      paymentErrors,
    ]);
    const { generatorURL, startsAt, status, ...rest } = firing;
    const active = { ...rest, labels: paymentErrors.labels, state: 'firing', activeAt: startsAt, value: '0.12' };
    const pending = { ...active, state: 'pending', labels: { alertname: 'Pending' } };
    expect([status, generatorURL.length > 0, read({ status: 'success', data: { alerts: [pending, active] } })]).toEqual([
      'firing',
      true,
      [{ ...paymentErrors, expression: undefined }],
    ]);
  });

  test('an alert without a name takes its summary for one', () => {
    expect(read({ alerts: [{ labels: { severity: 'page' }, annotations: { message: 'disk full' } }] })[0]).toMatchObject({
      name: 'disk full',
      summary: 'disk full',
      severity: 'page',
    });
  });

  test('a group without alerts is refused', () => {
    expect(happened({ ...webhook, alerts: [] })).toBe('its list of alerts is empty');
    expect(happened([])).toBe('its list of alerts is empty');
    expect(happened({ alerts: [{ name: 'x' }] })).toBe('none of its 1 alerts has labels');
  });
});

describe('PagerDuty', () => {
  test('a V3 event gives the incident, its service and its priority', () => {
    expect(read(v3)).toEqual([
      {
        source: 'pagerduty',
        name: 'PaymentErrors (payments critical)',
        summary: 'PaymentErrors (payments critical)',
        labels: { service: 'payment-service' },
        startedAt: Date.parse('2026-03-01T02:47:00Z'),
        state: 'firing',
        severity: 'p1',
        expression: undefined,
      },
    ]);
  });

  test('labels that Alertmanager put into the details are found, wherever PagerDuty keeps them', () => {
    const details = { firing: templatedText, num_firing: '2', resolved: '' };
    const places = [
      { body: { type: 'incident_body', details } },
      { custom_details: details },
      { first_trigger_log_entry: { channel: { type: 'api', details } } },
      { alerts: [{ body: { details } }] },
      { body: { details: templatedText } },
    ];
    for (const place of places) {
      expect(read({ event: { ...v3.event, data: { ...incident, ...place } } })).toEqual([
        {
          source: 'pagerduty',
          name: 'PaymentErrors',
          summary: '5xx rate above 5%',
          startedAt: Date.parse('2026-03-01T02:47:00Z'),
          state: 'firing',
          severity: 'critical',
          labels: { service: 'payment-service', alertname: 'PaymentErrors', namespace: 'payments', severity: 'critical' },
          expression: 'errors > 5',
        },
        expect.objectContaining({
          name: 'CartErrors',
          labels: { service: 'payment-service', alertname: 'CartErrors', namespace: 'shop' },
          expression: undefined,
        }),
      ]);
    }
  });

  test('details that are labels are labels, and a sentence among them joins the summary', () => {
    const details = {
      namespace: 'payments',
      deployment: 'payment-service',
      description: 'half of the fleet is down',
      num_firing: '1',
      weight: 3,
    };
    expect(
      read({
        event: { ...v3.event, data: { ...incident, title: 'Errors', service: { summary: 'Payments (all)' }, body: { details } } },
      })[0],
    ).toMatchObject({
      name: 'Errors',
      summary: 'Errors: half of the fleet is down',
      labels: { namespace: 'payments', deployment: 'payment-service', weight: '3' },
      severity: 'p1',
    });
  });

  test('a resolved incident is resolved', () => {
    expect(read({ event: { ...v3.event, event_type: 'incident.resolved', data: { ...incident, status: 'resolved' } } })[0]?.state).toBe(
      'resolved',
    );
  });

  test('an event as sent to the Events API keeps nothing of its routing key', () => {
    const sent = {
      routing_key: 'R0123456789ABCDEF0123456789ABCDEF',
      event_action: 'trigger',
      dedup_key: 'x',
      client_url: 'http://prometheus.example/graph?g0.expr=up+%3D%3D+0',
      payload: {
        summary: 'Database down',
        source: 'db-1',
        severity: 'error',
        timestamp: '2026-03-01T02:40:00Z',
        component: 'postgres',
        custom_details: { namespace: 'data' },
      },
    };
    expect(read(sent)).toEqual([
      {
        source: 'pagerduty',
        name: 'Database down',
        summary: 'Database down',
        labels: { service: 'postgres', namespace: 'data' },
        startedAt: Date.parse('2026-03-01T02:40:00Z'),
        state: 'firing',
        severity: 'error',
        expression: 'up == 0',
      },
    ]);
  });

  test('the older webhook and an incident from the REST API are read as well', () => {
    expect(
      read({ messages: [{ event: 'incident.resolve', incident: { title: 'Errors', created_at: '2026-03-01T02:47:00Z' } }] })[0],
    ).toMatchObject({ name: 'Errors', state: 'resolved' });
    expect(read({ incident })[0]?.name).toBe('PaymentErrors (payments critical)');
  });

  test('events that tell of no incident are refused by their type', () => {
    expect(happened({ event: { event_type: 'pagey.ping', resource_type: 'pagey', data: { message: 'Hello', type: 'ping' } } })).toBe(
      "it is PagerDuty's test event, which tells of no incident",
    );
    expect(happened({ event: { event_type: 'service.updated', data: { id: 'x' } } })).toBe(
      'its event of type service.updated has no title, so it tells of no incident',
    );
    expect(happened({ event_action: 'resolve', routing_key: 'x', dedup_key: 'y' })).toBe('its event "resolve" carries no summary');
  });
});

describe('written by hand', () => {
  test('an object with a name and labels', () => {
    expect(
      read({
        name: 'Errors',
        labels: { namespace: 'shop' },
        severity: 'WARNING',
        startedAt: '2026-03-01T02:40:00Z',
        expr: 'errors > 5',
        status: 'resolved',
      }),
    ).toEqual([
      {
        source: 'description',
        name: 'Errors',
        summary: 'Errors',
        labels: { namespace: 'shop' },
        startedAt: Date.parse('2026-03-01T02:40:00Z'),
        state: 'resolved',
        severity: 'warning',
        expression: 'errors > 5',
      },
    ]);
  });

  test('a sentence, as the pager shows it', () => {
    expect(readText('payment-service 5xx rate > 5% for 3 minutes')).toEqual([
      {
        source: 'description',
        name: 'payment-service 5xx rate > 5% for 3 minutes',
        summary: 'payment-service 5xx rate > 5% for 3 minutes',
        labels: {},
        startedAt: undefined,
        state: 'firing',
        severity: undefined,
        expression: undefined,
      },
    ]);
  });

  test('a tag that is no state, whatever else the language knows by that name', () => {
    expect(readText('[constructor] PaymentErrors')[0]).toMatchObject({ name: '[constructor] PaymentErrors', state: 'firing' });
  });

  test('a title with its tags, its labels and its namespace', () => {
    expect(
      readText(
        '[FIRING:2] [CRITICAL] PaymentErrors {service="payment-service", severity="page"}\nin namespace payments since 2026-03-01T02:40:00Z\n',
      )[0],
    ).toEqual({
      source: 'description',
      name: 'PaymentErrors {service="payment-service", severity="page"}',
      summary: 'PaymentErrors {service="payment-service", severity="page"} in namespace payments since 2026-03-01T02:40:00Z',
      labels: { namespace: 'payments', service: 'payment-service', severity: 'page' },
      startedAt: Date.parse('2026-03-01T02:40:00Z'),
      state: 'firing',
      severity: 'page',
      expression: undefined,
    });
    expect(readText('RESOLVED: errors in the shop namespace')[0]).toMatchObject({
      name: 'errors in the shop namespace',
      state: 'resolved',
      labels: { namespace: 'shop' },
    });
    expect(readText('pods in this namespace crash')[0]?.labels).toEqual({});
  });

  test("Alertmanager's text, pasted from a mail", () => {
    expect(readText(`[FIRING:1] whatever\n${templatedText}`)[0]).toMatchObject({
      name: 'PaymentErrors',
      expression: 'errors > 5',
      severity: 'critical',
    });
  });
});

describe('what is no alert gets one clear line', () => {
  test.each<readonly [string, string, string]>([
    ['nothing', '', 'it is empty'],
    ['spaces', ' \n ', 'it is empty'],
    ['something cut off', '{"alerts": [', 'it is not valid JSON: it ends too early'],
    ['a list of figures that was cut off', '[1,2', 'it is not valid JSON: it ends too early'],
    ['a list that was cut off at once', ' [ ', 'it is not valid JSON: it ends too early'],
    ['a list of figures', '[1, 2]', 'it is JSON, but of no known form (a list of 2)'],
    ['a list of one truth', '[true]', 'it is JSON, but of no known form (a list of 1)'],
    ['something mistyped', '{"alerts": [}]', 'it is not valid JSON: there is a syntax error in it'],
    ['a number', '{"a": 1, "b": {"c": 2}}', 'it is JSON, but of no known form (its fields are a, b)'],
    ['a list of texts', '["a", "b"]', 'it is JSON, but of no known form (a list of 2)'],
    [
      'a Pod in JSON',
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"x"},"status":"x","name":"y"}',
      'it is JSON, but of no known form (its fields are apiVersion, kind, metadata, status, name)',
    ],
    ['a Pod in YAML', 'apiVersion: v1\nkind: Pod\n', 'it is a Kubernetes object, not an alert'],
    ['an error page', '<!doctype html><title>502</title>', 'it is HTML or XML, perhaps an error page'],
    ['a picture', 'PNG\u0000\u0001', 'it is no text'],
    ['a log', 'line\n'.repeat(3000), 'it is 14999 characters of text, too long for a description'],
    ['only marks', '--- !!! ---', 'it holds no words'],
    ['too much', 'x'.repeat(1024 * 1024 + 1), 'it is larger than 1 MiB'],
    ['too much in few characters', 'é'.repeat(600 * 1024), 'it is larger than 1 MiB'],
  ])('%s', (_what, text, expected) => {
    const parsed = parseAlert(text);
    expect(parsed.state === 'refused' ? [parsed.attempted, parsed.happened, parsed.whatToDo.length > 0] : parsed).toEqual([
      'reading the alert',
      expected,
      true,
    ]);
  });
});

describe('nothing harmful passes', () => {
  test('escape sequences and control characters are taken out', () => {
    const hostile = {
      name: '\u001b[2J\u001b]0;owned\u0007Errors\u202e',
      labels: { namespace: '\u001b[31mshop\r\n' },
      summary: 'a\u0000b\nc',
    };
    expect(read(hostile)[0]).toMatchObject({ name: 'Errors', labels: { namespace: 'shop' }, summary: 'ab c' });
  });

  test('secrets in labels, sentences and addresses are masked, and an expression with one is dropped', () => {
    const secret = 'hunter2hunter2';
    const parsed = parseAlert(
      JSON.stringify({
        alerts: [
          {
            ...firing,
            labels: { alertname: 'A', api_token: secret },
            annotations: { summary: `login failed: password=${secret}`, description: `postgres://app:${secret}@db/x` },
            generatorURL: `http://prometheus.example/graph?g0.expr=${encodeURIComponent(`x{password="${secret}"} > 1`)}`,
          },
        ],
      }),
    );
    expect([parsed.state, JSON.stringify(parsed).includes(secret)]).toEqual(['parsed', false]);
  });

  test('no input makes it throw or pass a control character on', () => {
    const field = constantFrom(
      'alerts',
      'labels',
      'annotations',
      'event',
      'data',
      'event_type',
      'title',
      'name',
      'status',
      'messages',
      'incident',
      'payload',
      '__proto__',
      'constructor',
      'body',
      'details',
      'firing',
    );
    const value = oneof(jsonValue(), string({ unit: 'binary' }), constantFrom(templatedText, 'incident.triggered', 'trigger'));
    const known = dictionary(
      field,
      oneof(value, dictionary(field, value), array(dictionary(field, oneof(value, dictionary(field, value))))),
    );
    const inputs = oneof(
      string({ unit: 'binary' }),
      json(),
      known.map((each) => JSON.stringify(each)),
      array(known).map((each) => JSON.stringify(each)),
    );
    assert(
      property(inputs, (text) => {
        const shown = (parsed: ParsedAlert): readonly string[] =>
          parsed.state === 'refused'
            ? [parsed.happened, parsed.whatToDo]
            : parsed.alerts.flatMap(({ name, summary, labels, severity, expression }) => [
                name,
                summary,
                severity ?? '',
                expression ?? '',
                ...Object.entries(labels).flat(),
              ]);
        for (const line of shown(parseAlert(text))) expect(line).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      }),
      { numRuns: 200 },
    );
  });
});

function read(payload: unknown): readonly Alert[] {
  return readText(JSON.stringify(payload));
}

function readText(text: string): readonly Alert[] {
  const parsed = parseAlert(text);
  return parsed.state === 'parsed' ? parsed.alerts : [];
}

function happened(payload: unknown): string | undefined {
  const parsed = parseAlert(JSON.stringify(payload));
  return parsed.state === 'refused' ? parsed.happened : undefined;
}
