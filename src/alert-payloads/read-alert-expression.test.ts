import { array, assert, constantFrom, double, property, string, stringMatching, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAlertExpression } from './read-alert-expression.ts';

const ratio = 'sum(rate(http_requests_total{job="cart",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="cart"}[5m]))';

describe('the measured side and its comparison', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    [`${ratio} > 0.05`, ratio, '> 0.05'],
    [`0.05 < ${ratio}`, ratio, '> 0.05'],
    [`(${ratio}) >= bool 5e-2`, ratio, '>= 0.05'],
    [`(${ratio} > bool 0.05) == 1`, ratio, '> 0.05'],
    [`(${ratio} > bool 0.05) == 0`, ratio, '<= 0.05'],
    ['up == 0', 'up', '== 0'],
    ['absent(up{job="cart"})', 'absent(up{job="cart"})', undefined],
    ['errors > 5 and requests > 100', 'errors', '> 5'],
    ['vector(1) and errors > 5', 'errors', '> 5'],
    ['errors > 5 unless on() maintenance == 1', 'errors', '> 5'],
    ['errors > 5 or latency > 2', 'errors > 5 or latency > 2', undefined],
    ['free_bytes < 10 * 1024 ^ 2', 'free_bytes', '< 10485760'],
    ['balance < -5', 'balance', '< -5'],
    ['time() - last_success_seconds > 5m', 'time() - last_success_seconds', '> 300'],
    ['sum by (pod) (errors) > on(pod) group_left() limit', 'sum by (pod) (errors) > on(pod) group_left() limit', undefined],
    ['count(errors > 5) > 3', 'count(errors > 5)', '> 3'],
    ['x > Inf', 'x > Inf', undefined],
    ['# too many\nsum(errors)\n  > # each\n  5', 'sum(errors)', '> 5'],
    ['x{path="a # b"} > 1', 'x{path="a # b"}', '> 1'],
  ];
  test.each(cases)('%s', (promql, measured, comparison) => {
    const read = readAlertExpression(promql);
    expect([read?.measured, read?.comparison && `${read.comparison.operator} ${read.comparison.threshold}`]).toEqual([
      measured,
      comparison,
    ]);
  });
});

describe('what it reads', () => {
  test('labels that every selector of the measured side shares, and its metrics', () => {
    const read = readAlertExpression(
      'rate(errors{job="cart",namespace="shop",code="500"}[5m]) / rate(requests{namespace="shop",job="cart"}[5m]) > 0.1 and on() up{job="other"} == 1',
    );
    expect([read?.labels, read?.metrics]).toEqual([{ job: 'cart', namespace: 'shop' }, ['errors', 'requests']]);
  });

  test('matchers that are no equality say nothing of the value', () => {
    expect(readAlertExpression('errors{job!="cart",namespace=~"shop|bill",pod!~"x"} > 1')?.labels).toEqual({});
  });

  test('quoted names and names given as a label are metrics as well', () => {
    expect(readAlertExpression('{"http.errors", service="cart"} > 1')?.metrics).toEqual(['http.errors']);
    expect(readAlertExpression('{__name__="errors",service="ca\\"rt"} > 1')).toMatchObject({
      metrics: ['errors'],
      labels: { service: 'ca"rt' },
    });
  });
});

describe('what is no PromQL', () => {
  test('is not read at all', () => {
    const texts = ['', '   ', '5xx rate > 5%', 'sum(rate(x[5m])', 'x >', 'SELECT * FROM errors WHERE rate > 5', 'x'.repeat(9000)];
    expect(texts.filter((text) => readAlertExpression(text) !== undefined)).toEqual([]);
  });

  test('no text makes it throw, however deep', () => {
    expect(readAlertExpression(`${'('.repeat(100)}x${')'.repeat(100)} > 1`)?.comparison).toEqual({ operator: '>', threshold: 1 });
    expect(() => readAlertExpression(`${'('.repeat(4000)}x${')'.repeat(4000)} > 1`)).not.toThrow();
    expect(() => readAlertExpression(`${'-'.repeat(8000)}x`)).not.toThrow();
    expect(() => readAlertExpression(`${'x + '.repeat(2000)}x > 1`)).not.toThrow();
    assert(
      property(string({ maxLength: 200, unit: 'binary' }), (text) => {
        readAlertExpression(text);
      }),
    );
    const word = constantFrom(
      'x',
      '5',
      '(',
      ')',
      '>',
      '<=',
      'bool',
      'and',
      'or',
      'unless',
      'on()',
      '{a="b"}',
      '[5m]',
      'rate(',
      'sum',
      'by (a)',
      '-',
      '"',
      '#',
      'offset 5m',
      '@',
      ',',
    );
    assert(
      property(array(word, { maxLength: 20 }), (words) => {
        readAlertExpression(words.join(' '));
      }),
    );
  });
});

test('any measurement, operator and threshold are read back, either way round', () => {
  const metric = stringMatching(/^[a-z][a-z_]{0,10}_total$/);
  const operator = constantFrom('>', '>=', '<', '<=', '==', '!=');
  const mirror: { readonly [operator: string]: string } = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '==': '==', '!=': '!=' };
  assert(
    property(tuple(metric, operator, double({ noNaN: true, noDefaultInfinity: true })), ([name, sign, threshold]) => {
      const measured = `rate(${name}{a="b"}[5m])`;
      const expected = { measured, comparison: { operator: sign, threshold: threshold + 0 } };
      expect(readAlertExpression(`${measured} ${sign} ${threshold}`)).toMatchObject(expected);
      expect(readAlertExpression(`${threshold} ${mirror[sign] ?? ''} ${measured}`)).toMatchObject(expected);
    }),
  );
});
