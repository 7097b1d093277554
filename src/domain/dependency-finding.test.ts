import { describe, expect, it } from 'vitest';
import { factsOf } from '../reasoning/facts-of.ts';
import { dependencyFinding } from './dependency-finding.ts';
import { dependencyTroubles, hostsIn } from './dependency-trouble.ts';
import { type ExampleEvidence, snapshotOf } from './example.ts';
import { exampleProbe, exampleService, exampleSlice } from './example-network.ts';
import { crashLooping, exampleNode, examplePod } from './example-objects.ts';
import type { Finding } from './failure-mode.ts';

const line = 'FATAL: dial tcp 10.96.45.12:5432: connect: connection refused';
const services = [exampleService({ name: 'db', clusterIP: '10.96.45.12', ports: [{ port: 5432 }] })];
const endpointslices = [exampleSlice({ service: 'db', port: { port: 5432 }, ready: ['10.244.9.9'] })];

function client(name: string, node: string, isFailing: boolean, revision = 'r1'): ReturnType<typeof examplePod> {
  const labels = { 'pod-template-hash': revision };
  return examplePod({
    name: `pay-1-${name}`,
    node,
    labels,
    isReady: !isFailing,
    ...(isFailing ? { status: crashLooping({ exitCode: 1 }) } : {}),
  });
}

const everything: ExampleEvidence = { services, endpointslices, deployments: [], statefulsets: [] };

function found(given: ExampleEvidence, failing: readonly string[], known = everything): Finding {
  const logs = failing.map((name) => ({ namespace: 'shop', pod: `pay-1-${name}`, container: 'app', isPrevious: true, text: line }));
  const source = factsOf(
    snapshotOf({
      ...known,
      nodes: [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2' })],
      ...given,
      'container-logs': logs,
    }),
  );
  const facts = {
    replicas: source.get('replicas') ?? fail(),
    'log-clues': source.get('log-clues') ?? fail(),
    'service-backends': source.get('service-backends'),
    'connectivity-probes': source.get('connectivity-probes'),
    deployments: source.get('deployments'),
    statefulsets: source.get('statefulsets'),
    nodes: source.get('nodes'),
    'judged-alert': undefined,
    'service-calls': source.get('service-calls'),
  };
  const [trouble] = dependencyTroubles(['connection-refused'], facts);
  if (trouble === undefined) return fail();
  return dependencyFinding(
    trouble,
    { says: () => 'refuses connections', probeOutcomes: ['refused'], wouldSettle: () => [], subjectIs: 'dependency' },
    facts,
  );
}

function fail(): never {
  throw new Error('the example gives no trouble');
}

describe('an address that nobody has any more', () => {
  const env = (value: string) => ({ container: { env: [{ name: 'DB_URL', value }] } });
  const told = (value: string): string => {
    const pod = examplePod({ name: 'pay-1-a', isReady: false, status: crashLooping({ exitCode: 1 }), ...env(value) });
    return found({ pods: [pod] }, ['a'], { services: [exampleService({ name: 'db', clusterIP: 'None', ports: [{ port: 5432 }] })] }).subject
      .kind;
  };

  it('is that of the only Service in the settings which serves the port', () => {
    expect(told('postgres://pay@db:5432/pay')).toBe('Service');
  });

  it('is that of somebody unknown where the settings name nobody', () => {
    expect(told('postgres://pay@elsewhere.example:5432/pay')).not.toBe('Service');
  });
});

describe('a dependency that refuses', () => {
  it('is believed where every replica says so', () => {
    expect(found({ pods: [client('a', 'node-1', true), client('b', 'node-2', true)] }, ['a', 'b']).weight).toBe('strong');
  });

  it('is only likely to be the one that is to be looked at where Services, of which it may be one, could not be read', () => {
    const finding = found({ pods: [client('a', 'node-1', true), client('b', 'node-2', true)] }, ['a', 'b'], {});
    expect([finding.weight, finding.subject.name]).toEqual(['likely', 'pay-1']);
  });

  it('is only likely to be the reason where no pod is behind it, and those that may have made some could not be read', () => {
    const pods = [client('a', 'node-1', true), client('b', 'node-2', true)];
    expect(found({ pods }, ['a', 'b'], { services, endpointslices, deployments: [] }).weight).toBe('likely');
  });

  it("is innocent where only one node's replicas say so, and the node is blamed", () => {
    const finding = found({ pods: [client('a', 'node-1', true), client('b', 'node-2', false)] }, ['a']);
    expect([finding.weight, finding.blames?.some((each) => each.kind === 'Node' && each.name === 'node-1')]).toEqual(['weak', true]);
  });

  it('is doubted where replicas of another revision are healthy', () => {
    expect(
      found({ pods: [client('a', 'node-1', true, 'r2'), client('b', 'node-2', true, 'r2'), client('c', 'node-1', false)] }, ['a', 'b'])
        .weight,
    ).toBe('suggestive');
  });

  it('is innocent where a probe from elsewhere reaches it', () => {
    const probes = [exampleProbe({ node: 'node-3', host: '10.96.45.12', port: 5432, outcome: 'connected' })];
    expect(
      found({ pods: [client('a', 'node-1', true), client('b', 'node-2', true)], 'connectivity-probes': probes }, ['a', 'b']).weight,
    ).toBe('weak');
  });

  it('is convicted by a probe that is refused as well', () => {
    const probes = [exampleProbe({ node: 'node-3', host: 'db.shop.svc', port: 5432, outcome: 'refused' })];
    expect(
      found({ pods: [client('a', 'node-1', true), client('b', 'node-2', true)], 'connectivity-probes': probes }, ['a', 'b']).weight,
    ).toBe('conclusive');
  });
});

describe('hosts in a setting', () => {
  it.each<[string, readonly string[]]>([
    ['postgres://user:secret@db.shop:5432/pay?sslmode=off', ['db.shop']],
    ['db:5432', ['db']],
    ['kafka-0.kafka:9092,kafka-1.kafka:9092', ['kafka-0.kafka', 'kafka-1.kafka']],
    ['jdbc:postgresql://db:5432/pay', ['db']],
    ['hello world!', []],
    ['5432', []],
    ['', []],
  ])('"%s" names %o', (value, expected) => {
    expect(hostsIn(value)).toEqual(expected);
  });
});
