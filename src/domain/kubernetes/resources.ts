import type { Shape, Shaped } from '../shape.ts';
import {
  certificateSigningRequest,
  clusterRole,
  clusterRoleBinding,
  customResourceDefinition,
  mutatingWebhookConfiguration,
  priorityClass,
  role,
  roleBinding,
  validatingWebhookConfiguration,
} from './access.ts';
import { endpointSlice, endpoints, gateway, gatewayClass, ingress, ingressClass, networkPolicy, route, service } from './network.ts';
import { apiService, lease, namespace, node } from './node.ts';
import { pod } from './pod.ts';
import {
  configMap,
  csiDriver,
  csiNode,
  limitRange,
  persistentVolume,
  persistentVolumeClaim,
  resourceQuota,
  secret,
  serviceAccount,
  storageClass,
  volumeAttachment,
} from './storage.ts';
import {
  controllerRevision,
  cronJob,
  daemonSet,
  deployment,
  event,
  horizontalPodAutoscaler,
  job,
  podDisruptionBudget,
  replicaSet,
  statefulSet,
} from './workload.ts';

export interface Resource<Value> {
  readonly kind: string;
  /** Empty text: the core group. */
  readonly group: string;
  /** Preferred first; a server or bundle may have only a later one. */
  readonly versions: readonly [string, ...string[]];
  readonly isNamespaced: boolean;
  readonly shape: Shape<Value>;
}

function resource<Value>(of: Resource<Value>): Resource<Value> {
  return of;
}

const core = { group: '', versions: ['v1'] } as const;
const apps = { group: 'apps', versions: ['v1'] } as const;
const batch = { group: 'batch', versions: ['v1'] } as const;
const storage = { group: 'storage.k8s.io', versions: ['v1'], isNamespaced: false } as const;
const access = { group: 'rbac.authorization.k8s.io', versions: ['v1'] } as const;
const admission = { group: 'admissionregistration.k8s.io', versions: ['v1'], isNamespaced: false } as const;
const gateways = { group: 'gateway.networking.k8s.io', versions: ['v1', 'v1beta1', 'v1alpha2'] } as const;

