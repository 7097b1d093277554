import { expect, test } from 'vitest';
import { configurationReferences } from './configuration-reference.ts';
import { podSpec } from './kubernetes/pod-template.ts';

test('every place that needs a ConfigMap or Secret before the pod can start is found', () => {
  const spec = podSpec.read({
    containers: [
      {
        name: 'app',
        env: [
          { name: 'HOST', valueFrom: { configMapKeyRef: { name: 'cart', key: 'host' } } },
          { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'cart-token', key: 'token', optional: true } } },
          { name: 'PLAIN', value: '1' },
        ],
        envFrom: [{ configMapRef: { name: 'common' } }, { secretRef: { name: 'shared', optional: true } }],
      },
    ],
    initContainers: [{ name: 'setup', envFrom: [{ secretRef: { name: 'setup' } }] }],
    volumes: [
      {
        name: 'files',
        configMap: {
          name: 'files',
          items: [
            { key: 'a.conf', path: 'a.conf' },
            { key: 'b.conf', path: 'b.conf' },
          ],
        },
      },
      { name: 'certificates', secret: { secretName: 'tls' } },
      { name: 'all', projected: { sources: [{ configMap: { name: 'part' } }, { secret: { name: 'other', optional: true } }] } },
    ],
  });
  expect(
    configurationReferences(spec).map(
      (each) =>
        `${each.kind} ${each.name}${each.key === undefined ? '' : `/${each.key}`}${each.isOptional ? ' optional' : ''} in ${each.where}`,
    ),
  ).toEqual([
    'ConfigMap cart/host in environment variable HOST of container app',
    'Secret cart-token/token optional in environment variable TOKEN of container app',
    'ConfigMap common in environment of container app',
    'Secret shared optional in environment of container app',
    'Secret setup in environment of container setup',
    'ConfigMap files/a.conf in volume files',
    'ConfigMap files/b.conf in volume files',
    'Secret tls in volume certificates',
    'ConfigMap part in volume all',
    'Secret other optional in volume all',
  ]);
});
