import { describe, expect, test } from 'vitest';
import type { ApiObject } from './normalise-object.ts';
import { differenceOf, stateOf } from './object-state.ts';

const deployment: ApiObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: object('cart', { resourceVersion: '7', uid: 'a', generation: 3, annotations: { 'deployment.kubernetes.io/revision': '1' } }),
  spec: { replicas: 2, template: { spec: { containers: [container('app', '64Mi'), container('proxy', '16Mi')] } } },
  status: { readyReplicas: 2 },
};
const replicaSet: ApiObject = {
  kind: 'ReplicaSet',
  metadata: object('cart-1', { ownerReferences: [owner('Deployment', 'cart')] }),
  spec: {},
};
const node: ApiObject = { kind: 'Node', metadata: { name: 'node-1' }, spec: { podCIDR: '10.0.0.0/24' } };

function object(name: string, more: object = {}): ApiObject['metadata'] {
  return { name, namespace: 'shop', ...more };
}

function owner(kind: string, name: string): object {
  return { kind, name, controller: true };
}

function container(name: string, memory: string): object {
  return { name, resources: { limits: { memory } } };
}

function pod(name: string, labels: { readonly [key: string]: string } = { app: 'cart', 'pod-template-hash': '1' }): ApiObject {
  return {
    kind: 'Pod',
    metadata: object(name, { labels, ownerReferences: [owner('ReplicaSet', 'cart-1')] }),
    spec: { nodeName: 'node-1' },
  };
}

const before = stateOf([deployment, replicaSet, node, pod('cart-1-a'), pod('cart-1-b')]);

describe('two states of the cluster', () => {
  test('are the same where only names of pods, versions, status and the order of named items differ', () => {
    const [first, second] = [container('app', '64Mi'), container('proxy', '16Mi')];
    const later: ApiObject = {
      ...deployment,
      metadata: object('cart', {
        resourceVersion: '9',
        uid: 'a',
        generation: 5,
        annotations: { 'deployment.kubernetes.io/revision': '3' },
      }),
      spec: { replicas: 2, template: { spec: { containers: [second, first] } } },
      status: { readyReplicas: 1 },
    };
    const after = stateOf([later, { ...replicaSet, spec: { replicas: 2 } }, node, pod('cart-1-c'), pod('cart-1-d')]);
    expect(differenceOf(before, after)).toEqual([]);
  });

  test('differ by fields, objects and numbers of pods, each told in one line', () => {
    const limited = {
      ...deployment,
      spec: { replicas: 2, template: { spec: { containers: [container('app', '128Mi'), container('proxy', '16Mi')] } } },
    };
    const cordoned = { ...node, spec: { podCIDR: '10.0.0.0/24', unschedulable: true } };
    const bare: ApiObject = { kind: 'Pod', metadata: object('bare'), spec: {} };
    const after = stateOf([limited, replicaSet, cordoned, bare, pod('cart-1-a')]);
    expect(differenceOf(before, after)).toEqual([
      'Deployment shop/cart: spec.template.spec.containers.app.resources.limits.memory: "64Mi" → "128Mi"',
      'Node node-1: spec.unschedulable: absent → true',
      'Pod shop/bare: is new',
      'Pods of Deployment shop/cart {app=cart}: 2 → 1',
    ]);
  });

  test('do not tell what is in a Secret', () => {
    const secret = (password: string): ApiObject => ({ kind: 'Secret', metadata: object('login'), data: { password } });
    expect(differenceOf(stateOf([secret('b25l')]), stateOf([secret('dHdv')]))).toEqual(['Secret shop/login: data.password differs']);
  });
});
