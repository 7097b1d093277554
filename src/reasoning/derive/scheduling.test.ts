import { describe, expect, it } from 'vitest';
import { type ExampleEvidence, type RawObject, snapshotOf } from '../../domain/example.ts';
import { exampleNode, examplePod } from '../../domain/example-objects.ts';
import type { Obstacle } from '../../domain/scheduling.ts';
import { factsOf } from '../facts-of.ts';

function verdictOn(given: ExampleEvidence):
  | {
      readonly obstacles: { readonly [node: string]: readonly Obstacle[] };
      readonly binding: readonly string[];
      readonly fits: readonly string[];
    }
  | undefined {
  const [verdict] = factsOf(snapshotOf(given)).get('scheduling') ?? [];
  return verdict === undefined
    ? undefined
    : {
        obstacles: Object.fromEntries(verdict.nodes.map((each) => [each.node, each.obstacles])),
        binding: verdict.binding,
        fits: verdict.fits,
      };
}

function waiting(spec: RawObject = {}, container: RawObject = {}): RawObject {
  return examplePod({ name: 'cart-7f9-a', node: null, isReady: false, spec, container });
}

function using(cpu: string, node: string, name = `other-${node}`): RawObject {
  return examplePod({ name, node, container: { resources: { requests: { cpu } } } });
}

const two = [exampleNode({ name: 'node-1' }), exampleNode({ name: 'node-2', zone: 'zone-b' })];

