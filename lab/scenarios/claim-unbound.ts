import { applyObjects, kubectl } from '../cluster/kubectl.ts';
import type { Scenario } from '../framework/scenario.ts';
import { waitForPending } from '../framework/shop.ts';

const labels = { app: 'invoice-archive' };
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'invoice-archive', namespace: 'payments' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast-ssd', resources: { requests: { storage: '5Gi' } } },
};
const archive = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'invoice-archive', namespace: 'payments' },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: 'archive',
            image: 'registry.shop.internal:5000/shop/checkout:1.18.2',
            volumeMounts: [{ name: 'archive', mountPath: '/archive' }],
          },
        ],
        volumes: [{ name: 'archive', persistentVolumeClaim: { claimName: 'invoice-archive' } }],
      },
    },
  },
};

export const scenario: Scenario = {
  name: 'claim-unbound',
  story: 'A new workload claims a volume of the class "fast-ssd", which this cluster does not have; its pod waits for ever.',
  break: () => applyObjects([claim, archive]),
  symptom: () => waitForPending({ label: 'app=invoice-archive', forSeconds: 40 }),
  expectation: {
    outcome: 'explained',
    failureMode: 'storage-class-missing',
    subject: { kind: 'PersistentVolumeClaim', namespace: 'payments', name: 'invoice-archive' },
  },
  heal: async () => {
    await kubectl(
      'delete',
      'deployment/invoice-archive',
      'persistentvolumeclaim/invoice-archive',
      '--namespace=payments',
      '--ignore-not-found',
    );
  },
};
