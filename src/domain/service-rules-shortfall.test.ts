import { describe, expect, it } from 'vitest';
import type { NodeReport, ServiceRules } from './node-report.ts';
import { judgeServiceRules } from './service-rules-shortfall.ts';

function report(node: string, rules: (Partial<ServiceRules> & { readonly command?: string }) | undefined): NodeReport {
  const serviceRules =
    rules === undefined
      ? undefined
      : { mode: 'iptables' as const, found: 440, demanded: 440, isApproximate: false, command: 'iptables-save-nat', ...rules };
  return {
    node,
    serviceRules,
    units: [],
    memoryKills: [],
    connectionTracking: undefined,
    fileSystems: [],
    clockOffsetSeconds: undefined,
    certificates: [],
    podAddresses: undefined,
    interfaces: [],
    findings: [],
  };
}

function stateOf(own: NodeReport, ...others: readonly NodeReport[]): string {
  const verdict = judgeServiceRules(own, [own, ...others]);
  return verdict.state === 'incomplete'
    ? `incomplete, ${verdict.shortfall.basis}, ${verdict.shortfall.isConfirmedElsewhere ? 'confirmed' : 'alone'}`
    : verdict.state;
}

describe('the service rules of a node are', () => {
  it.each<[string, string, NodeReport, readonly NodeReport[]]>([
    ['incomplete where another node serves more', 'incomplete, exact, confirmed', report('bad', { found: 312 }), [report('good', {})]],
    [
      'incomplete where they fall short of the Services and no other node was looked at',
      'incomplete, exact, alone',
      report('bad', { found: 312 }),
      [],
    ],
    [
      'unknown where every node falls short alike, for then the demand was miscounted',
      'unknown',
      report('a', { found: 312 }),
      [report('b', { found: 312 })],
    ],
    ['complete where a few lag behind', 'complete', report('a', { found: 432 }), [report('b', {})]],
    ['complete where all are there', 'complete', report('a', {}), [report('b', {})]],
    [
      'incomplete by a count of the same command',
      'incomplete, count, confirmed',
      report('bad', { found: 312, demanded: undefined, isApproximate: true }),
      [report('good', { found: 440, demanded: undefined, isApproximate: true })],
    ],
    [
      'unknown by counts of different commands',
      'unknown',
      report('bad', { found: 312, demanded: undefined, isApproximate: true }),
      [report('good', { found: 4000, demanded: undefined, isApproximate: true, command: 'other' })],
    ],
    ['unknown where nobody looked', 'unknown', report('a', undefined), [report('b', {})]],
    ['incomplete where all were flushed', 'incomplete, exact, confirmed', report('bad', { found: 0 }), [report('good', {})]],
  ])('%s', (_says, expected, own, others) => {
    expect(stateOf(own, ...others)).toBe(expected);
  });
});
