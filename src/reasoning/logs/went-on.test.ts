import { describe, expect, it } from 'vitest';
import { afterComplaint } from './went-on.ts';

describe('what becomes of a complaint', () => {
  it('is over after a warning that ordinary work follows', () => {
    const later = ['2026-03-01 INFO  indexer 5.2 started', '2026-03-01 INFO  reading segment 41'];
    expect(afterComplaint('2026-03-01 WARN  telemetry: connection refused', later)).toBe('went-on');
    expect(afterComplaint('{"level":"warn","msg":"connection refused"}', ['{"level":"info","msg":"reading segment 41"}'])).toBe('went-on');
  });

  it('counts less after an error that the program came up after', () => {
    expect(afterComplaint('ERROR statsd: connection refused', ['listening on :8080'])).toBe('came-up');
    expect(afterComplaint('statsd: connection refused', ['Server started in 2.1 s'])).toBe('came-up');
  });

  it.each([
    ['the last word', 'WARN db: connection refused', []],
    ['the program ends', 'WARN db: connection refused', ['INFO shutting down', 'INFO pool closed']],
    ['it tries again', 'WARN db: connection refused', ['INFO retrying in 2s', 'INFO waiting for db']],
    ['an error does not care for ordinary lines', 'ERROR db: connection refused', ['INFO metrics on']],
    ['fatal is fatal', 'FATAL db: connection refused', ['INFO server started']],
  ])('is open: %s', (_story, complaint, later) => {
    expect(afterComplaint(complaint, later)).toBe('open');
  });
});
