import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterNames } from '../../domain/cluster-host.ts';
import type { ExampleEvidence } from '../../domain/example.ts';
import { exampleService, exampleSlice } from '../../domain/example-network.ts';
import { examplePod } from '../../domain/example-objects.ts';
import { snapshotOf } from '../../domain/example.ts';
import type { ServiceBackends } from '../../domain/service-backends.ts';
import { factsOf } from '../facts-of.ts';

function backendsIn(given: ExampleEvidence): ServiceBackends {
  const backends = factsOf(snapshotOf({ pods: [], ...given })).get('service-backends');
  if (backends === undefined) throw new Error('the example gives no Services');
  return backends;
}

const db = exampleService({
  name: 'db',
  clusterIP: '10.96.45.12',
  ports: [{ name: 'pg', port: 5432 }],
  status: { loadBalancer: { ingress: [{ hostname: 'LB.example.com' }] } },
});

describe('the Service behind a host', () => {
  const backends = backendsIn({
    services: [db, exampleService({ name: 'out', spec: { type: 'ExternalName', externalName: 'db.example.org', clusterIP: '' } })],
    endpointslices: [exampleSlice({ service: 'db', ready: ['10.244.1.20'] })],
  });

  it.each([
    '10.96.45.12',
    'db',
    'DB.',
    'db.shop',
    'db.shop.svc',
    'db.shop.svc.cluster.local',
    'db-0.db.shop.svc.cluster.local',
    'db-0.db',
    'lb.example.com',
    '10.244.1.20',
  ])('is found for "%s" from its own namespace', (host) => {
    expect(backends.ofHost(host, 'shop')?.service.metadata.name).toBe('db');
  });

  it('has an unknown number of endpoints where somebody wrote them down as slices and only the older kind could be read', () => {
    const [outside] = backendsIn({ services: [exampleService({ name: 'pg', spec: { selector: undefined } })], endpoints: [] }).all;
    expect(outside?.endpoints).toBeUndefined();
  });

  it('is not found by its bare name from another namespace', () => {
    expect([backends.ofHost('db', 'other'), backends.ofHost('db.shop', 'other')?.service.metadata.name]).toEqual([undefined, 'db']);
  });

  it('is found by the outside name that it stands for', () => {
    expect(backends.ofHost('db.example.org', 'shop')?.service.metadata.name).toBe('out');
  });

  it('is not found for hosts of the world', () => {
    expect([
      backends.ofHost('example.com', 'shop'),
      backends.ofHost('192.0.2.1', 'shop'),
      backends.ofHost(undefined, 'shop'),
      backends.ofHost('', 'shop'),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('reading a name never throws', () => {
    fc.assert(fc.property(fc.string(), (host) => Array.isArray(clusterNames(host, 'shop'))));
  });
});

describe('endpoints', () => {
  it('of a pod with two addresses count once, and absent readiness means ready', () => {
    const slice = {
      kind: 'EndpointSlice',
      metadata: { name: 'a', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'db' } },
      endpoints: [
        { addresses: ['10.1.1.1'], targetRef: { name: 'db-0' } },
        { addresses: ['10.1.1.2'], conditions: { ready: false }, targetRef: { name: 'db-1' } },
      ],
    };
    const six = {
      ...slice,
      metadata: { ...slice.metadata, name: 'b' },
      endpoints: [{ addresses: ['fd00::1'], targetRef: { name: 'db-0' } }],
    };
    expect(backendsIn({ services: [db], endpointslices: [slice, six] }).ofService('shop', 'db')?.endpoints).toEqual({
      ready: 1,
      notReady: 1,
    });
  });

  it('are read from the older kind where slices are missing', () => {
    const endpoints = [
      {
        kind: 'Endpoints',
        metadata: { name: 'db', namespace: 'shop' },
        subsets: [{ addresses: [{ ip: '10.1.1.1' }], notReadyAddresses: [{ ip: '10.1.1.2' }] }],
      },
    ];
    expect(backendsIn({ services: [db], endpoints }).ofService('shop', 'db')?.endpoints).toEqual({ ready: 1, notReady: 1 });
  });

  it('are unknown where neither kind was read, and none where one was', () => {
    expect([
      backendsIn({ services: [db] }).ofService('shop', 'db')?.endpoints,
      backendsIn({ services: [db], endpointslices: [] }).ofService('shop', 'db')?.endpoints,
    ]).toEqual([undefined, { ready: 0, notReady: 0 }]);
  });
});

describe('ports', () => {
  const pod = examplePod({
    name: 'db-1-a',
    container: {
      ports: [
        { name: 'pg', containerPort: 5432 },
        { containerPort: 53, protocol: 'UDP' },
      ],
    },
  });
  it.each([
    [{ port: 5432 }, 'declared'],
    [{ port: 80, targetPort: 'pg' }, 'declared'],
    [{ port: 80, targetPort: 'sql' }, 'name-missing'],
    [{ port: 80, targetPort: 8080 }, 'undeclared'],
    [{ port: 53 }, 'protocol-differs'],
  ])('%o are %s', (port, resolution) => {
    expect(
      backendsIn({ pods: [pod], services: [exampleService({ name: 'db', ports: [port] })] }).ofService('shop', 'db')?.ports[0]?.resolution,
    ).toBe(resolution);
  });

  it('cannot be judged without pods', () => {
    expect(backendsIn({ services: [db] }).ofService('shop', 'db')?.ports[0]?.resolution).toBe('no-pods');
  });
});

describe('pods', () => {
  it('that have ended are not behind the Service', () => {
    const pods = [examplePod({ name: 'db-1-a' }), examplePod({ name: 'db-1-b', phase: 'Succeeded' })];
    expect(
      backendsIn({ pods, services: [db] })
        .ofService('shop', 'db')
        ?.pods?.map((each) => each.metadata.name),
    ).toEqual(['db-1-a']);
  });

  it('are unknown behind a Service without selector', () => {
    expect(backendsIn({ services: [exampleService({ name: 'db', selector: {} })] }).ofService('shop', 'db')?.pods).toBeUndefined();
  });
});
