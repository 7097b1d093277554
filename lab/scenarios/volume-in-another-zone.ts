import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'documents';
const zone = { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['north-1b'] };

export const scenario = inOwnNamespace({
  name: 'volume-in-another-zone',
  story: 'The workload was moved to zone north-1a, and its disk stays in north-1b.',
  namespace,
  objects: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'documents-disk' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        local: { path: '/srv' },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [zone] }] } },
        claimRef: { namespace, name: 'documents' },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'documents' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: '',
        volumeName: 'documents-disk',
        resources: { requests: { storage: '1Gi' } },
      },
    },
    workload('document-store', {
      pod: {
        nodeSelector: { 'topology.kubernetes.io/zone': 'north-1a' },
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'documents' } }],
      },
      container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    }),
  ],
  symptom: () => waitForPending({ namespace, label: 'app=document-store', forSeconds: 40 }),
  expectation: { outcome: 'explained', failureMode: 'volume-pinned-elsewhere', subject: { kind: 'Deployment', name: 'document-store' } },
});
