import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from './collection.ts';
import { examplePod } from './example-objects.ts';
import type { RawObject } from './example.ts';
import { networkPolicy } from './kubernetes/network.ts';
import { namespace } from './kubernetes/node.ts';
import { pod } from './kubernetes/pod.ts';
import { type Flow, inRange, judgeFlow } from './network-policy.ts';

const client = pod.read(examplePod({ name: 'web-1-a', namespace: 'front', podStatus: { podIP: '10.1.0.5' } }));
const server = pod.read(
  examplePod({
    name: 'db-1-a',
    namespace: 'data',
    container: { ports: [{ name: 'pg', containerPort: 5432 }] },
    podStatus: { podIP: '10.1.0.9' },
  }),
);
const flow: Flow = { client, server: { kind: 'pod', pod: server }, port: 5432, protocol: 'TCP' };
const namespaces = collect(
  [{ metadata: { name: 'front', labels: { team: 'web' } } }, { metadata: { name: 'data', labels: { team: 'db' } } }].map((raw) =>
    namespace.read({ kind: 'Namespace', ...raw }),
  ),
);

function policyIn(where: string, spec: RawObject): RawObject {
  return { kind: 'NetworkPolicy', metadata: { name: 'policy', namespace: where }, spec };
}

function stateUnder(policies: readonly RawObject[], of: Flow = flow): string {
  return judgeFlow(of, { policies: collect(policies.map((raw) => networkPolicy.read(raw))), namespaces }).state;
}

describe('a flow is judged as Kubernetes documents it:', () => {
  it.each<[string, readonly RawObject[], string]>([
    ['without policies everything is allowed', [], 'allowed'],
    [
      'an empty podSelector selects every pod and denies what no rule allows',
      [policyIn('data', { podSelector: {}, policyTypes: ['Ingress'] })],
      'blocked',
    ],
    ['an empty rule allows everything', [policyIn('data', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] })], 'allowed'],
    ['without policyTypes a policy is about ingress', [policyIn('front', { podSelector: {}, ingress: [] })], 'allowed'],
    [
      'without policyTypes egress rules make it about egress',
      [policyIn('front', { podSelector: {}, egress: [{ ports: [{ port: 80 }] }] })],
      'blocked',
    ],
    [
      'policies add up',
      [
        policyIn('data', { podSelector: {}, policyTypes: ['Ingress'] }),
        policyIn('data', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] }),
      ],
      'allowed',
    ],
    [
      "a podSelector alone means the policy's own namespace",
      [policyIn('data', { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] })],
      'blocked',
    ],
    [
      'a namespaceSelector and a podSelector in one peer must both match',
      [
        policyIn('data', {
          podSelector: {},
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'web' } }, podSelector: { matchLabels: { app: 'api' } } }] }],
        }),
      ],
      'blocked',
    ],
    [
      'as two peers one is enough',
      [
        policyIn('data', {
          podSelector: {},
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'web' } } }, { podSelector: { matchLabels: { app: 'api' } } }] }],
        }),
      ],
      'allowed',
    ],
    [
      "the label with the namespace's name always exists",
      [
        policyIn('data', {
          podSelector: {},
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'front' } } }] }],
        }),
      ],
      'allowed',
    ],
    ['a named port is looked up on the server', [policyIn('data', { podSelector: {}, ingress: [{ ports: [{ port: 'pg' }] }] })], 'allowed'],
    [
      'a range of ports ends with endPort',
      [policyIn('data', { podSelector: {}, ingress: [{ ports: [{ port: 5000, endPort: 5431 }] }] })],
      'blocked',
    ],
    [
      'the protocol of a port is TCP where none is written',
      [policyIn('data', { podSelector: {}, ingress: [{ ports: [{ protocol: 'UDP', port: 5432 }] }] })],
      'blocked',
    ],
    [
      "an ipBlock holds the client's address",
      [policyIn('data', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] })],
      'allowed',
    ],
    [
      'an exception takes it out again',
      [policyIn('data', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.0.0/24'] } }] }] })],
      'blocked',
    ],
  ])('%s', (_says, policies, expected) => {
    expect(stateUnder(policies)).toBe(expected);
  });

  it('an address outside the cluster is never matched by selectors', () => {
    const outside: Flow = { ...flow, server: { kind: 'address', address: '192.0.2.1' } };
    expect(
      stateUnder([policyIn('front', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ namespaceSelector: {} }] }] })], outside),
    ).toBe('blocked');
  });

  it('an address that is not known is not called blocked where a range might hold it', () => {
    const outside: Flow = { ...flow, server: { kind: 'address', address: undefined } };
    expect(
      stateUnder(
        [policyIn('front', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }] })],
        outside,
      ),
    ).toBe('unknown');
  });
});

describe('a range', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const address = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));

  it('holds its own base address', () => {
    fc.assert(fc.property(address, fc.integer({ min: 0, max: 32 }), (base, bits) => inRange(base, `${base}/${bits}`) === 'yes'));
  });

  it('of all addresses holds every address', () => {
    fc.assert(fc.property(address, (each) => inRange(each, '0.0.0.0/0') === 'yes'));
  });

  it('never throws, whatever is written', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (left, right) => ['yes', 'no', 'unknown'].includes(inRange(left, right))));
  });
});
