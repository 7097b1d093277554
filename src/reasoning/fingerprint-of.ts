import type { Alert } from '../domain/alert.ts';

/** Objects that are the trouble themselves, whatever workload uses them. */
const objectLabels = ['persistentvolumeclaim', 'persistentvolume', 'horizontalpodautoscaler', 'poddisruptionbudget', 'ingress'];
/** Name the workload for certain. */
const workloadLabels = ['deployment', 'statefulset', 'daemonset', 'cronjob', 'job_name', 'workload'];
/** Name it often; on alerts about the monitoring's own exporters they name the exporter, which is as good as nothing. */
const vagueLabels = ['app_kubernetes_io_name', 'app', 'service', 'service_name', 'component', 'container', 'job'];
const nodeLabels = ['node', 'nodename', 'kubernetes_node', 'host', 'instance'];
const namespaceLabels = ['namespace', 'kubernetes_namespace', 'exported_namespace'];

/** Rules of node-exporter, kubelet and kube-state-metrics about a machine are called so; their pod is the exporter's. */
const namesNode = /^(?:kube)?(?:node|kubelet|host)/i;
const nodeExporters: ReadonlySet<string> = new Set(['node-exporter', 'node_exporter', 'prometheus-node-exporter', 'node-problem-detector']);

/** Kubernetes has no longer names; a name of an alert that is longer is cut. */
const longestPart = 253;

/**
 * The same for all pages of one cause, as far as a page alone can tell: the rule, the place, and whom it is about. Never
 * wording, severity, times, or what changes with every replica and every scrape. Two rules about one workload have two; that
 * their cause is the same is for the investigation to find.
 */
export function fingerprintOf(alert: Alert, cluster: string): string {
  const { labels } = alert;
  const of = whomItIsAbout(alert);
  const place = of.kind === 'node' ? '' : (firstOf(labels, namespaceLabels) ?? '');
  const parts = [labels['cluster'] ?? cluster, ruleOf(alert), place, `${of.kind} ${of.name}`];
  return JSON.stringify(parts.map((part) => part.slice(0, longestPart)));
}

interface Whom {
  readonly kind: 'object' | 'node' | 'workload' | 'nothing';
  readonly name: string;
}

function whomItIsAbout({ name, labels }: Alert): Whom {
  const object = firstOf(labels, objectLabels);
  if (object !== undefined) return { kind: 'object', name: workloadOfPod(object) };
  const node = firstOf(labels, nodeLabels)?.replace(/:\d+$/, '');
  const isAboutNode = namesNode.test(name) || nodeExporters.has(labels['job'] ?? '');
  if (node !== undefined && isAboutNode) return { kind: 'node', name: node };
  const workload = firstOf(labels, workloadLabels);
  if (workload !== undefined) return { kind: 'workload', name: workload.replace(/-\d{8,}$/, '') };
  const pod = firstOf(labels, ['pod', 'pod_name']);
  if (pod !== undefined) return { kind: 'workload', name: workloadOfPod(pod) };
  const named = labels['node'];
  if (named !== undefined && named !== '') return { kind: 'node', name: named };
  const vague = firstOf(labels, vagueLabels);
  return vague === undefined ? { kind: 'nothing', name: '' } : { kind: 'workload', name: vague };
}

/** What the API server makes random names of: no vowels, and nothing that looks like one. */
const random = '[bcdfghjklmnpqrstvwxz2456789]';
const endings = [
  // Deployment: the hash of its template and five random characters.
  new RegExp(`-${random}{6,10}-${random}{5}$`),
  // CronJob: the minute it was due, and five random characters.
  new RegExp(`-\\d{8,}-${random}{5}$`),
  // DaemonSet, Job, ReplicaSet.
  new RegExp(`-${random}{5}$`),
  // StatefulSet, and the claims of its replicas.
  /-\d{1,4}$/,
];

/** "payment-service-7f8b9c4d5-x2k9m" → "payment-service". */
function workloadOfPod(name: string): string {
  const ending = endings.find((each) => each.test(name));
  return ending === undefined ? name : name.replace(ending, '');
}

/** The rule's name. Where a page is a sentence it is all there is to go by, and its figures are those of the moment. */
function ruleOf({ name, labels }: Alert): string {
  if (labels['alertname'] !== undefined) return labels['alertname'];
  return name
    .toLowerCase()
    .replace(/\d+(?:[.,:]\d+)*/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

function firstOf(labels: Alert['labels'], names: readonly string[]): string | undefined {
  return names.map((name) => labels[name]).find((value) => value !== undefined && value !== '');
}