describe('why a pod fits on no node', () => {
  it('is not asked of pods that have a node or wait for less than half a minute', () => {
    expect(verdictOn({ pods: [examplePod({ name: 'a-b-c' })], nodes: two })).toBeUndefined();
    const fresh = { ...examplePod({ name: 'cart-7f9-a', node: null, startedMinutesAgo: 0 }) };
    expect(verdictOn({ pods: [fresh], nodes: two })).toBeUndefined();
  });

  it('counts what stands on a node and has not ended', () => {
    const done = examplePod({ name: 'done', node: 'node-2', phase: 'Succeeded', container: { resources: { requests: { cpu: '4' } } } });
    expect(
      verdictOn({ pods: [waiting({}, { resources: { requests: { cpu: '1500m' } } }), using('3', 'node-1'), done], nodes: two }),
    ).toEqual({
      obstacles: { 'node-1': [{ kind: 'resources', resource: 'cpu', requested: 1.5, free: 1, allocatable: 4 }], 'node-2': [] },
      binding: ['resources'],
      fits: ['node-2'],
    });
  });

  it('takes a limit for a request, adds sidecars and overhead, and compares with the largest init container', () => {
    const spec = {
      overhead: { cpu: '250m' },
      initContainers: [
        { name: 'proxy', image: 'p', restartPolicy: 'Always', resources: { requests: { cpu: '500m' } } },
        { name: 'migrate', image: 'm', resources: { requests: { cpu: '3' } } },
      ],
    };
    const verdict = verdictOn({
      pods: [waiting(spec, { resources: { limits: { cpu: '1' } } })],
      nodes: [exampleNode({ name: 'node-1', status: { allocatable: { cpu: '1', pods: '10' } } })],
    });
    expect(verdict?.obstacles['node-1']).toEqual([{ kind: 'resources', resource: 'cpu', requested: 3.75, free: 1, allocatable: 1 }]);
  });

  it('knows devices that a node does not have, and pod slots', () => {
    const full = exampleNode({ name: 'node-2', status: { allocatable: { cpu: '4', pods: '1', 'nvidia.com/gpu': '1' } } });
    expect(
      verdictOn({
        pods: [waiting({}, { resources: { limits: { 'nvidia.com/gpu': '1' } } }), using('1', 'node-2')],
        nodes: [exampleNode({ name: 'node-1' }), full],
      })?.obstacles,
    ).toEqual({
      'node-1': [{ kind: 'resources', resource: 'nvidia.com/gpu', requested: 1, free: 0, allocatable: 0 }],
      'node-2': [{ kind: 'pod-slots', limit: 1 }],
    });
  });

  it('reads cordons, taints and tolerations', () => {
    const nodes = [
      exampleNode({
        name: 'cordoned',
        spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
      }),
      exampleNode({
        name: 'tainted',
        spec: {
          taints: [
            { key: 'dedicated', value: 'batch', effect: 'NoSchedule' },
            { key: 'soft', effect: 'PreferNoSchedule' },
          ],
        },
      }),
      exampleNode({ name: 'gone', spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] } }),
      exampleNode({ name: 'tolerated', spec: { taints: [{ key: 'team', value: 'shop', effect: 'NoSchedule' }] } }),
    ];
    expect(verdictOn({ pods: [waiting({ tolerations: [{ key: 'team', operator: 'Exists' }] })], nodes })).toEqual({
      obstacles: {
        cordoned: [{ kind: 'cordoned' }],
        tainted: [{ kind: 'taint', key: 'dedicated', value: 'batch', effect: 'NoSchedule' }],
        gone: [{ kind: 'not-ready' }],
        tolerated: [],
      },
      binding: ['cordoned', 'taint', 'not-ready'],
      fits: ['tolerated'],
    });
  });

  it('reads node selectors and required affinity, whose terms are alternatives', () => {
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] },
            { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-2'] }] },
          ],
        },
      },
    };
    expect(verdictOn({ pods: [waiting({ affinity })], nodes: two })?.fits).toEqual(['node-2']);
    expect(verdictOn({ pods: [waiting({ nodeSelector: { disk: 'ssd' } })], nodes: two })?.binding).toEqual(['node-selector']);
  });

  it('reads host ports', () => {
    const taker = examplePod({ name: 'taker-a', container: { ports: [{ containerPort: 80, hostPort: 80 }] } });
    expect(verdictOn({ pods: [waiting({}, { ports: [{ containerPort: 8080, hostPort: 80 }] }), taker], nodes: two })?.obstacles).toEqual({
      'node-1': [{ kind: 'host-port', port: 80 }],
      'node-2': [],
    });
  });

  it('reads where a bound volume can be had', () => {
    const zoneB = {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-b'] }] }] },
    };
    const verdict = verdictOn({
      pods: [waiting({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] })],
      nodes: two,
      persistentvolumeclaims: [{ metadata: { name: 'data', namespace: 'shop' }, spec: { volumeName: 'volume-1' } }],
      persistentvolumes: [{ metadata: { name: 'volume-1' }, spec: { nodeAffinity: zoneB } }],
    });
    expect(verdict?.fits).toEqual(['node-2']);
    expect(verdict?.binding).toEqual(['volume-node-affinity']);
  });

  it('reads anti-affinity both ways', () => {
    const term = [{ labelSelector: { matchLabels: { app: 'cart' } }, topologyKey: 'kubernetes.io/hostname' }];
    const exclusive = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: term } } };
    const sibling = examplePod({ name: 'cart-7f9-b', node: 'node-1', spec: exclusive });
    expect(verdictOn({ pods: [waiting(exclusive), { ...examplePod({ name: 'cart-7f9-c', node: 'node-2' }) }], nodes: two })?.fits).toEqual([
      'node-1',
    ]);
    expect(verdictOn({ pods: [waiting(), sibling], nodes: two })?.fits).toEqual(['node-2']);
  });

  it('lets the first of a group that wants to be together start anywhere, and the others beside it', () => {
    const together = {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { app: 'cart' } }, topologyKey: 'topology.kubernetes.io/zone' },
          ],
        },
      },
    };
    expect(verdictOn({ pods: [waiting(together)], nodes: two })?.fits).toEqual(['node-1', 'node-2']);
    expect(verdictOn({ pods: [waiting(together), examplePod({ name: 'cart-7f9-b', node: 'node-2' })], nodes: two })?.fits).toEqual([
      'node-2',
    ]);
  });

  it('reads topology spread', () => {
    const spread = {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'cart' } },
        },
      ],
    };
    const verdict = verdictOn({ pods: [waiting(spread), examplePod({ name: 'cart-7f9-b', node: 'node-1' })], nodes: two });
    expect(verdict?.fits).toEqual(['node-2']);
    expect(verdict?.obstacles['node-1']).toEqual([{ kind: 'topology-spread', topologyKey: 'topology.kubernetes.io/zone' }]);
  });
});
