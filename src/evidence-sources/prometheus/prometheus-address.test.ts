import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { readPrometheusAddress } from './prometheus-address.ts';

test.each<readonly [string, string]>([
  ['http://prometheus:9090', 'http://prometheus:9090'],
  ['http://prometheus:9090/', 'http://prometheus:9090'],
  ['prometheus.monitoring:9090', 'http://prometheus.monitoring:9090'],
  [' https://example.org/prometheus/ ', 'https://example.org/prometheus'],
  ['https://example.org/prometheus/graph?g0.expr=up', 'https://example.org/prometheus'],
  ['https://example.org/prometheus/api/v1/query_range', 'https://example.org/prometheus'],
  ['http://[::1]:9090/-/ready', 'http://[::1]:9090'],
  ['http://user:secret@example.org:9090/x', 'http://example.org:9090/x'],
])('%s is asked at %s', (written, base) => {
  const reading = readPrometheusAddress(written, undefined);
  expect(reading.state === 'read' ? reading.address.base : reading).toBe(base);
});

test('a user in the address goes before a token', () => {
  const reading = readPrometheusAddress('http://u:p%3A@example.org', 'token');
  expect(reading).toEqual({
    state: 'read',
    address: { base: 'http://example.org', authorization: `Basic ${Buffer.from('u:p:').toString('base64')}` },
  });
});

test.each<readonly [string, string, string | undefined, string]>([
  ['nothing', '', undefined, 'it is no URL'],
  ['spaces inside', 'http://a b', undefined, 'it is no URL'],
  ['a file', 'file:///etc/passwd', undefined, 'its scheme is file, not http or https'],
  ['a broken escape in the password', 'http://u:%zz@example.org', undefined, 'the user or password in it is not URL-encoded'],
  ['a token with a line break', 'http://example.org', 'abc\ndef', 'the token holds characters that no header can carry'],
])('refused: %s', (_what, written, token, happened) => {
  expect(readPrometheusAddress(written, token)).toMatchObject({ state: 'refused', happened });
});

test('no text makes it throw, and no password is ever in what can be shown', () => {
  assert(
    property(string({ unit: 'binary' }), string(), (written, token) => {
      readPrometheusAddress(written, token);
    }),
  );
  assert(
    property(
      string({ minLength: 8 }).map((text) => `pw${encodeURIComponent(text.replace(/[\ud800-\udfff]/g, ''))}`),
      (password) => {
        const reading = readPrometheusAddress(`https://user:${password}@example.org/path`, undefined);
        expect(reading.state === 'read' ? reading.address.base : reading.happened).not.toContain(password);
      },
    ),
  );
});
