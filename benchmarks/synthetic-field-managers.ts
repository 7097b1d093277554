import type { RawObject } from '../src/domain/example.ts';
import type { Workload } from './synthetic-workload.ts';

/** What the API server keeps about who wrote which field: a third of a pod's bytes. */
const condition = { '.': {}, 'f:lastProbeTime': {}, 'f:lastTransitionTime': {}, 'f:status': {}, 'f:type': {} };
const container = {
  '.': {},
  'f:env': {
    '.': {},
    'k:{"name":"DB_URL"}': { '.': {}, 'f:name': {}, 'f:value': {} },
    'k:{"name":"DB_PASSWORD"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { '.': {}, 'f:secretKeyRef': {} } },
  },
  'f:image': {},
  'f:imagePullPolicy': {},
  'f:livenessProbe': {
    '.': {},
    'f:failureThreshold': {},
    'f:httpGet': { '.': {}, 'f:path': {}, 'f:port': {}, 'f:scheme': {} },
    'f:periodSeconds': {},
  },
  'f:name': {},
  'f:ports': {},
  'f:resources': {
    '.': {},
    'f:limits': { '.': {}, 'f:cpu': {}, 'f:memory': {} },
    'f:requests': { '.': {}, 'f:cpu': {}, 'f:memory': {} },
  },
  'f:terminationMessagePath': {},
  'f:terminationMessagePolicy': {},
  'f:volumeMounts': {},
};

export function writersOf({ number }: Workload, time: string): readonly RawObject[] {
  return [
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      apiVersion: 'v1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': {
          'f:annotations': { '.': {}, 'f:prometheus.io/scrape': {} },
          'f:generateName': {},
          'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {} },
          'f:ownerReferences': { '.': {}, [`k:{"uid":"rs-${number}-2"}`]: {} },
        },
        'f:spec': {
          'f:containers': { 'k:{"name":"main"}': container, 'k:{"name":"sidecar"}': container },
          'f:dnsPolicy': {},
          'f:enableServiceLinks': {},
          'f:restartPolicy': {},
          'f:schedulerName': {},
          'f:securityContext': {},
          'f:terminationGracePeriodSeconds': {},
          'f:volumes': { '.': {}, 'k:{"name":"config"}': { '.': {}, 'f:configMap': {}, 'f:name': {} } },
        },
      },
    },
    {
      manager: 'kubelet',
      operation: 'Update',
      apiVersion: 'v1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:status': {
          'f:conditions': {
            'k:{"type":"ContainersReady"}': condition,
            'k:{"type":"Initialized"}': condition,
            'k:{"type":"Ready"}': condition,
          },
          'f:containerStatuses': {},
          'f:hostIP': {},
          'f:phase': {},
          'f:podIP': {},
          'f:podIPs': {},
          'f:startTime': {},
        },
      },
      subresource: 'status',
    },
  ];
}
