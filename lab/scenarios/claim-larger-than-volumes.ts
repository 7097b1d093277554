import { inOwnNamespace, workload } from '../framework/own-namespace.ts';
import { waitForPending } from '../framework/shop.ts';

const namespace = 'media';

export const scenario = inOwnNamespace({
  name: 'claim-larger-than-volumes',
  story: 'Volumes are prepared by hand; the only free one has 1 GiB, and the claim wants 20.',
  namespace,
  objects: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'prepared-01' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'prepared',
        hostPath: { path: '/srv/prepared-01' },
      },
    },
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'prepared' }, provisioner: 'kubernetes.io/no-provisioner' },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'films' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'prepared', resources: { requests: { storage: '20Gi' } } },
    },
    workload('film-library', {
      pod: { volumes: [{ name: 'films', persistentVolumeClaim: { claimName: 'films' } }] },
      container: { volumeMounts: [{ name: 'films', mountPath: '/films' }] },
    }),
  ],
  symptom: () => waitForPending({ namespace, label: 'app=film-library', forSeconds: 60 }),
  expectation: { outcome: 'explained', failureMode: 'claim-matches-no-volume', subject: { kind: 'PersistentVolumeClaim', name: 'films' } },
});
