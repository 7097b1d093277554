import { afterEach, describe, expect, test } from 'vitest';
import { formatInstant, millisecondsPerHour } from '../../domain/instant.ts';
import type { EvidenceKind, Reading } from '../../domain/evidence.ts';
import type { AlertRules } from '../../ports/alert-rules.ts';
import type { EvidenceRequest, EvidenceSource } from '../../ports/evidence-source.ts';
import { failure, type Respond, type ScriptedServer, serve, sourceAt, success } from './testing.ts';

const until = Date.parse('2026-03-01T10:00:00Z');
const from = until - millisecondsPerHour;
const expression = 'rate(errors[5m])';
const patient = new AbortController().signal;
const opened: { readonly close: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

describe('metrics', () => {
  test('each expression is asked over the window, and what is no number is a gap in time', async () => {
    const { server, source } = await against((_asked, response) =>
      success(response, {
        resultType: 'matrix',
        result: [
          {
            metric: { pod: 'a', __name__: 'x' },
            values: [
              [1772359200, '0.5'],
              [1772359215.5, 'NaN'],
              [1772359230, '+Inf'],
              [1772359245, '2e-3'],
            ],
          },
          { metric: { pod: 'b' }, histograms: [] },
        ],
      }),
    );
    expect(await source.read(request('metrics'), patient)).toEqual({
      state: 'read',
      at: until,
      gaps: [],
      value: [
        {
          expression,
          purpose: 'alert',
          from,
          until,
          stepSeconds: 15,
          series: [
            {
              labels: { pod: 'a', __name__: 'x' },
              points: [
                { at: 1772359200000, value: 0.5 },
                { at: 1772359245000, value: 0.002 },
              ],
            },
            { labels: { pod: 'b' }, points: [] },
          ],
        },
      ],
    });
    expect(server.asked).toEqual([
      {
        method: 'GET',
        path: '/api/v1/query_range',
        authorization: undefined,
        parameters: { query: expression, start: '1772355600.000', end: '1772359200.000', step: '15' },
      },
    ]);
    expect(source.cost().requests).toBe(1);
  });

  test('a long window is read in wider steps, and a long expression is sent as a form', async () => {
    const { server, source } = await against((_asked, response) => success(response, { resultType: 'matrix', result: [] }));
    const long = `rate(${'x'.repeat(3000)}[5m])`;
    await source.read(
      {
        ...request('metrics'),
        from: until - 24 * millisecondsPerHour,
        metrics: [{ expression: long, purpose: 'context', stepSeconds: 15 }],
      },
      patient,
    );
    expect(server.asked.map(({ method, parameters }) => [method, parameters['step'], parameters['query'] === long])).toEqual([
      ['POST', '173', true],
    ]);
  });

  test('an expression that fails is a gap beside those that were read', async () => {
    const { source } = await against((asked, response) =>
      asked.parameters['query'] === expression
        ? success(response, { resultType: 'matrix', result: [] })
        : failure(response, 400, 'bad_data', 'parse error: unexpected <eof>'),
    );
    const reading = await source.read(
      {
        ...request('metrics'),
        metrics: [...(request('metrics').metrics ?? []), { expression: 'sum(', purpose: 'context', stepSeconds: 15 }],
      },
      patient,
    );
    expect(reading).toMatchObject({
      state: 'read',
      value: [{ expression, series: [] }],
      gaps: [{ what: 'the metric sum(', because: 'unsupported' }],
    });
  });

  test('nothing asked is nothing read, without a request', async () => {
    const { server, source } = await against((_asked, response) => success(response, {}));
    expect(await source.read({ kind: 'metrics', namespaces: [], from, until, why: 'test' }, patient)).toEqual({
      state: 'read',
      at: until,
      value: [],
      gaps: [],
    });
    expect(server.asked).toEqual([]);
  });
});

describe('alert history', () => {
  const metric = { alertname: 'Errors', alertstate: 'firing', namespace: 'shop' };
  const at = (secondsAgo: number): readonly [number, string] => [until / 1000 - secondsAgo, '1'];
  const nobody = { resultType: 'vector', result: [] };

  test('unbroken runs of ALERTS samples are firings, and the last goes on where it fires now', async () => {
    const values = [at(3600), at(3585), at(3540), at(1800), at(180), at(165), at(20)];
    const { server, source } = await against((asked, response) =>
      success(
        response,
        asked.parameters['query']?.endsWith(']')
          ? { resultType: 'matrix', result: [{ metric: { __name__: 'ALERTS', ...metric }, values }] }
          : { resultType: 'vector', result: [{ metric, value: at(0) }] },
      ),
    );
    expect(await firings(source, 'Er"rors')).toEqual([
      ['Errors', { namespace: 'shop' }, '2026-03-01T09:00:00Z', '2026-03-01T09:00:30Z'],
      ['Errors', { namespace: 'shop' }, '2026-03-01T09:01:00Z', '2026-03-01T09:01:15Z'],
      ['Errors', { namespace: 'shop' }, '2026-03-01T09:30:00Z', '2026-03-01T09:30:15Z'],
      ['Errors', { namespace: 'shop' }, '2026-03-01T09:57:00Z', '2026-03-01T09:57:30Z'],
      ['Errors', { namespace: 'shop' }, '2026-03-01T09:59:40Z', 'still'],
    ]);
    const selector = 'ALERTS{alertstate="firing",alertname="Er\\"rors"}';
    expect(server.asked.map(({ parameters }) => parameters)).toEqual(
      expect.arrayContaining([
        { query: selector, time: '1772359200.000' },
        { query: `${selector}[86400s]`, time: '1772359200.000' },
      ]),
    );
  });

  test('samples far apart are firings of their own, however rare they are', async () => {
    const values = [at(1800), at(1200), at(600)];
    const { source } = await against((asked, response) =>
      success(response, asked.parameters['query']?.endsWith(']') ? { resultType: 'matrix', result: [{ metric, values }] } : nobody),
    );
    expect((await firings(source, 'Errors')).map((each) => each.slice(2))).toEqual([
      ['2026-03-01T09:30:00Z', '2026-03-01T09:31:00Z'],
      ['2026-03-01T09:40:00Z', '2026-03-01T09:41:00Z'],
      ['2026-03-01T09:50:00Z', '2026-03-01T09:51:00Z'],
    ]);
  });

  test('where all samples are too many, one a minute is read', async () => {
    const values = [at(240), at(180), at(120)];
    const { source } = await against((asked, response) => {
      if (asked.path === '/api/v1/query_range') success(response, { resultType: 'matrix', result: [{ metric, values }] });
      else success(response, asked.parameters['query']?.endsWith(']') ? 'x'.repeat(100_000) : nobody);
    });
    expect((await firings(source, 'Errors')).map((each) => each.slice(2))).toEqual([['2026-03-01T09:56:00Z', '2026-03-01T09:59:00Z']]);
  });

  test('a page that is a sentence has no rule name, so every history is read', async () => {
    const { server, source } = await against((asked, response) =>
      success(response, asked.parameters['query']?.endsWith(']') ? { resultType: 'matrix', result: [] } : nobody),
    );
    expect(await firings(source, 'payment-service 5xx rate > 5%')).toEqual([]);
    const queries = new Set(server.asked.map(({ parameters }) => parameters['query']));
    expect(queries).toEqual(new Set(['ALERTS{alertstate="firing"}', 'ALERTS{alertstate="firing"}[86400s]']));
  });

  test('a failure of one of the two questions is the failure of the reading', async () => {
    const { source } = await against((asked, response) =>
      asked.parameters['query']?.endsWith(']') ? response.writeHead(401).end() : success(response, nobody),
    );
    expect(await source.read(request('alert-history', { alert: 'Errors' }), patient)).toMatchObject({
      state: 'unreadable',
      because: 'forbidden',
    });
  });

  async function firings(source: EvidenceSource, alert: string): Promise<readonly (readonly unknown[])[]> {
    const reading = await source.read(request('alert-history', { alert }), patient);
    return reading.state !== 'read'
      ? [[reading.detail]]
      : reading.value.map((each) => [
          each.alert,
          each.labels,
          formatInstant(each.startedAt),
          each.endedAt === undefined ? 'still' : formatInstant(each.endedAt),
        ]);
  }
});

describe('scrape targets', () => {
  const target = {
    discoveredLabels: { __address__: '10.0.0.1:80' },
    labels: { job: 'cart', instance: '10.0.0.1:80', namespace: 'shop' },
    scrapeUrl: 'http://u:p@10.0.0.1:80/metrics',
    lastError: 'Get "http://u:hunter2@10.0.0.1:80": \u001b[31mrefused',
    lastScrape: '2026-03-01T09:59:50.5Z',
    health: 'down',
  };

  test('the list is reduced to what tells, without secrets and escape sequences', async () => {
    const never = { labels: { job: 'new', instance: 'x' }, lastError: '', lastScrape: '0001-01-01T00:00:00Z', health: 'unknown' };
    const { server, source } = await against((_asked, response) =>
      success(response, { activeTargets: [target, never], droppedTargets: [] }),
    );
    expect(await source.read(request('scrape-targets'), patient)).toEqual({
      state: 'read',
      at: until,
      gaps: [],
      value: [
        {
          job: 'cart',
          instance: '10.0.0.1:80',
          labels: target.labels,
          health: 'down',
          lastScrapeAt: Date.parse('2026-03-01T09:59:50.5Z'),
          lastError: 'Get "http://u:‹redacted›@10.0.0.1:80": refused',
        },
        {
          job: 'new',
          instance: 'x',
          labels: { job: 'new', instance: 'x' },
          health: 'unknown',
          lastScrapeAt: undefined,
          lastError: undefined,
        },
      ],
    });
    expect(server.asked[0]?.parameters).toEqual({ state: 'active' });
  });

  test('a server without targets, or with too many of them, is asked for `up` instead', async () => {
    const up = {
      resultType: 'vector',
      result: [
        { metric: { __name__: 'up', job: 'cart', instance: 'a' }, value: [1772359200, '0'] },
        { metric: { job: 'cart', instance: 'b' }, value: [1772359200, '1'] },
      ],
    };
    for (const refuse of [
      (response: Parameters<Respond>[1]) => failure(response, 404, 'not_found', 'page not found'),
      (response: Parameters<Respond>[1]) => success(response, 'x'.repeat(100_000)),
    ]) {
      const { source } = await against((asked, response) => (asked.path === '/api/v1/targets' ? refuse(response) : success(response, up)));
      const reading = await source.read(request('scrape-targets'), patient);
      expect(reading.state === 'read' ? reading.value.map(({ instance, health }) => [instance, health]) : reading).toEqual([
        ['a', 'down'],
        ['b', 'up'],
      ]);
    }
  });
});

describe('rules', () => {
  const rules = {
    groups: [
      {
        name: 'g',
        file: 'f',
        interval: 15,
        rules: [
          { type: 'recording', name: 'Errors', query: 'vector(1)' },
          {
            type: 'alerting',
            name: 'Errors',
            query: 'errors > 1',
            labels: { severity: 'warning' },
            state: 'firing',
            duration: 0,
            alerts: [],
          },
          {
            type: 'alerting',
            name: 'Errors',
            query: 'errors > 5',
            labels: { severity: 'critical', team: '{{ $labels.team }}' },
            state: 'inactive',
            duration: 180,
          },
          { type: 'alerting', name: 'PaymentService5xxRateHigh', query: 'share > 0.05', labels: {}, state: 'firing' },
        ],
      },
    ],
  };

  test.each<readonly [string, Parameters<AlertRules['ruleOf']>[0], unknown]>([
    [
      'by name and labels',
      { name: 'Errors', summary: '', labels: { alertname: 'Errors', severity: 'critical', team: 'shop' } },
      { state: 'found', name: 'Errors', expression: 'errors > 5' },
    ],
    [
      'by name alone, the firing one first',
      { name: 'Errors', summary: '', labels: {} },
      { state: 'found', name: 'Errors', expression: 'errors > 1' },
    ],
    [
      'by the words of a sentence',
      { name: 'payment-service 5xx rate > 5% for 3 minutes', summary: '', labels: {} },
      { state: 'found', name: 'PaymentService5xxRateHigh', expression: 'share > 0.05' },
    ],
    ['not at all', { name: 'Other', summary: '', labels: { alertname: 'Other' } }, { state: 'none' }],
  ])('found %s', async (_how, alert, expected) => {
    const { server, source } = await against((_asked, response) => success(response, rules));
    expect(await source.ruleOf(alert, patient)).toEqual(expected);
    expect(server.asked[0]).toMatchObject({ path: '/api/v1/rules', parameters: { type: 'alert' } });
  });
});

describe('a server that does not answer as it should gives one clear line', () => {
  test.each<readonly [string, Respond, string, string]>([
    [
      '401',
      (_asked, response) => response.writeHead(401).end('no'),
      'forbidden',
      'it asks for credentials (401): put user:password@ into the address, or a token into STANCH_PROMETHEUS_TOKEN',
    ],
    ['403', (_asked, response) => response.writeHead(403).end('no'), 'forbidden', 'it refuses these credentials (403)'],
    [
      '404',
      (_asked, response) => response.writeHead(404).end('404 page not found'),
      'unsupported',
      'it has no such path (404): check the path of the address, for example /prometheus',
    ],
    [
      'a login page',
      (_asked, response) => response.writeHead(302, { location: 'https://login.example/start?token=secret' }).end(),
      'unsupported',
      'it redirects to https://login.example/start (302), perhaps to log in: give the address that answers by itself',
    ],
    [
      'HTML',
      (_asked, response) => response.writeHead(200).end('<!doctype html><title>Grafana</title>'),
      'malformed',
      'the answer is no JSON; it begins with "<!doctype html><title>Grafana</title>"',
    ],
    [
      'other JSON',
      (_asked, response) => response.writeHead(200).end('{"ok":true}'),
      'malformed',
      'the answer is JSON, but not an answer of the Prometheus API',
    ],
    [
      'half an answer',
      (_asked, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"sta', () => response.destroy());
      },
      'unreachable',
      'the connection was broken off',
    ],
    [
      'no HTTP at all',
      (_asked, response) => response.socket?.end('SSH-2.0-OpenSSH\r\n'),
      'unreachable',
      'what answers does not speak HTTP: perhaps the address needs https, or another port',
    ],
    [
      'an overload',
      (_asked, response) => failure(response, 503, 'timeout', 'query timed out in expression evaluation'),
      'unreachable',
      'it answered 503: query timed out in expression evaluation',
    ],
    ['a proxy error', (_asked, response) => response.writeHead(502).end('bad gateway'), 'unreachable', 'it answered 502'],
    ['silence', () => undefined, 'timed-out', 'there was no answer within 0.15 s'],
    [
      'an answer that never ends',
      (_asked, response) => {
        response.writeHead(200);
        response.write('{');
      },
      'timed-out',
      'there was no answer within 0.15 s',
    ],
    [
      'an answer without end',
      (_asked, response) => {
        response.writeHead(200);
        pour(response);
      },
      'malformed',
      'the answer is larger than 0.0625 MiB',
    ],
    ['a vector for a matrix', (_asked, response) => success(response, { resultType: 'vector', result: [] }), 'malformed', ''],
  ])('%s', async (_what, respond, because, happened) => {
    const { server, source } = await against(respond);
    const reading = await source.read(request('metrics'), patient);
    const detail =
      happened === ''
        ? 'the answer to the query is of another form than the Prometheus API gives'
        : `asked ${server.address}/api/v1/query_range for ${expression}: ${happened}`;
    expect(reading).toEqual({ state: 'unreadable', because, detail });
  });

  test('nobody listens, and no such name', async () => {
    const { server } = await against(() => undefined);
    await server.close();
    expect(await detailOf(kept(sourceAt(server.address)))).toEqual([
      'unreachable',
      `asked ${server.address}/api/v1/query_range for ${expression}: the connection was refused: nothing listens there`,
    ]);
  });

  test('the end of the whole investigation ends a question at once', async () => {
    const { source } = await against(() => undefined);
    expect(await source.read(request('metrics'), AbortSignal.abort())).toMatchObject({ state: 'unreadable', because: 'timed-out' });
  });

  test('a kind that it does not have is said to be not configured', async () => {
    const { source } = await against(() => undefined);
    expect(await source.read({ kind: 'pods', namespaces: [], from, until, why: 'test' }, patient)).toMatchObject({
      state: 'unreadable',
      because: 'not-configured',
    });
  });
});

describe('credentials', () => {
  test('a user in the address and a token are sent, and shown nowhere', async () => {
    const respond: Respond = (_asked, response) => response.writeHead(500).end('u:hunter2');
    const { server, source } = await against(respond, (address) => sourceAt(address.replace('http://', 'http://us%40er:hunter2@')));
    const tokenSource = kept(sourceAt(server.address, { token: 'abcdef' }));
    const details = [await detailOf(source), await detailOf(tokenSource)];
    expect(server.asked.map((asked) => asked.authorization)).toEqual([
      `Basic ${Buffer.from('us@er:hunter2').toString('base64')}`,
      'Bearer abcdef',
    ]);
    expect(JSON.stringify([details, await source.identify(patient), source.name])).not.toMatch(/hunter2|abcdef|us%40er/);
  });
});

describe('who it is', () => {
  test('the server tells the time', async () => {
    const { source, server } = await against((_asked, response) =>
      success(response, { resultType: 'scalar', result: [1772359200.25, '1772359200.25'] }),
    );
    expect(await source.identify(patient)).toEqual({
      state: 'reached',
      now: 1772359200250,
      cluster: { source: 'live', name: server.address.slice(7), version: undefined },
    });
  });

  test('a server that does not answer cannot be investigated', async () => {
    const { source } = await against((_asked, response) => response.writeHead(401).end());
    expect(await source.identify(patient)).toMatchObject({ state: 'failed', attempted: 'reaching Prometheus' });
  });
});

function kept<Item extends { readonly close: () => Promise<void> }>(item: Item): Item {
  opened.push(item);
  return item;
}

async function against(
  respond: Respond,
  open = (address: string) => sourceAt(address),
): Promise<{ readonly server: ScriptedServer; readonly source: EvidenceSource & AlertRules }> {
  const server = kept(await serve(respond));
  return { server, source: kept(open(server.address)) };
}

function request<Kind extends 'metrics' | 'alert-history' | 'scrape-targets'>(
  kind: Kind,
  more: Partial<EvidenceRequest<Kind>> = {},
): EvidenceRequest<Kind> {
  return { kind, namespaces: [], from, until, why: 'test', metrics: [{ expression, purpose: 'alert', stepSeconds: 15 }], ...more };
}

async function detailOf(source: EvidenceSource): Promise<readonly [string, string]> {
  const reading: Reading<EvidenceKind> = await source.read(request('metrics'), patient);
  return reading.state === 'unreadable' ? [reading.because, reading.detail] : ['read', ''];
}

/** Writes for as long as somebody reads. */
function pour(response: Parameters<Respond>[1]): void {
  while (!response.destroyed && response.write('x'.repeat(16_384))) continue;
  if (!response.destroyed) response.once('drain', () => pour(response));
}