/** Every kind of API object that Stanch reads, by its plural name as kubectl takes it. */
export const resources = {
  pods: resource({ ...core, kind: 'Pod', isNamespaced: true, shape: pod }),
  nodes: resource({ ...core, kind: 'Node', isNamespaced: false, shape: node }),
  events: resource({ ...core, kind: 'Event', isNamespaced: true, shape: event }),
  namespaces: resource({ ...core, kind: 'Namespace', isNamespaced: false, shape: namespace }),
  services: resource({ ...core, kind: 'Service', isNamespaced: true, shape: service }),
  endpoints: resource({ ...core, kind: 'Endpoints', isNamespaced: true, shape: endpoints }),
  configmaps: resource({ ...core, kind: 'ConfigMap', isNamespaced: true, shape: configMap }),
  secrets: resource({ ...core, kind: 'Secret', isNamespaced: true, shape: secret }),
  serviceaccounts: resource({ ...core, kind: 'ServiceAccount', isNamespaced: true, shape: serviceAccount }),
  persistentvolumeclaims: resource({ ...core, kind: 'PersistentVolumeClaim', isNamespaced: true, shape: persistentVolumeClaim }),
  persistentvolumes: resource({ ...core, kind: 'PersistentVolume', isNamespaced: false, shape: persistentVolume }),
  resourcequotas: resource({ ...core, kind: 'ResourceQuota', isNamespaced: true, shape: resourceQuota }),
  limitranges: resource({ ...core, kind: 'LimitRange', isNamespaced: true, shape: limitRange }),
  deployments: resource({ ...apps, kind: 'Deployment', isNamespaced: true, shape: deployment }),
  replicasets: resource({ ...apps, kind: 'ReplicaSet', isNamespaced: true, shape: replicaSet }),
  statefulsets: resource({ ...apps, kind: 'StatefulSet', isNamespaced: true, shape: statefulSet }),
  daemonsets: resource({ ...apps, kind: 'DaemonSet', isNamespaced: true, shape: daemonSet }),
  controllerrevisions: resource({ ...apps, kind: 'ControllerRevision', isNamespaced: true, shape: controllerRevision }),
  jobs: resource({ ...batch, kind: 'Job', isNamespaced: true, shape: job }),
  cronjobs: resource({ ...batch, kind: 'CronJob', isNamespaced: true, shape: cronJob }),
  horizontalpodautoscalers: resource({
    group: 'autoscaling',
    versions: ['v2', 'v1'],
    kind: 'HorizontalPodAutoscaler',
    isNamespaced: true,
    shape: horizontalPodAutoscaler,
  }),
  poddisruptionbudgets: resource({
    group: 'policy',
    versions: ['v1'],
    kind: 'PodDisruptionBudget',
    isNamespaced: true,
    shape: podDisruptionBudget,
  }),
  endpointslices: resource({
    group: 'discovery.k8s.io',
    versions: ['v1'],
    kind: 'EndpointSlice',
    isNamespaced: true,
    shape: endpointSlice,
  }),
  ingresses: resource({ group: 'networking.k8s.io', versions: ['v1'], kind: 'Ingress', isNamespaced: true, shape: ingress }),
  ingressclasses: resource({
    group: 'networking.k8s.io',
    versions: ['v1'],
    kind: 'IngressClass',
    isNamespaced: false,
    shape: ingressClass,
  }),
  networkpolicies: resource({
    group: 'networking.k8s.io',
    versions: ['v1'],
    kind: 'NetworkPolicy',
    isNamespaced: true,
    shape: networkPolicy,
  }),
  httproutes: resource({ ...gateways, kind: 'HTTPRoute', isNamespaced: true, shape: route }),
  gateways: resource({ ...gateways, kind: 'Gateway', isNamespaced: true, shape: gateway }),
  gatewayclasses: resource({ ...gateways, kind: 'GatewayClass', isNamespaced: false, shape: gatewayClass }),
  storageclasses: resource({ ...storage, kind: 'StorageClass', shape: storageClass }),
  volumeattachments: resource({ ...storage, kind: 'VolumeAttachment', shape: volumeAttachment }),
  csinodes: resource({ ...storage, kind: 'CSINode', shape: csiNode }),
  csidrivers: resource({ ...storage, kind: 'CSIDriver', shape: csiDriver }),
  leases: resource({ group: 'coordination.k8s.io', versions: ['v1'], kind: 'Lease', isNamespaced: true, shape: lease }),
  roles: resource({ ...access, kind: 'Role', isNamespaced: true, shape: role }),
  rolebindings: resource({ ...access, kind: 'RoleBinding', isNamespaced: true, shape: roleBinding }),
  clusterroles: resource({ ...access, kind: 'ClusterRole', isNamespaced: false, shape: clusterRole }),
  clusterrolebindings: resource({ ...access, kind: 'ClusterRoleBinding', isNamespaced: false, shape: clusterRoleBinding }),
  validatingwebhookconfigurations: resource({
    ...admission,
    kind: 'ValidatingWebhookConfiguration',
    shape: validatingWebhookConfiguration,
  }),
  mutatingwebhookconfigurations: resource({ ...admission, kind: 'MutatingWebhookConfiguration', shape: mutatingWebhookConfiguration }),
  apiservices: resource({ group: 'apiregistration.k8s.io', versions: ['v1'], kind: 'APIService', isNamespaced: false, shape: apiService }),
  priorityclasses: resource({
    group: 'scheduling.k8s.io',
    versions: ['v1'],
    kind: 'PriorityClass',
    isNamespaced: false,
    shape: priorityClass,
  }),
  certificatesigningrequests: resource({
    group: 'certificates.k8s.io',
    versions: ['v1'],
    kind: 'CertificateSigningRequest',
    isNamespaced: false,
    shape: certificateSigningRequest,
  }),
  customresourcedefinitions: resource({
    group: 'apiextensions.k8s.io',
    versions: ['v1'],
    kind: 'CustomResourceDefinition',
    isNamespaced: false,
    shape: customResourceDefinition,
  }),
} as const;

export type ResourceName = keyof typeof resources;
export type ObjectOf<Name extends ResourceName> = Shaped<(typeof resources)[Name]['shape']>;
export const resourceNames = Object.keys(resources) as readonly ResourceName[];

/** Any API object: what every kind has in common. */
export interface ApiObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string | undefined;
    readonly uid: string | undefined;
    readonly labels: { readonly [key: string]: string };
    readonly annotations: { readonly [key: string]: string };
    readonly creationTimestamp: number | undefined;
    readonly deletionTimestamp: number | undefined;
    readonly ownerReferences: readonly {
      readonly kind: string | undefined;
      readonly name: string | undefined;
      readonly uid: string | undefined;
      readonly controller: boolean | undefined;
    }[];
  };
}

const nameByKind = new Map<string, ResourceName>(resourceNames.map((name) => [resources[name].kind, name]));

/** The resource that objects of this kind belong to. Absent: Stanch has no shape for the kind. */
export function resourceOfKind(kind: string): ResourceName | undefined {
  return nameByKind.get(kind);
}
