import { type ResourceName, resourceNames, resources } from '../../domain/kubernetes/resources.ts';
import type { Permission } from '../../ports/evidence-source.ts';

/** What each kind of object is read for. A kind without a reason cannot be read. */
const reasons: { readonly [Name in ResourceName]: string } = {
  pods: 'who fails, who is healthy, and how containers ended',
  nodes: 'conditions, cordons, zones and room of the nodes',
  events: 'what components reported',
  namespaces: 'labels that policies select by, and namespaces that are being deleted',
  services: 'where traffic is sent',
  endpoints: 'who takes traffic, on clusters without EndpointSlices',
  configmaps: 'which exist, their key names and who changed them when; metadata only',
  secrets: 'which exist, their key names and who changed them when; metadata only, values are never asked for',
  serviceaccounts: 'whether a pod’s account exists',
  persistentvolumeclaims: 'claims that hold pods up',
  persistentvolumes: 'volumes behind claims, and where they are',
  resourcequotas: 'quotas that refuse pods',
  limitranges: 'limits that refuse pods',
  deployments: 'what should run, and rollouts',
  replicasets: 'revisions of Deployments and when they began',
  statefulsets: 'what should run, and rollouts',
  daemonsets: 'what should run on every node',
  controllerrevisions: 'revisions of StatefulSets and DaemonSets and when they began',
  jobs: 'runs that failed or are overdue',
  cronjobs: 'schedules that do not run',
  horizontalpodautoscalers: 'scaling, and autoscalers at their limit or without figures',
  poddisruptionbudgets: 'whether pods may be moved now',
  endpointslices: 'who takes traffic',
  ingresses: 'where traffic enters',
  ingressclasses: 'who serves an Ingress',
  networkpolicies: 'which flows are blocked',
  httproutes: 'where traffic enters',
  gateways: 'where traffic enters',
  gatewayclasses: 'who serves a Gateway',
  storageclasses: 'how claims are provisioned',
  volumeattachments: 'volumes that do not attach or detach',
  csinodes: 'storage drivers and their room on each node',
  csidrivers: 'which storage drivers are installed',
  leases: 'heartbeats of nodes and of the control plane',
  roles: 'whether a workload may do what it was refused',
  rolebindings: 'whether a workload may do what it was refused',
  clusterroles: 'whether a workload may do what it was refused',
  clusterrolebindings: 'whether a workload may do what it was refused',
  validatingwebhookconfigurations: 'webhooks that refuse or hold up changes',
  mutatingwebhookconfigurations: 'webhooks that refuse or hold up changes',
  apiservices: 'aggregated APIs that are down',
  priorityclasses: 'who may push whom off a node',
  certificatesigningrequests: 'kubelets that wait for a certificate',
  customresourcedefinitions: 'which kinds the cluster knows',
};

/** Everything that this source ever asks a cluster for. Nothing in it can change anything. */
export const kubernetesPermissions: readonly Permission[] = [
  { resource: '/version', verbs: ['get'], why: 'whether the server answers, and its version' },
  ...resourceNames.map((name) => ({
    resource: resources[name].group === '' ? name : `${resources[name].group}/${name}`,
    verbs: ['list'],
    why: reasons[name],
  })),
  {
    resource: 'namespaces',
    verbs: ['get'],
    names: ['kube-system'],
    why: 'its uid, which tells the cluster of an incident from another of its name',
  },
  { resource: 'pods/log', verbs: ['get'], why: 'what failing containers and a healthy sibling say' },
];

/** Needed for --allow-exec only. Which of the two verbs a server asks for depends on its version. */
export const execPermissions: readonly Permission[] = [
  { resource: 'pods/exec', verbs: ['create', 'get'], why: 'to try a failing connection again from inside a pod' },
];

/** Needed for --node-access debug-pod only. */
export const debugPodPermissions: readonly Permission[] = [
  { resource: 'pods', verbs: ['create', 'delete', 'get', 'list'], why: 'a debug pod on a node, and what a crashed run left behind' },
  { resource: 'pods/exec', verbs: ['create', 'get'], why: 'the read-only commands in it' },
];
