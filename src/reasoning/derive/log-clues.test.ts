import { describe, expect, it } from 'vitest';
import { type ExampleEvidence, minutesAgo, snapshotOf } from '../../domain/example.ts';
import { crashLooping, examplePod } from '../../domain/example-objects.ts';
import type { LogClue } from '../../domain/log-clue.ts';
import { factsOf } from '../facts-of.ts';

const failing = examplePod({ name: 'cart-5d4-a', isReady: false, status: crashLooping({ exitCode: 1 }) });
const healthy = examplePod({ name: 'cart-5d4-b' });

function clues(given: ExampleEvidence): readonly LogClue[] {
  return factsOf(snapshotOf(given)).get('log-clues') ?? [];
}

function log(
  pod: string,
  text: string,
  isPrevious = false,
): { readonly namespace: string; readonly pod: string; readonly container: string; readonly text: string; readonly isPrevious: boolean } {
  return { namespace: 'shop', pod, container: 'app', text, isPrevious };
}

const refused = 'dial tcp 10.0.0.1:5432: connect: connection refused';

describe('clues in logs', () => {
  it('are undefined where logs could not be read', () => {
    expect(factsOf(snapshotOf({ pods: [failing] })).get('log-clues')).toBeUndefined();
  });

  it('count how often a log says the same, and tell the last words of a container that ended', () => {
    const text = [
      `${minutesAgo(3)} ${refused}`,
      ...Array.from({ length: 20 }, (_each, index) => `${minutesAgo(2)} step ${index}`),
      `${minutesAgo(1)} ${refused}`,
    ].join('\n');
    const [clue, ...more] = clues({ pods: [failing], 'container-logs': [log('cart-5d4-a', text, true)] });
    expect(more).toEqual([]);
    expect({ kind: clue?.kind, host: clue?.host, port: clue?.port, count: clue?.count, isNearEnd: clue?.isNearEnd, at: clue?.at }).toEqual({
      kind: 'connection-refused',
      host: '10.0.0.1',
      port: 5432,
      count: 2,
      isNearEnd: true,
      at: Date.parse(minutesAgo(1)),
    });
  });

  it('take the reason in the body of an answer for more than the status above it', () => {
    const status = 'ResponseException: method [POST], host [https://search.example:9200], status line [HTTP/1.1 429 Too Many Requests]';
    const body = '{"type":"cluster_block_exception","reason":"index [logs] blocked by: [index has read-only-allow-delete block];"}';
    const kindsOf = (text: string): readonly string[] =>
      clues({ pods: [failing], 'container-logs': [log('cart-5d4-a', text, true)] }).map((clue) => `${clue.kind} ${clue.host ?? ''}`);
    expect(kindsOf(`${status}\n${body}`)).toEqual(['read-only search.example']);
    expect(kindsOf(`${status}\n{"type":"es_rejected_execution_exception"}`)).toEqual(['rate-limited search.example']);
  });

  it('are none where the program only warned, and went on with its work until it ended of something else', () => {
    const text = `WARN telemetry: ${refused}\nINFO indexer 5.2 started\nINFO reading segment 41`;
    expect(clues({ pods: [failing], 'container-logs': [log('cart-5d4-a', text, true)] })).toEqual([]);
  });

  it('stay where the program warned again and again, for then it works, but never without', () => {
    const text = Array.from({ length: 3 }, () => `WARN db: ${refused}\nINFO served request`).join('\n');
    expect(clues({ pods: [failing], 'container-logs': [log('cart-5d4-a', text, true)] }).map((clue) => clue.count)).toEqual([3]);
  });

  it('stay where an error in the program’s own words follows the warning', () => {
    const text = `WARN db: ${refused}\nINFO loading plugins\nERROR startup failed, see above`;
    expect(clues({ pods: [failing], 'container-logs': [log('cart-5d4-a', text, true)] }).map((clue) => clue.isNearEnd)).toEqual([true]);
  });

  it('of a container that still runs are not its last words', () => {
    const running = examplePod({ name: 'cart-5d4-a', isReady: false });
    expect(clues({ pods: [running], 'container-logs': [log('cart-5d4-a', refused)] }).map((clue) => clue.isNearEnd)).toEqual([false]);
  });

  describe('of a peer that answers otherwise by now', () => {
    const running = examplePod({ name: 'cart-5d4-a', isReady: false });
    const before = 'dial tcp 10.0.0.1:5432: connect: connection refused';
    const after = 'dial tcp 10.0.0.1:5432: i/o timeout';
    const kindsIn = (text: string, isPrevious = false): readonly string[] =>
      clues({ pods: [running], 'container-logs': [log('cart-5d4-a', text, isPrevious)] }).map(({ kind }) => kind);

    it('are of the past where it was well in between', () => {
      expect(kindsIn(`${minutesAgo(5)} ${before}\n${minutesAgo(4)} served\n${minutesAgo(1)} ${after}`)).toEqual(['connection-timed-out']);
    });

    it('belong together where one follows on the other, or of another peer', () => {
      const both = ['connection-refused', 'connection-timed-out'];
      expect(kindsIn(`${minutesAgo(5)} ${before}\n${minutesAgo(5)} ${after}\n${minutesAgo(1)} ${after}`)).toEqual(both);
      expect(kindsIn(`${minutesAgo(5)} ${before}\n${minutesAgo(1)} ${after.replace('10.0.0.1', '10.0.0.2')}`)).toEqual(both);
    });

    it('belong together in the log of a container that ended of it', () => {
      expect(kindsIn(`${minutesAgo(5)} ${before}\n${minutesAgo(1)} ${after}`, true)).toEqual([
        'connection-refused',
        'connection-timed-out',
      ]);
    });
  });

  it('that a healthy replica logs as well do not count', () => {
    expect(clues({ pods: [failing, healthy], 'container-logs': [log('cart-5d4-a', refused), log('cart-5d4-b', refused)] })).toEqual([]);
  });

  it('that a healthy replica logged long ago count', () => {
    const old = `${minutesAgo(50)} ${refused}`;
    expect(clues({ pods: [failing, healthy], 'container-logs': [log('cart-5d4-a', refused), log('cart-5d4-b', old)] })).toHaveLength(1);
  });

  it('that name another peer than the healthy replica count', () => {
    const other = 'dial tcp 10.0.0.9:4317: connect: connection refused';
    expect(
      clues({ pods: [failing, healthy], 'container-logs': [log('cart-5d4-a', refused), log('cart-5d4-b', other)] }).map(
        (clue) => clue.host,
      ),
    ).toEqual(['10.0.0.1']);
  });

  it('of healthy replicas are heard only where nobody fails and they repeat themselves', () => {
    expect(clues({ pods: [healthy], 'container-logs': [log('cart-5d4-b', refused)] })).toEqual([]);
    expect(clues({ pods: [healthy], 'container-logs': [log('cart-5d4-b', [refused, refused, refused].join('\n'))] })).toHaveLength(1);
  });

  it('find the peer on the lines below, as runtimes print error objects', () => {
    const text = [
      'Error: connect ECONNREFUSED',
      '  at TCPConnectWrap.afterConnect {',
      '  errno: -111,',
      "  code: 'X',",
      "  address: '10.0.0.7',",
      '  port: 6379',
      '}',
    ].join('\n');
    expect(clues({ pods: [failing], 'container-logs': [log('cart-5d4-a', text)] }).map(({ host, port }) => ({ host, port }))).toEqual([
      { host: '10.0.0.7', port: 6379 },
    ]);
  });

  it('see through a stack trace below the telling line', () => {
    const text = [
      'Error: environment variable DATABASE_URL is not set',
      ...Array.from({ length: 60 }, (_each, index) => `    at frame${index} (/app/index.js:${index}:1)`),
    ].join('\n');
    expect(
      clues({ pods: [failing], 'container-logs': [log('cart-5d4-a', text)] }).map(({ kind, name, isNearEnd }) => ({
        kind,
        name,
        isNearEnd,
      })),
    ).toEqual([{ kind: 'missing-setting', name: 'DATABASE_URL', isNearEnd: true }]);
  });

  it('are taken from the status of the container where its log was not read', () => {
    const status = crashLooping({ exitCode: 1, message: 'Error: environment variable DATABASE_URL is not set' });
    const [clue] = clues({ pods: [examplePod({ name: 'cart-5d4-a', isReady: false, status })], 'container-logs': [] });
    expect({ kind: clue?.kind, isNearEnd: clue?.isNearEnd, of: clue?.citation.of.kind }).toEqual({
      kind: 'missing-setting',
      isNearEnd: true,
      of: 'object',
    });
  });

  it('of pods that are gone are left out', () => {
    expect(clues({ pods: [healthy], 'container-logs': [log('gone', refused)] })).toEqual([]);
  });
});
